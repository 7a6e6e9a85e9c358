import { featureDistance, fitFeatures } from '../../core/quality/feature-model';

/** Features of a training picture, and where it comes from. */
export interface SourcedRow {
  readonly row: Float32Array;
  readonly source: string;
}

/** Fewer tell nothing of a hospital, or of what the others have in common. */
const leastOfSource = 8;
const leastOfOthers = 48;
/** Share of another hospital's pictures that should pass. */
const passing = 0.95;

/**
 * How far another hospital's pictures lie from the others', in units of what 98 % of those stay below: each source in turn
 * is left out, the others are fitted by half, and measured by their other half. The largest over the sources; 0 where there
 * are too few.
 */
export function roomBetweenSources(rows: readonly SourcedRow[], kept: number): number {
  let room = 0;
  for (const source of new Set(rows.map((r) => r.source))) {
    const own = rows.filter((r) => r.source === source);
    const others = rows.filter((r) => r.source !== source);
    if (own.length < leastOfSource || others.length < leastOfOthers) continue;
    const model = fitFeatures(
      others.filter((_, n) => n % 2 === 0).map((r) => r.row),
      kept,
    );
    const distances = (some: readonly SourcedRow[]): number[] =>
      some.map((r) => featureDistance(model, r.row));
    const usual = quantile(distances(others.filter((_, n) => n % 2 === 1)), 0.98);
    room = Math.max(room, quantile(distances(own), passing) / usual);
  }
  return room;
}

/** The value that a share of them stays below; 0 of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
