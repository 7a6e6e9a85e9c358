/**
 * Best score first, equal scores in input order, NaN last.
 * Shape shorthand: N: scores; result: Int32Array [N] of indices
 */
export function descendingOrder(scores: ArrayLike<number>): Int32Array {
  const count = scores.length;
  if (count < radixFrom) {
    const order = Array.from({ length: count }, (_, n) => n);
    return Int32Array.from(order.sort((a, b) => compare(scores[a]!, scores[b]!) || a - b));
  }
  return radixOrder(scores);
}

/** Below this a comparison sort is faster. */
const radixFrom = 256;
const digitBits = 11;
const buckets = 1 << digitBits;

const compare = (a: number, b: number): number => {
  if (a === b) return 0;
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : 1;
  return Number.isNaN(b) || a > b ? -1 : 1;
};

/** Least-significant-digit radix sort on the bits of the doubles; stable, and several times faster than a comparator. */
function radixOrder(scores: ArrayLike<number>): Int32Array {
  const count = scores.length;
  const values = new Float64Array(count);
  // Adding 0 makes -0 into 0: they compare equal, and must share a key.
  for (let n = 0; n < count; n++) values[n] = scores[n]! + 0;
  const words = new Uint32Array(values.buffer);
  const highWord = littleEndian ? 1 : 0;
  const low = new Uint32Array(count);
  const high = new Uint32Array(count);
  for (let n = 0; n < count; n++) {
    const top = words[2 * n + highWord]!;
    // Keys that ascend where the values descend: doubles of one sign order as their bits do.
    if (Number.isNaN(values[n])) high[n] = low[n] = 0xffffffff;
    else if (top >>> 31) {
      high[n] = top;
      low[n] = words[2 * n + 1 - highWord]!;
    } else {
      high[n] = ~top & 0x7fffffff;
      low[n] = ~words[2 * n + 1 - highWord]!;
    }
  }
  let order = Int32Array.from({ length: count }, (_, n) => n);
  let other = new Int32Array(count);
  const starts = new Int32Array(buckets);
  for (const keys of [low, high]) {
    for (let shift = 0; shift < 32; shift += digitBits) {
      starts.fill(0);
      for (let n = 0; n < count; n++) starts[(keys[n]! >>> shift) & (buckets - 1)]!++;
      // One bucket holds all: float32 scores leave the low digits empty.
      if (starts[(keys[0]! >>> shift) & (buckets - 1)] === count) continue;
      let sum = 0;
      for (let b = 0; b < buckets; b++) {
        const size = starts[b]!;
        starts[b] = sum;
        sum += size;
      }
      for (let n = 0; n < count; n++) {
        const index = order[n]!;
        other[starts[(keys[index]! >>> shift) & (buckets - 1)]!++] = index;
      }
      [order, other] = [other, order];
    }
  }
  return order;
}

const littleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;
