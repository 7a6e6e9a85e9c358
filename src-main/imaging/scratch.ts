/**
 * Memory that one picture after the other is decoded in. With new arrays for each the slices of a volume leave as much garbage
 * as voxels, and the collector, which sees few objects, lets tens of megabytes of it gather.
 */
export class Scratch {
  private readonly areas = new Map<string, ArrayBuffer>();

  /** Bytes of any content, which whoever asks for the same area next overwrites. */
  take(area: 'decoded' | 'stored', bytes: number): ArrayBuffer {
    const known = this.areas.get(area);
    // One large picture must not hold its memory for all small ones that follow.
    if (known && known.byteLength >= bytes && known.byteLength <= 4 * bytes) return known;
    const made = new ArrayBuffer(bytes);
    this.areas.set(area, made);
    return made;
  }
}

let idle: Scratch | null = null;

/** Lends scratch memory to `work` alone, whose result must not lie in it; what is read at the same time gets its own. */
export async function withScratch<T>(work: (scratch: Scratch) => Promise<T>): Promise<T> {
  const mine = idle ?? new Scratch();
  idle = null;
  try {
    return await work(mine);
  } finally {
    idle = mine;
  }
}
