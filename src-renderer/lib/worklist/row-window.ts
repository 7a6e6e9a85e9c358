/** Where lines lie in a list of which only a window is rendered. Heights are px; a line that was never rendered has a guess. */
export class RowOffsets {
  /** Of line n its top; one more at the end: the height of all. */
  private readonly tops: Float64Array;

  constructor(
    readonly keys: readonly string[],
    height: (at: number) => number,
  ) {
    this.tops = new Float64Array(keys.length + 1);
    for (let at = 0; at < keys.length; at++) this.tops[at + 1] = this.tops[at]! + height(at);
  }

  get total(): number {
    return this.tops[this.keys.length]!;
  }
  top(at: number): number {
    return this.tops[at]!;
  }
  bottom(at: number): number {
    return this.tops[at + 1]!;
  }

  /** The line at a height, within the list; -1 of an empty one. */
  at(y: number): number {
    let [low, high] = [0, this.keys.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.tops[middle]! <= y) low = middle;
      else high = middle - 1;
    }
    return high < 0 ? -1 : low;
  }

  /** Half-open range of lines that a window shows, and some px more on either side. */
  range(scrollTop: number, height: number, margin: number): [number, number] {
    if (this.keys.length === 0) return [0, 0];
    return [this.at(scrollTop - margin), this.at(scrollTop + height + margin) + 1];
  }

  /** The least change of the scroll position that shows the whole line. */
  reveal(at: number, scrollTop: number, height: number): number {
    if (this.top(at) < scrollTop) return this.top(at);
    if (this.bottom(at) > scrollTop + height) return Math.min(this.top(at), this.bottom(at) - height);
    return scrollTop;
  }
}

/**
 * The scroll position at which what a person looks at stays where it is, after lines came, went or moved: the line with
 * the cursor where it is in sight, else the first in sight that is still there. At the very top the top stays in sight.
 */
export function anchoredScroll(
  before: RowOffsets,
  after: RowOffsets,
  scrollTop: number,
  height: number,
  cursor: string | null,
): number {
  if (before.keys.length === 0 || after.keys.length === 0) return scrollTop;
  const places = new Map(after.keys.map((key, at) => [key, at]));
  const [first, end] = before.range(scrollTop, height, 0);
  const inSight = before.keys.slice(first, end);
  const anchors =
    cursor !== null && inSight.includes(cursor) ? [cursor, ...inSight] : scrollTop === 0 ? [] : inSight;
  for (const key of anchors) {
    const place = places.get(key);
    if (place === undefined) continue;
    return Math.max(0, scrollTop + after.top(place) - before.top(before.keys.indexOf(key)));
  }
  return scrollTop;
}
