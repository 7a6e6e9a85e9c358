/** The k highest of the values offered, highest first; among equals those offered first. */
export class BoundedBest {
  readonly indices: Int32Array;
  readonly values: Float64Array;
  length = 0;

  constructor(private readonly k: number) {
    this.indices = new Int32Array(k);
    this.values = new Float64Array(k);
  }

  clear(): void {
    this.length = 0;
  }

  offer(index: number, value: number): void {
    const { k, indices, values } = this;
    if (this.length === k && (k === 0 || value <= values[k - 1]!)) return;
    let place = this.length < k ? this.length++ : k - 1;
    for (; place > 0 && values[place - 1]! < value; place--) {
      values[place] = values[place - 1]!;
      indices[place] = indices[place - 1]!;
    }
    values[place] = value;
    indices[place] = index;
  }
}
