/** One case of a ROC curve. Shape shorthand: I: images */
export interface RocCase {
  readonly score: number;
  readonly positive: boolean;
  /** Index into I: whose weight counts. */
  readonly image: number;
}

/**
 * Area under the ROC curve: the chance that a positive case scores higher than a negative one, ties counting half (Mann &
 * Whitney 1947).
 * @returns the area under weights [I], how often each image counts (left out: once each); NaN where one kind is missing
 */
export function rocArea(cases: readonly RocCase[]): (weights?: ArrayLike<number>) => number {
  const order = [...cases].sort((a, b) => a.score - b.score);
  return (weights) => {
    let below = 0;
    let won = 0;
    let positives = 0;
    for (let from = 0; from < order.length;) {
      const { score } = order[from]!;
      let up = 0;
      let down = 0;
      for (; from < order.length && order[from]!.score === score; from++) {
        const { positive, image } = order[from]!;
        const weight = weights ? weights[image]! : 1;
        if (positive) up += weight;
        else down += weight;
      }
      won += up * (below + down / 2);
      positives += up;
      below += down;
    }
    return positives > 0 && below > 0 ? won / (positives * below) : NaN;
  };
}
