/** @throws Error where a compressed picture announces another size than the data set. */
export function checkSize(
  found: { width: number; height: number },
  wanted: { width: number; height: number },
): void {
  if (found.width !== wanted.width || found.height !== wanted.height) {
    throw new Error(
      `it holds ${found.width} x ${found.height} pixels instead of ${wanted.width} x ${wanted.height}`,
    );
  }
}

/** @throws Error likewise for the samples a pixel. */
export function checkComponents(found: number, wanted: number): void {
  if (found !== wanted) throw new Error(`it holds ${found} samples a pixel instead of ${wanted}`);
}
