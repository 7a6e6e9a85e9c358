import { add, dot, length, scale, subtract, type Vec3 } from '../geometry/vec3';
import { note, plural, unsafe, warning, type SeriesIssue } from './series-issues';

/** Where one slice lies: the centre of its first pixel (LPS mm), and how its maker numbered it. */
export interface SlicePlace {
  readonly position: Vec3;
  /** Instance Number, null where there is none. */
  readonly number: number | null;
  /** From 0, where a file holds several. */
  readonly frame: number;
}

export interface ExaminedStack {
  /** Indices into the places, along the normal; each place once. */
  readonly kept: readonly number[];
  /** Indices of slices that lie where a kept one does. */
  readonly doubled: readonly number[];
  /** From one slice to the next: along the normal, or along the slanted line of a tilted gantry. */
  readonly direction: Vec3;
  /** Distance along `direction`, mm. */
  readonly spacing: number;
  readonly issues: readonly SeriesIssue[];
}

/** Closer than this, two slices lie at the same place, mm. */
const samePlace = 0.01;
/** Smaller slants come from rounded positions, degrees. */
const noTilt = 0.5;

/**
 * Orders parallel slices along their normal and looks for what would put voxels in wrong places.
 *
 * @param normal unit vector, rows x columns (PS3.3 C.7.6.2.1.1)
 * @returns null where fewer than two different places are left
 */
export function examineStack(places: readonly SlicePlace[], normal: Vec3): ExaminedStack | null {
  const along = (n: number): number => dot(places[n]!.position, normal);
  const sorted = [...places.keys()].sort(
    (a, b) =>
      along(a) - along(b) ||
      (places[a]!.number ?? 0) - (places[b]!.number ?? 0) ||
      places[a]!.frame - places[b]!.frame,
  );
  const kept: number[] = [];
  const doubled: number[] = [];
  for (const n of sorted) {
    const before = kept[kept.length - 1];
    if (before !== undefined && along(n) - along(before) < samePlace) doubled.push(n);
    else kept.push(n);
  }
  if (kept.length < 2) return null;

  const issues: SeriesIssue[] = [];
  if (doubled.length > 0) {
    issues.push(
      warning(
        'doubled-slices',
        `${plural(doubled.length, 'slice lies', 'slices lie')} where another one lies already; the first is shown.`,
      ),
    );
  }
  const gaps = kept.slice(1).map((n, k) => along(n) - along(kept[k]!));
  const usual = median(gaps);
  issues.push(...spacingIssues(gaps, usual));

  const [first, last] = [places[kept[0]!]!.position, places[kept[kept.length - 1]!]!.position];
  const step = scale(subtract(last, first), 1 / (kept.length - 1));
  const between = length(step);
  const tilt = (Math.acos(Math.min(1, dot(step, normal) / between)) * 180) / Math.PI;
  const tilted = tilt > noTilt;
  if (tilted) {
    const text = `The slices are tilted by ${tilt.toFixed(1)} degrees (gantry tilt); positions account for it.`;
    issues.push(warning('gantry-tilt', text));
  }
  const direction = tilted ? scale(step, 1 / between) : normal;
  const spacing = tilted ? between : dot(step, normal);
  const off = Math.max(
    ...kept.map((n, k) => length(subtract(places[n]!.position, add(first, scale(direction, spacing * k))))),
  );
  if (!issues.some((i) => i.code === 'gap') && off > Math.max(0.5 * usual, 0.5)) {
    const text = `Some slices lie ${off.toFixed(1)} mm from where an even stack has them, so nothing is measured or detected.`;
    issues.push(unsafe('off-grid', text));
  }
  issues.push(...numberingIssues(kept.map((n) => places[n]!.number)));
  return { kept, doubled, direction, spacing, issues };
}

function spacingIssues(gaps: readonly number[], usual: number): SeriesIssue[] {
  const missing = gaps.reduce((sum, gap) => sum + Math.max(0, Math.round(gap / usual) - 1), 0);
  if (missing > 0) {
    const text = `${plural(missing, 'slice is', 'slices are')} missing: positions beyond the gap would be wrong, so nothing is measured or detected.`;
    return [unsafe('gap', text)];
  }
  if (gaps.every((gap) => Math.abs(gap - usual) <= Math.max(0.1 * usual, 0.02))) return [];
  const [low, high] = [Math.min(...gaps), Math.max(...gaps)];
  return [
    warning(
      'irregular-spacing',
      `The slices are unevenly spaced (${low.toFixed(2)} to ${high.toFixed(2)} mm).`,
    ),
  ];
}

/** Slices are ordered by where they lie, whatever their numbers say; who reads by number should know. */
function numberingIssues(numbers: readonly (number | null)[]): SeriesIssue[] {
  const known = numbers.filter((n): n is number => n !== null);
  if (known.length < numbers.length || known.length < 3 || new Set(known).size < known.length) return [];
  const rising = known.slice(1).filter((n, k) => n > known[k]!).length;
  if (rising === known.length - 1) return [];
  if (rising === 0) {
    return [
      note('numbering-reversed', 'The image numbers run against the order in which the slices are shown.'),
    ];
  }
  return [
    warning(
      'numbering-disordered',
      'The image numbers do not follow the slices’ places; they are shown by place.',
    ),
  ];
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;
