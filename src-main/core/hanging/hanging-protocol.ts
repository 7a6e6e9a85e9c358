import type { PixelLayout } from '../study/entities';
import type { Modality } from '../volume/volume';

/** What hanging needs to know of a series. */
export interface HangingSeries {
  readonly seriesId: string;
  readonly modality: Modality;
  readonly pixels: PixelLayout;
  readonly laterality?: 'L' | 'R' | 'B' | undefined;
  readonly view?: string | undefined;
  /** Where rows and columns of a picture run to (PS3.3 C.7.6.1.1.1). */
  readonly patientOrientation?: readonly [string, string] | undefined;
}

/** One place on the screen. `mpr`: three planes of a volume; `mirrored`: sides swapped. */
export interface HangingCell {
  readonly seriesId: string;
  readonly view: 'mpr' | 'single';
  readonly mirrored: boolean;
}

export const layouts = ['protocol', 'mpr', '1x1', '1x2', '2x2'] as const;
/** As the protocol of the modality hangs it, or as the person chose. */
export type LayoutName = (typeof layouts)[number];

export interface Hanging {
  readonly rows: number;
  readonly columns: number;
  /** Row by row; never more than rows x columns. */
  readonly cells: readonly HangingCell[];
}

const isVolume = (series: HangingSeries): boolean => series.pixels.kind === 'volume';
const single = (series: HangingSeries, mirrored = false): HangingCell => ({
  seriesId: series.seriesId,
  view: 'single',
  mirrored,
});
const whole = (series: HangingSeries): HangingCell => ({
  ...single(series),
  view: isVolume(series) ? 'mpr' : 'single',
});
const alone = (cell: HangingCell): Hanging => ({ rows: 1, columns: 1, cells: [cell] });

/**
 * How a study hangs while `currentId` is the series being read: CT in three planes; MR series side by side, at most four; the
 * views of both breasts, and the photographs of both eyes, the right one on the left as facing the patient; all else alone.
 *
 * Mammograms hang back to back: the right breast's chest wall to the right and the left one's to the left (the ACR-AAPM-SIIM
 * practice parameter for digital mammography); one whose Patient Orientation says that it lies the other way round is
 * mirrored, one that says nothing is left as it is.
 */
export function hang(all: readonly HangingSeries[], currentId: string, layout: LayoutName): Hanging {
  const current = all.find(({ seriesId }) => seriesId === currentId);
  if (!current) return { rows: 1, columns: 1, cells: [] };
  const like = all.filter((other) => other.pixels.kind === current.pixels.kind);
  switch (layout) {
    case 'mpr':
      return alone(whole(current));
    case '1x1':
      return alone(single(current, facesAway(current)));
    case '1x2':
    case '2x2':
      return grid(from(like, current).slice(0, layout === '1x2' ? 2 : 4));
    case 'protocol':
      return byProtocol(like, current);
  }
}

function byProtocol(like: readonly HangingSeries[], current: HangingSeries): Hanging {
  if (current.modality === 'MG')
    return pairs(like, current, ['CC', 'MLO']) ?? alone(single(current, facesAway(current)));
  if (current.modality === 'OP') return pairs(like, current, [undefined]) ?? alone(single(current));
  if (current.modality === 'MR' && isVolume(current)) {
    const series = like.filter((other) => other.modality === 'MR');
    if (series.length > 1) return grid(around(series, current, 4));
  }
  return alone(whole(current));
}

/** Right and left of each view; null unless the current series is in a pair of them. */
function pairs(
  like: readonly HangingSeries[],
  current: HangingSeries,
  views: readonly (string | undefined)[],
): Hanging | null {
  const rows = views.flatMap((view) => {
    const of = (side: 'R' | 'L'): HangingSeries | undefined =>
      // The series being read stands for its view where several were taken of it.
      [current, ...like].find(
        (s) =>
          s.modality === current.modality && s.laterality === side && (view === undefined || s.view === view),
      );
    const [right, left] = [of('R'), of('L')];
    return right && left ? [[right, left]] : [];
  });
  const shown = rows.flat();
  if (!shown.includes(current)) return null;
  return { rows: rows.length, columns: 2, cells: shown.map((s) => single(s, facesAway(s))) };
}

/** Whether a mammogram's chest wall lies on the outer side of its pair: it is hung mirrored. */
export function facesAway({ modality, laterality, patientOrientation }: HangingSeries): boolean {
  const rows = patientOrientation?.[0][0];
  if (modality !== 'MG' || (rows !== 'A' && rows !== 'P')) return false;
  return (laterality === 'R' && rows === 'A') || (laterality === 'L' && rows === 'P');
}

function grid(series: readonly HangingSeries[]): Hanging {
  const columns = series.length > 1 ? 2 : 1;
  return {
    rows: Math.ceil(series.length / columns),
    columns,
    cells: series.map((s) => single(s, facesAway(s))),
  };
}

/** The current one and those behind it, then those before it. */
function from(all: readonly HangingSeries[], current: HangingSeries): HangingSeries[] {
  const at = all.indexOf(current);
  return [...all.slice(at), ...all.slice(0, at)];
}

/** At most `most` in the order of the study, with the current one among them. */
function around(all: readonly HangingSeries[], current: HangingSeries, most: number): HangingSeries[] {
  const first = all.slice(0, most);
  return first.includes(current) ? first : [...first.slice(0, most - 1), current];
}
