import { AppError } from '../app-error';

/** Lesions of one range of sizes: low <= size < high, mm. */
export interface SizeBin {
  readonly name: string;
  readonly low: number;
  readonly high: number;
}

/** mm: where the follow-up guidelines for lung nodules change their advice, near enough (3, 6, 10, 20). */
export const defaultSizeEdges: readonly number[] = [3, 6, 10, 20];

/** @throws AppError request.invalid unless the edges are rising and above 0 */
export function sizeBins(edges: readonly number[]): SizeBin[] {
  if (edges.length === 0 || edges.some((edge, i) => !Number.isFinite(edge) || edge <= (edges[i - 1] ?? 0))) {
    throw new AppError(
      'request.invalid',
      'Size edges must be rising numbers above 0.',
      'For example 3,6,10,20.',
    );
  }
  const last = edges[edges.length - 1]!;
  return [
    { name: `<${edges[0]!}`, low: 0, high: edges[0]! },
    ...edges.slice(1).map((high, i) => ({ name: `${edges[i]!}-${high}`, low: edges[i]!, high })),
    { name: `>=${last}`, low: last, high: Infinity },
  ];
}

export const inBin = (size: number, bin: SizeBin): boolean => size >= bin.low && size < bin.high;
