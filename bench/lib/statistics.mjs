/** The q-quantile (0 to 1) of numbers, interpolated between ranks. */
export function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = q * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.ceil(at);
  return sorted[low] + (sorted[high] - sorted[low]) * (at - low);
}
export const median = (values) => quantile(values, 0.5);

export const spread = (values) => ({
  median: median(values),
  p10: quantile(values, 0.1),
  p90: quantile(values, 0.9),
  fastest: Math.min(...values),
  count: values.length,
});

/**
 * Ours over a peer's, round by round (both measured within the same seconds, so that other work on the machine
 * weighs on both), then the median of the rounds and their middle half.
 */
export function ratioOfRounds(ours, peers) {
  const ratios = ours.map((round, n) => median(round) / median(peers[n]));
  return { median: median(ratios), p25: quantile(ratios, 0.25), p75: quantile(ratios, 0.75) };
}
