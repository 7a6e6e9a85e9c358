/** A bar of a round length that takes at most `mostPx` of the screen. @param unitsPerPx mm (or px of the picture) a CSS px */
export function scaleBar(
  unitsPerPx: number,
  mostPx: number,
): { readonly px: number; readonly units: number } | null {
  const most = unitsPerPx * mostPx;
  if (!(most > 0) || !Number.isFinite(most)) return null;
  const decade = 10 ** Math.floor(Math.log10(most));
  const units =
    [5, 2, 1].map((step) => step * decade).find((length) => length <= most * (1 + 1e-9)) ?? decade;
  return { px: units / unitsPerPx, units };
}
