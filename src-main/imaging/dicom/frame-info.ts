import { cross, dot, length, normalize, type Vec3 } from '../../core/geometry/vec3';
import type { NamedWindow } from '../../core/volume/windowing';
import { measuredSpacing, type Calibration } from './calibration';
import type { Dataset } from './dataset';
import { readVoiTables } from './lookup-table';
import type { PictureForm } from './picture';
import { tags } from './tags';

/** Where one frame lies (PS3.3 C.7.6.2) and how its values scale (C.11.1). */
export interface FrameInfo {
  readonly position: Vec3 | null;
  /** Unit vectors along a row and down a column. */
  readonly orientation: readonly [Vec3, Vec3] | null;
  /** [column, row] distance in mm. */
  readonly spacing: readonly [number, number] | null;
  readonly slope: number;
  readonly intercept: number;
  readonly windows: readonly NamedWindow[];
  /** Tells phases, echoes and time points of one series apart. */
  readonly acquisition: string;
}

/** A frame's macros stand in its own functional group, in the shared one, or in the image itself (PS3.3 C.7.6.16). */
export function readFrameInfos(d: Dataset, form: PictureForm, calibration: Calibration): FrameInfo[] {
  const shared = d.items(tags.sharedFunctionalGroups)[0] ?? null;
  const perFrame = d.items(tags.perFrameFunctionalGroups);
  const plain = perFrame.length === 0 && !shared;
  const infoOf = (n: number): FrameInfo => {
    const macro = (sequence: number): Dataset =>
      perFrame[n]?.items(sequence)[0] ?? shared?.items(sequence)[0] ?? d;
    const values = macro(tags.pixelValueTransformationSequence);
    const intercept = finite(values.decimal(tags.rescaleIntercept)) ?? 0;
    return {
      position:
        form.frames > 1 && plain
          ? null
          : vector(macro(tags.planePositionSequence).decimals(tags.imagePosition)),
      orientation: orientation(macro(tags.planeOrientationSequence).decimals(tags.imageOrientation)),
      spacing: plain
        ? calibration.spacing
        : (measuredSpacing(macro(tags.pixelMeasuresSequence)) ?? calibration.spacing),
      slope: slopeOf(values),
      intercept,
      windows: windowsOf(macro(tags.frameVoiLutSequence), form.signed || intercept < 0),
      acquisition: [
        [d, tags.acquisitionNumber],
        [d, tags.echoTime],
        [d, tags.temporalPosition],
        [macro(tags.frameContentSequence), tags.stackId],
        [macro(tags.frameContentSequence), tags.temporalPositionIndex],
        [macro(tags.mrEchoSequence), tags.effectiveEchoTime],
        [macro(tags.mrDiffusionSequence), tags.diffusionBValue],
      ]
        .map(([from, tag]) => valueText(from as Dataset, tag as number))
        .join('|'),
    };
  };
  // Without functional groups all frames are said the same of: a file may claim 100,000.
  if (plain) return new Array<FrameInfo>(form.frames).fill(infoOf(0));
  return Array.from({ length: form.frames }, (_, n) => infoOf(n));
}

/** A value's bytes are enough to tell it from another. */
function valueText(d: Dataset, tag: number): string {
  const element = d.get(tag);
  if (!element) return '';
  return element.vr === 'FD' || element.vr === 'UL'
    ? Buffer.from(element.value).toString('hex')
    : d.string(tag);
}

/** A slope of 0 would flatten the picture; writers that do so mean 1. */
function slopeOf(d: Dataset): number {
  const slope = finite(d.decimal(tags.rescaleSlope));
  return slope === null || slope === 0 ? 1 : slope;
}

const shapes: Readonly<Record<string, NamedWindow['shape']>> = {
  LINEAR_EXACT: 'linear-exact',
  SIGMOID: 'sigmoid',
};

/** Windows first, then tables; the standard leaves the choice to the reader (PS3.3 C.11.2.1.1). */
function windowsOf(d: Dataset, signed: boolean): NamedWindow[] {
  const centers = d.decimals(tags.windowCenter);
  const widths = d.decimals(tags.windowWidth);
  const names = d.strings(tags.windowExplanation);
  const shape = shapes[d.string(tags.voiLutFunction)];
  const windows = centers.flatMap((center, n): NamedWindow[] => {
    const width = widths[n] ?? NaN;
    if (!Number.isFinite(center) || !(width > 0) || !Number.isFinite(width)) return [];
    const name = names[n] || (centers.length > 1 ? `From file ${n + 1}` : 'From file');
    return [{ name, center, width, ...(shape && { shape }) }];
  });
  return [...windows, ...readVoiTables(d, signed)];
}

function vector(values: number[]): Vec3 | null {
  return values.length === 3 && values.every((v) => Number.isFinite(v) && Math.abs(v) < 1e6)
    ? (values as unknown as Vec3)
    : null;
}

function orientation(values: number[]): readonly [Vec3, Vec3] | null {
  const row = vector(values.slice(0, 3));
  const column = vector(values.slice(3, 6));
  if (values.length !== 6 || !row || !column) return null;
  if (Math.abs(length(row) - 1) > 0.01 || Math.abs(length(column) - 1) > 0.01) return null;
  if (Math.abs(dot(row, column)) > 0.01 || length(cross(row, column)) < 0.9) return null;
  return [normalize(row), normalize(column)];
}

const finite = (value: number | null): number | null =>
  value !== null && Number.isFinite(value) ? value : null;
