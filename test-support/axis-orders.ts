/** One of the 48 ways in which a file may store a volume's axes: new axis a runs along old axis `axis[a]`, backwards where `flip[a]`. */
export interface StoredOrder {
  readonly axis: readonly [number, number, number];
  readonly flip: readonly [boolean, boolean, boolean];
}

/** All 48: six orders, each with every choice of directions. */
export const storedOrders: readonly StoredOrder[] = (
  [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ] as const
).flatMap((axis) =>
  Array.from({ length: 8 }, (_, bits): StoredOrder => ({
    axis,
    flip: [(bits & 1) !== 0, (bits & 2) !== 0, (bits & 4) !== 0],
  })),
);

/** The codes of the 48 in letters of the patient's sides: LPS, RAS, PIR and so on. */
export const orientationCodes: readonly string[] = storedOrders.map(({ axis, flip }) =>
  axis.map((a, n) => ['RL', 'AP', 'IS'][a]![flip[n] ? 0 : 1]!).join(''),
);
