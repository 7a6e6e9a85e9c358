import { dot, type Vec3 } from '../geometry/vec3';
import { note, plural, unsafe, warning, type SeriesIssue, type SeriesIssueCode } from './series-issues';

/** One of the parts into which the images of one DICOM series were sorted: what its images have in common. */
export interface SeriesPart {
  readonly images: number;
  /** [columns, rows] */
  readonly size: readonly [number, number];
  /** Of the first image, null where it says none. */
  readonly orientation: readonly [Vec3, Vec3] | null;
  readonly spacing: readonly [number, number] | null;
  readonly localiser: boolean;
  /** Images without a usable place in a series whose images should have one (CT, MR). */
  readonly unplaced: number;
  /** Acquisition number, echo time, time point, and further marks of that kind, joined by `|`; empty where several occur. */
  readonly acquisition: string;
}

const acquisitionCodes: readonly SeriesIssueCode[] = [
  'several-acquisitions',
  'several-echoes',
  'several-time-points',
  'several-acquisitions',
  'several-time-points',
  'several-echoes',
  // Diffusion b-value.
  'several-acquisitions',
];
const acquisitionTexts: Partial<Record<SeriesIssueCode, string>> = {
  'several-acquisitions':
    'The series holds several acquisitions of the same place; each is a series of its own here.',
  'several-echoes': 'The series holds several echoes of the same place; each is a series of its own here.',
  'several-time-points':
    'The series holds several points in time of the same place; each is a series of its own here.',
};

/** What the images of one series that are not alike say of each part, in the order of the parts. */
export function compareParts(parts: readonly SeriesPart[]): SeriesIssue[][] {
  const localisers = parts.filter((p) => p.localiser);
  const unplaced = parts.reduce((sum, p) => sum + p.unplaced, 0);
  return parts.map((part) => {
    if (parts.length === 1) return [];
    const others = parts.filter((p) => p !== part && !p.localiser);
    const issues: SeriesIssue[] = [];
    if (part.localiser) return [];
    if (localisers.length > 0) {
      const count = localisers.reduce((sum, p) => sum + p.images, 0);
      const text = `${plural(count, 'localiser image was', 'localiser images were')} part of this series; shown apart.`;
      issues.push(warning('localiser-inside', text));
    }
    if (part.unplaced === 0 && unplaced > 0) {
      const text = `${plural(unplaced, 'image of this series has', 'images of this series have')} no usable position and stands apart: what it shows is missing here.`;
      issues.push(warning('no-position', text));
    }
    const placed = others.filter((p) => p.orientation !== null && p.unplaced === 0);
    if (part.orientation && part.unplaced === 0) issues.push(...differences(part, placed));
    if (issues.length === 0 && others.length > 0)
      issues.push(note('mixed', 'The series holds images of different kinds; they are shown apart.'));
    return issues;
  });
}

function differences(part: SeriesPart, others: readonly SeriesPart[]): SeriesIssue[] {
  const issues: SeriesIssue[] = [];
  const aligned = others.filter((p) => sameDirection(part.orientation!, p.orientation!));
  if (aligned.length < others.length) {
    const text =
      'The series holds slices of different directions; each direction is a series of its own here.';
    issues.push(warning('mixed-orientation', text));
  }
  const sized = aligned.filter((p) => p.size.join() === part.size.join());
  if (sized.length < aligned.length) {
    const text =
      'The series holds slices of different size in pixels; each size is a series of its own here.';
    issues.push(warning('mixed-size', text));
  }
  const spaced = sized.filter((p) => sameSpacing(p.spacing, part.spacing));
  if (spaced.length < sized.length) {
    const text =
      'The series holds slices of different pixel spacing; each spacing is a series of its own here.';
    issues.push(warning('mixed-spacing', text));
  }
  const codes = new Set(
    spaced.flatMap((p) => {
      const [a, b] = [p.acquisition.split('|'), part.acquisition.split('|')];
      const at = (a.length > b.length ? a : b).findIndex((_, n) => (a[n] ?? '') !== (b[n] ?? ''));
      return at < 0 ? [] : [acquisitionCodes[at] ?? 'several-acquisitions'];
    }),
  );
  for (const code of codes) issues.push(warning(code, acquisitionTexts[code]!));
  return issues;
}

/** Within about 1 degree. */
const sameDirection = (a: readonly [Vec3, Vec3], b: readonly [Vec3, Vec3]): boolean =>
  dot(a[0], b[0]) > 0.9998 && dot(a[1], b[1]) > 0.9998;

const sameSpacing = (a: SeriesPart['spacing'], b: SeriesPart['spacing']): boolean =>
  a === b || (a !== null && b !== null && a.every((v, n) => Math.abs(v - b[n]!) < 1e-4));

/**
 * Sides that contradict each other: a wrong side is a fault that nobody downstream can see.
 *
 * @param said what Laterality, Image Laterality and Frame Laterality of each image say: L, R, B, U or nothing
 * @param description series description and view, in which a side may be written out
 */
export function lateralityIssues(said: readonly (readonly string[])[], description: string): SeriesIssue[] {
  const sides = said.map((values) => new Set(values.filter((v) => v === 'L' || v === 'R')));
  if (sides.some((s) => s.size > 1)) {
    const text =
      'The files name both sides for the same image (Laterality, Image Laterality), so nothing is detected.';
    return [unsafe('contrary-laterality', text)];
  }
  const all = new Set(sides.flatMap((s) => [...s]));
  if (all.size > 1) {
    return [
      warning(
        'contrary-laterality',
        'The images of this series are of both sides; look at each one’s marker.',
      ),
    ];
  }
  const [side] = all;
  const written = writtenSide(description);
  if (side === undefined || written === null || written === side) return [];
  const text = `The description names the ${names[written]} side, the files the ${names[side as 'L' | 'R']}: check the side.`;
  return [warning('contrary-laterality', text)];
}

const names = { L: 'left', R: 'right' } as const;

/** The one side that words name; null where they name none or both. */
function writtenSide(text: string): 'L' | 'R' | null {
  const left = /(^|[^a-z])(left|links|gauche|lcc|lmlo|lml|llm)([^a-z]|$)/i.test(text);
  const right = /(^|[^a-z])(right|rechts|droite?|rcc|rmlo|rml|rlm)([^a-z]|$)/i.test(text);
  return left === right ? null : left ? 'L' : 'R';
}
