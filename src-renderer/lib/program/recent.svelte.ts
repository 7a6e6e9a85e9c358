const kept = 8;

/** What was run from the palette, the latest first, while the window is open. */
class Recent {
  private ids = $state.raw<readonly string[]>([]);

  add(commandId: string): void {
    this.ids = [commandId, ...this.ids.filter((known) => known !== commandId)].slice(0, kept);
  }

  /** Those first that were used last; the others in their order. */
  first<T>(items: readonly T[], idOf: (item: T) => string): T[] {
    const rank = (item: T): number => {
      const at = this.ids.indexOf(idOf(item));
      return at < 0 ? kept : at;
    };
    return [...items].sort((a, b) => rank(a) - rank(b));
  }
}
export const recent = new Recent();
