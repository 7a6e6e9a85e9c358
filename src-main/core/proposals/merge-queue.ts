/**
 * Pairs of regions, most similar first; ties go to the pair pushed first, so that the result does not depend on the heap's
 * shape. A binary heap in typed arrays: similarity Float64Array, pair 2 x Int32Array, all [capacity].
 */
export class MergeQueue {
  /** The pair last taken by {@link pop}. */
  a = -1;
  b = -1;
  private heap: Int32Array;
  private similarity: Float64Array;
  private first: Int32Array;
  private second: Int32Array;
  private pushed = 0;
  private size = 0;

  constructor(capacity: number) {
    const room = Math.max(16, capacity);
    this.heap = new Int32Array(room);
    this.similarity = new Float64Array(room);
    this.first = new Int32Array(room);
    this.second = new Int32Array(room);
  }

  push(a: number, b: number, similarity: number): void {
    const entry = this.pushed++;
    if (entry === this.heap.length) this.grow();
    this.similarity[entry] = similarity;
    this.first[entry] = a;
    this.second[entry] = b;
    const { heap, similarity: value } = this;
    let at = this.size++;
    while (at > 0) {
      const up = (at - 1) >> 1;
      // The newcomer is the youngest, so that an equal parent stays above it.
      if (value[heap[up]!]! >= similarity) break;
      heap[at] = heap[up]!;
      at = up;
    }
    heap[at] = entry;
  }

  /** False where nothing is left. */
  pop(): boolean {
    if (this.size === 0) return false;
    const { heap } = this;
    const top = heap[0]!;
    this.a = this.first[top]!;
    this.b = this.second[top]!;
    const entry = heap[--this.size]!;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= this.size) break;
      if (child + 1 < this.size && this.before(heap[child + 1]!, heap[child]!)) child++;
      if (!this.before(heap[child]!, entry)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = entry;
    return true;
  }

  private before(a: number, b: number): boolean {
    const difference = this.similarity[a]! - this.similarity[b]!;
    return difference > 0 || (difference === 0 && a < b);
  }

  private grow(): void {
    const room = this.heap.length * 2;
    const larger = <T extends Int32Array | Float64Array>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    this.heap = larger(this.heap, new Int32Array(room));
    this.similarity = larger(this.similarity, new Float64Array(room));
    this.first = larger(this.first, new Int32Array(room));
    this.second = larger(this.second, new Int32Array(room));
  }
}
