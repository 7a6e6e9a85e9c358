import type { BoxXywh } from '../../core/geometry/box';
import type { Dataset } from './dataset';
import { tags } from './tags';

/** How large the pixels of one file are in the patient, and how far that can be trusted. */
export interface Calibration {
  /** [column, row] distance in mm. */
  readonly spacing: readonly [number, number] | null;
  /** Parts of the picture that have a scale of their own, where they differ. */
  readonly regions: readonly { readonly boxPx: BoxXywh; readonly spacing: readonly [number, number] }[];
  /** A sentence for people where the scale is not simply the patient's. */
  readonly note: string | null;
}

interface CalibratedRegion {
  readonly boxPx: BoxXywh | null;
  readonly spacing: readonly [number, number];
}

type Pair = readonly [number, number] | null;
const projections = new Set(['MG', 'DX', 'CR', 'XA', 'RF', 'IO', 'PX', 'DR']);

/** Row\column of a DS attribute as [column, row]; null where it is absent or out of all proportion. */
function pair(values: readonly number[]): Pair {
  const [row, column] = values;
  return row !== undefined && column !== undefined && row > 0 && column > 0 && row < 1e4 && column < 1e4
    ? [column, row]
    : null;
}

/** Pixel Spacing of a frame's Pixel Measures, or of the image itself. */
export const measuredSpacing = (measures: Dataset): Pair => pair(measures.decimals(tags.pixelSpacing));

/**
 * The scale of a file that has no Pixel Measures of its own frames (PS3.3 10.7.1.3): Pixel Spacing; for projections
 * Imager Pixel Spacing, which is measured at the detector and divided by the magnification where one is given; for
 * ultrasound its regions; for scanned film the film's.
 */
export function calibrationOf(d: Dataset, rawModality: string): Calibration {
  const own = measuredSpacing(d);
  if (projections.has(rawModality)) return projectionScale(d, own);
  if (own) return { spacing: own, regions: [], note: null };
  const regions = ultrasoundRegions(d);
  if (regions.length > 0) return ultrasoundScale(regions);
  const film = pair(d.decimals(tags.nominalScannedPixelSpacing));
  if (film) return { spacing: film, regions: [], note: 'Sizes are those on the film that was scanned.' };
  const [down, across] = d.decimals(tags.pixelAspectRatio);
  const square = down === undefined || across === undefined || down === across;
  return {
    spacing: null,
    regions: [],
    note: square ? null : 'Its pixels are not square; it is shown as if they were.',
  };
}

function projectionScale(d: Dataset, own: Pair): Calibration {
  const detector = pair(d.decimals(tags.imagerPixelSpacing));
  const calibrated = d.string(tags.calibrationType);
  const differs =
    own && detector && (Math.abs(own[0] - detector[0]) > 1e-4 || Math.abs(own[1] - detector[1]) > 1e-4);
  if (own && (differs || calibrated !== '')) {
    return {
      spacing: own,
      regions: [],
      note: `Sizes are calibrated in the patient${calibrated === '' ? '' : ` (${calibrated.toLowerCase()})`}.`,
    };
  }
  const spacing = detector ?? own;
  if (!spacing) return { spacing: null, regions: [], note: null };
  const factor = d.decimal(tags.magnificationFactor);
  if (detector && factor !== null && factor >= 1 && factor <= 10) {
    return {
      spacing: [spacing[0] / factor, spacing[1] / factor],
      regions: [],
      note: `Sizes are divided by the estimated magnification of ${factor}.`,
    };
  }
  return {
    spacing,
    regions: [],
    note: 'Sizes are those at the detector; in the patient they are smaller by a magnification that the file does not give.',
  };
}

/** Two-dimensional regions (PS3.3 C.8.5.5) with their scale; null for one that is not measured in centimetres. */
function ultrasoundRegions(d: Dataset): (CalibratedRegion | null)[] {
  const flat = d.items(tags.usRegions).filter((region) => region.uint16(tags.usRegionSpatialFormat) === 1);
  return flat.map((region) => {
    if (region.uint16(tags.usPhysicalUnitsX) !== 3 || region.uint16(tags.usPhysicalUnitsY) !== 3) return null;
    const x = Math.abs(region.doubles(tags.usPhysicalDeltaX)[0] ?? NaN) * 10;
    const y = Math.abs(region.doubles(tags.usPhysicalDeltaY)[0] ?? NaN) * 10;
    if (!(x > 0 && y > 0 && x < 1e3 && y < 1e3)) return null;
    const [x0, y0, x1, y1] = [tags.usRegionX0, tags.usRegionY0, tags.usRegionX1, tags.usRegionY1].map(
      (t) => region.uint32(t) ?? NaN,
    ) as [number, number, number, number];
    // False where a corner is missing, too.
    if (!(x1 >= x0 && y1 >= y0)) return { boxPx: null, spacing: [x, y] };
    // Its corners are pixels of the region, both.
    return { boxPx: [x0, y0, x1 - x0 + 1, y1 - y0 + 1], spacing: [x, y] };
  });
}

/** One scale for the picture where all regions agree; else each region's own. */
function ultrasoundScale(regions: readonly (CalibratedRegion | null)[]): Calibration {
  const sound = regions.flatMap((r) => (r ? [r] : []));
  const [first] = sound;
  const same =
    sound.length === regions.length &&
    sound.every(
      ({ spacing: [x, y] }) =>
        Math.abs(first!.spacing[0] - x) <= 1e-4 && Math.abs(first!.spacing[1] - y) <= 1e-4,
    );
  if (same) return { spacing: first!.spacing, regions: [], note: null };
  return {
    spacing: null,
    regions: sound.flatMap(({ boxPx, spacing }) => (boxPx ? [{ boxPx, spacing }] : [])),
    note: 'Its regions differ in scale: no one scale holds for the picture.',
  };
}
