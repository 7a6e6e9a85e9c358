import type { Vec3 } from '../geometry/vec3';
import type { HangingSeries } from './hanging-protocol';

export interface PriorSeries extends HangingSeries {
  readonly bodyPart: string;
  readonly description: string;
}

/**
 * The series of an earlier study that hangs beside the one being read: of the same modality and kind, of the same part of the
 * body (and of a mammogram or an eye the same side and view) as far as the files say; among those the one of the same
 * name, then the one whose voxels are most alike, then the one with most slices. Null where none fits.
 */
export function fittingPrior<S extends PriorSeries>(current: PriorSeries, priors: readonly S[]): S | null {
  const fitting = priors.filter((prior) => fits(current, prior));
  const [best] = fitting
    .map((prior) => ({ prior, rank: rankOf(current, prior) }))
    .sort((a, b) => a.rank[0] - b.rank[0] || a.rank[1] - b.rank[1] || a.rank[2] - b.rank[2]);
  return best?.prior ?? null;
}

/** Unsaid agrees with anything. */
const agree = (a: string | undefined, b: string | undefined): boolean =>
  a === undefined || b === undefined || a === '' || b === '' || a.toUpperCase() === b.toUpperCase();

const fits = (current: PriorSeries, prior: PriorSeries): boolean =>
  current.modality === prior.modality &&
  current.pixels.kind === prior.pixels.kind &&
  agree(current.bodyPart, prior.bodyPart) &&
  agree(current.laterality, prior.laterality) &&
  agree(current.view, prior.view);

/** Lower is better. */
function rankOf(current: PriorSeries, prior: PriorSeries): [name: number, voxels: number, slices: number] {
  const name = (s: PriorSeries): string => s.description.trim().toUpperCase();
  return [
    name(current) !== '' && name(current) === name(prior) ? 0 : 1,
    unlike(current, prior),
    -slices(prior),
  ];
}

const spacingOf = ({ pixels }: PriorSeries): Vec3 | null =>
  pixels.kind === 'volume' ? pixels.geometry.spacing : null;

/** How far voxel sides are apart, as factors. */
function unlike(current: PriorSeries, prior: PriorSeries): number {
  const [a, b] = [spacingOf(current), spacingOf(prior)];
  return a && b ? a.reduce((sum, side, n) => sum + Math.abs(Math.log(side / b[n]!)), 0) : 0;
}

const slices = ({ pixels }: PriorSeries): number =>
  pixels.kind === 'volume' ? pixels.geometry.dims[2] : pixels.frames;
