import type {
  DicomSource,
  ImageLayout,
  NamedWindow,
  ScannedSeries,
  VolumeLayout,
  VoxelType,
} from '../../core/study/entities';
import {
  isUnsafe,
  plural,
  shownTexts,
  unsafe,
  warning,
  type SeriesIssue,
} from '../../core/volume/series-issues';
import { guessedBodyPart } from '../../core/study/guess-notes';
import { percentileWindow, windowsFor } from '../../core/volume/windowing';
import { narrowestType, valueRange } from '../../core/volume/voxels';
import { guessBodyPart } from '../guess';
import { contentUid, sha256 } from '../uid';
import type { DicomInstance } from './instance';
import { isWhole, mirrorSum, modalityRange } from './modality-values';
import { isColour } from './picture';
import { readInstanceFrame } from './frame-reader';
import type { Slice, Stack } from './stack';

/** A stack of slices as a series for the worklist. */
export async function toVolumeSeries(stack: Stack): Promise<ScannedSeries> {
  const { slices } = stack;
  const values = await valuesOf(slices);
  const pixels: VolumeLayout = { kind: 'volume', geometry: stack.geometry, ...values };
  return withIssues({ ...describe(slices, []), pixels, analysable: true }, stack.issues);
}

/** The series with what is wrong with it: named, told in its warnings, and closed to detection where it is unsafe. */
export function withIssues(series: ScannedSeries, found: readonly SeriesIssue[]): ScannedSeries {
  if (found.length === 0) return series;
  return {
    ...series,
    issues: [...(series.issues ?? []), ...found],
    warnings: [...series.warnings, ...shownTexts(found)],
    analysable: series.analysable && !isUnsafe(found),
  };
}

/** Pictures that form no volume: single slices, projections, loops, photographs. */
export async function toImageSeries(part: readonly Slice[]): Promise<ScannedSeries> {
  const slices = [...part].sort(
    (a, b) => (a.instance.instanceNumber ?? 0) - (b.instance.instanceNumber ?? 0) || a.frame - b.frame,
  );
  const { instance, info } = slices[0]!;
  const { form } = instance;
  const warnings: string[] = [];
  const issues: SeriesIssue[] = [];
  if (!info.spacing && instance.regions.length === 0)
    warnings.push('The picture is not calibrated: sizes are in pixels.');
  if (instance.isLocalizer) {
    issues.push(unsafe('localiser', 'A localiser: it only shows where the slices lie.'));
  } else if (slices.length > 1 && ['CT', 'MR'].includes(instance.rawModality)) {
    const placed = slices.every((s) => s.info.position !== null && s.info.orientation !== null);
    const text = `${placed ? 'The slices form no stack' : 'The slices say no usable position in the patient'}: they are shown one by one, without measuring or detection.`;
    issues.push(unsafe(placed ? 'no-stack' : 'no-position', text));
  } else if (['CT', 'MR'].includes(instance.rawModality)) {
    issues.push(warning('one-slice', 'A single slice: it is shown as a picture.'));
  }
  const pixels: ImageLayout = {
    kind: 'image',
    width: form.columns,
    height: form.rows,
    frames: slices.length,
    channels: isColour(form) ? 3 : 1,
    pixelSpacing: info.spacing,
    ...(await valuesOf(slices)),
    ...(instance.regions.length > 0 && { regions: instance.regions }),
    ...(instance.frameMs !== null && { frameMs: instance.frameMs }),
  };
  return withIssues({ ...describe(slices, warnings), pixels, analysable: true }, issues);
}

interface Values {
  voxelType: VoxelType;
  valueRange: readonly [number, number];
  voi: readonly NamedWindow[];
}

