import { numbersOf, textOf, type DataSet } from './data-set';

/** Half-open pixel rectangle [x0, y0, x1, y1]. */
export type PixelRect = readonly [number, number, number, number];

/** What is done about text in the pixels. */
export interface BurnedInVerdict {
  /** `mask`: everything outside `regions` is blanked. `withhold`: the file says that it shows text and nothing tells where. */
  readonly verdict: 'keep' | 'mask' | 'withhold';
  readonly regions: readonly PixelRect[];
  /** Text may be left: a person has to look. */
  readonly suspect: string | null;
}

const tags = {
  sopClass: 0x00080016,
  modality: 0x00080060,
  imageType: 0x00080008,
  regions: 0x00186011,
  minX: 0x00186018,
  minY: 0x0018601a,
  maxX: 0x0018601c,
  maxY: 0x0018601e,
  burnedIn: 0x00280301,
  rows: 0x00280010,
  columns: 0x00280011,
};
const secondaryCapture = '1.2.840.10008.5.1.4.1.1.7';
/** Kinds of picture whose machines write into them (PS3.15 E.3.1 names ultrasound and screen captures first). */
const written = new Set(['US', 'IVUS', 'XC', 'ES', 'GM', 'OT', 'SC', 'DOC']);

/**
 * Looks at what the header says of burned-in text: Burned In Annotation, and Sequence of Ultrasound Regions (PS3.3
 * C.8.5.5), outside of which an ultrasound machine writes names and dates.
 */
export function judgeBurnedIn(set: DataSet): BurnedInVerdict {
  const declared = textOf(set.get(tags.burnedIn)).toUpperCase();
  const regions = ultrasoundRegions(set);
  if (regions.length > 0) {
    const suspect = declared === 'YES' ? 'Burned In Annotation is YES: look inside the regions.' : null;
    return { verdict: 'mask', regions, suspect };
  }
  if (declared === 'YES')
    return {
      verdict: 'withhold',
      regions,
      suspect: 'Burned In Annotation is YES, and no regions say where.',
    };
  if (declared === 'NO') return { verdict: 'keep', regions, suspect: null };
  const modality = textOf(set.get(tags.modality));
  const captured =
    textOf(set.get(tags.sopClass)).startsWith(secondaryCapture) ||
    /SCREEN|SECONDARY/.test(textOf(set.get(tags.imageType)));
  const suspect =
    written.has(modality) || captured
      ? 'Pictures of this kind often show text, and the file does not say that this one shows none.'
      : null;
  return { verdict: 'keep', regions, suspect };
}

/** Region corners are inclusive; those that lie outside the picture or are turned round are left out. */
function ultrasoundRegions(set: DataSet): PixelRect[] {
  const [height = 0] = numbersOf(set.get(tags.rows), 2);
  const [width = 0] = numbersOf(set.get(tags.columns), 2);
  return (set.get(tags.regions)?.items ?? []).flatMap((item): PixelRect[] => {
    const corner = (tag: number): number => numbersOf(item.get(tag), 4)[0] ?? NaN;
    const [x0, y0] = [corner(tags.minX), corner(tags.minY)];
    const [x1, y1] = [Math.min(width, corner(tags.maxX) + 1), Math.min(height, corner(tags.maxY) + 1)];
    return x0 < x1 && y0 < y1 ? [[x0, y0, x1, y1]] : [];
  });
}

/** Overlays of the old kind lie in pixel bits above those stored (PS3.3 C.9.2, Overlay Bit Position). */
export const hasOverlayInPixels = (set: DataSet): boolean =>
  [...set.keys()].some((tag) => {
    const group = tag >>> 16;
    return (
      group >= 0x6000 &&
      group <= 0x60ff &&
      (tag & 0xffff) === 0x0102 &&
      (numbersOf(set.get(tag), 2)[0] ?? 0) > 0
    );
  });
