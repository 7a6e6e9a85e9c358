/** Which studies a person chose. The cursor is the one that keys act on; `anchor` is where a range began. */
export interface Selection {
  readonly chosen: ReadonlySet<string>;
  readonly cursor: string | null;
  readonly anchor: string | null;
}

export const nothingChosen: Selection = { chosen: new Set(), cursor: null, anchor: null };

export const choose = (key: string): Selection => ({ chosen: new Set([key]), cursor: key, anchor: key });

/** Ctrl and a click: in or out, the others as they are. */
export function toggle(selection: Selection, key: string): Selection {
  const chosen = new Set(selection.chosen);
  if (!chosen.delete(key)) chosen.add(key);
  return { chosen, cursor: key, anchor: key };
}

/** Shift and a click or an arrow: from the anchor to here, in the order shown. */
export function extend(selection: Selection, key: string, order: readonly string[]): Selection {
  const anchor = selection.anchor ?? selection.cursor ?? key;
  const [a, b] = [order.indexOf(anchor), order.indexOf(key)];
  if (a < 0 || b < 0) return choose(key);
  return { chosen: new Set(order.slice(Math.min(a, b), Math.max(a, b) + 1)), cursor: key, anchor };
}

export const chooseAll = (selection: Selection, order: readonly string[]): Selection => ({
  chosen: new Set(order),
  cursor: selection.cursor ?? order[0] ?? null,
  anchor: selection.anchor ?? order[0] ?? null,
});