/** Type, range and windows after the modality LUT. Pixels are looked at only where the header says too little. */
async function valuesOf(slices: readonly Slice[]): Promise<Values> {
  const { instance } = slices[0]!;
  if (isColour(instance.form)) {
    return {
      voxelType: 'uint8',
      valueRange: [0, 255],
      voi: [{ name: 'As stored', center: 128, width: 256 }],
    };
  }
  let [low, high] = [Infinity, -Infinity];
  let whole = true;
  for (const { instance: i, info } of slices) {
    const [from, to] = modalityRange(i, info);
    low = Math.min(low, from);
    high = Math.max(high, to);
    whole &&= isWhole(i, info);
  }
  // 16 stored bits and an intercept of -1024 would ask for 32 bits a voxel; no Hounsfield unit needs them.
  const isCt = instance.modality === 'CT';
  const voxelType = isCt && whole ? 'int16' : narrowestType(low, high, whole);

  const middle = slices[slices.length >> 1]!;
  const mirror = mirrorSum(middle.instance, middle.info);
  const fromFile = mirror === null ? middle.info.windows : middle.info.windows.map((w) => turned(w, mirror));
  if (isCt) {
    const range: [number, number] = [Math.max(low, -1024), Math.min(high, 3071)];
    const sound: readonly [number, number] = range[0] < range[1] ? range : [low, high];
    return { voxelType, valueRange: sound, voi: windowsFor('CT', instance.bodyPart, fromFile, sound, null) };
  }
  const look = await readInstanceFrame(middle.instance.file, middle.frame, voxelType);
  const seen = valueRange(look);
  const usable = slices.every(
    ({ instance: i }) => i.valueRange !== null && mirror === null && !i.modalityTable && !i.padding,
  );
  const declared = usable
    ? ([
        Math.min(...slices.map((s) => s.instance.valueRange![0] * s.info.slope + s.info.intercept)),
        Math.max(...slices.map((s) => s.instance.valueRange![1] * s.info.slope + s.info.intercept)),
      ] as const)
    : null;
  const range: readonly [number, number] = declared
    ? [Math.min(declared[0], seen[0]), Math.max(declared[1], seen[1])]
    : seen;
  return {
    voxelType,
    valueRange: range,
    voi: windowsFor(instance.modality, instance.bodyPart, fromFile, range, percentileWindow(look)),
  };
}

/** The window or table of a picture that was turned round: what showed v now shows `sum` - v. */
function turned(w: NamedWindow, sum: number): NamedWindow {
  // The linear function of C.11.2.1.2.1 lies half a step off its centre; the others are symmetric.
  const symmetric = w.shape !== undefined || w.curve !== undefined;
  const center = sum - w.center + (symmetric ? 0 : 1);
  const curve = w.curve && [...w.curve].reverse().map(([v, grey]) => [sum - v, 1 - grey] as const);
  return { ...w, center, ...(curve && { curve }) };
}

function describe(
  slices: readonly Slice[],
  warnings: readonly string[],
): Omit<ScannedSeries, 'pixels' | 'analysable'> {
  const instances = slices.map((s) => s.instance);
  const first = instances[0]!;
  const files = new Set(instances.map((i) => i.file));
  // Frames of one file: one entry; else an entry a slice, even where two frames share a file.
  const listed = files.size === 1 ? [first] : instances;
  const all = [...warnings, ...common(instances)];
  const guess = first.bodyPart === '' ? guessBodyPart(first.seriesDescription, first.studyDescription) : null;
  if (guess) all.push(guessedBodyPart(guess.bodyPart, 'the description'));
  const content = sha256(Buffer.from(first.sopInstanceUid || first.file));
  const dicom: DicomSource = {
    frameOfReferenceUid: first.frameOfReferenceUid,
    instances: slices.map(({ instance, frame }) => ({
      sopClassUid: instance.sopClassUid,
      sopInstanceUid: instance.sopInstanceUid,
      frame: instance.frames.length > 1 ? frame + 1 : null,
    })),
    studyDate: first.studyDate,
    studyTime: first.studyTime,
    studyId: first.studyId,
    accessionNumber: first.accessionNumber,
    referringPhysician: first.referringPhysician,
    seriesNumber: first.seriesNumber,
    ...(first.laterality && { laterality: first.laterality }),
    ...(first.view !== '' && { view: first.view }),
    ...(first.patientOrientation && { patientOrientation: first.patientOrientation }),
  };
  return {
    format: 'dicom',
    patient: first.patient,
    studyInstanceUid: first.studyInstanceUid || contentUid('study', content),
    studyDescription: first.studyDescription,
    studyDate: first.studyDate,
    seriesInstanceUid: first.seriesInstanceUid || contentUid('series', content),
    seriesDescription: first.seriesDescription,
    modality: first.modality,
    bodyPart: first.bodyPart || (guess?.bodyPart ?? ''),
    bodyPartGuessed: first.bodyPart === '' && guess !== null,
    files: listed.map((i) => i.file),
    fileStamps: listed.map((i) => i.stamp),
    dicom,
    warnings: all,
  };
}

/** Warnings of single files, each once, with how many files it concerns. */
function common(instances: readonly DicomInstance[]): string[] {
  const counts = new Map<string, Set<string>>();
  for (const i of instances) {
    for (const w of i.warnings) counts.set(w, (counts.get(w) ?? new Set()).add(i.file));
  }
  return [...counts].map(([w, files]) =>
    files.size > 1 ? `${w} (${plural(files.size, 'file', 'files')})` : w,
  );
}
