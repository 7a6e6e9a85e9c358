import { maxFiles } from './limits';

/**
 * The files of a scan, each once. What an archive or a DICOMDIR brings joins the end of the queue, but keeps its place
 * right behind the file that brought it, so that results come in the order that a person sees.
 */
export class ScanQueue {
  private readonly files: string[];
  private readonly places: Map<string, number>;
  private next = 0;
  /** Workers that wait for others to bring more. */
  private waiting: (() => void)[] = [];
  private busy = 0;
  done = 0;

  constructor(files: readonly string[]) {
    this.files = [...files];
    this.places = new Map(files.map((file, n) => [file, n]));
  }

  get length(): number {
    return this.files.length;
  }

  /** Of all files known so far. */
  fraction(): number {
    return this.done / this.files.length;
  }

  /**
   * Adds what `parent` brought; files that are known already keep their place.
   *
   * @returns how many did not fit in.
   */
  add(parent: string, files: readonly string[]): number {
    let over = 0;
    const place = this.placeOf(parent);
    files.forEach((file, n) => {
      if (this.places.has(file)) return;
      if (this.files.length >= maxFiles) {
        over++;
        return;
      }
      this.places.set(file, place + (n + 1) / (files.length + 1));
      this.files.push(file);
    });
    this.wake();
    return over;
  }

  /** Position in the result; files that were never in the queue come first. */
  placeOf(file: string): number {
    return this.places.get(file) ?? -1;
  }

  /** Takes files one by one until all are done, those that come later too. Several may work at once. */
  async work(use: (file: string) => Promise<void>): Promise<void> {
    for (;;) {
      const file = this.files[this.next];
      if (file !== undefined) {
        this.next++;
        this.busy++;
        try {
          await use(file);
        } finally {
          this.done++;
          this.busy--;
          if (this.busy === 0) this.wake();
        }
      } else if (this.busy === 0) return;
      else await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  private wake(): void {
    for (const go of this.waiting.splice(0)) go();
  }
}
