import { dot } from '../../core/geometry/vec3';
import { maxArrayBytes } from '../../core/volume/array-limit';
import { compareParts, lateralityIssues, type SeriesPart } from '../../core/volume/compare-parts';
import { layoutBytes } from '../../core/volume/layout-bytes';
import { unsafe, warning } from '../../core/volume/series-issues';
import type { ScannedSeries, SkippedFile } from '../../core/study/entities';
import { patientKey } from '../../core/study/patient-identity';
import type { DicomInstance } from './instance';
import { isColour } from './picture';
import { toImageSeries, toVolumeSeries, withIssues } from './series';
import { stackSlices, type Slice } from './stack';

/** What the files of a scan make: series for the worklist, and what was left over. */
export interface Grouped {
  readonly series: readonly ScannedSeries[];
  readonly skipped: readonly SkippedFile[];
}

/**
 * Groups by Series Instance UID and patient (a UID that two patients share merges nothing), then by what makes one volume or one run of pictures: size, pixel form,
 * orientation, acquisition. Localisers and odd ones out become series of their own, with a warning.
 */
export async function groupInstances(instances: readonly DicomInstance[]): Promise<Grouped> {
  const series: ScannedSeries[] = [];
  const skipped: SkippedFile[] = [];
  const patients = new Map<string, Set<string>>();
  for (const i of instances)
    patients.set(uids(i), (patients.get(uids(i)) ?? new Set()).add(patientKey(i.patient)));
  for (const group of partition(
    withoutDoubles(instances, skipped),
    (i) => `${uids(i)}/${patientKey(i.patient)}`,
  )) {
    const shared = patients.get(uids(group[0]!))!.size > 1 ? [severalPatients] : [];
    const parts = splitSeries(group);
    const issues = compareParts(parts.map(asPart));
    for (const [n, part] of parts.entries()) {
      try {
        series.push(
          withIssues(await toSeries(part, skipped), [...shared, ...issues[n]!, ...sideIssues(part)]),
        );
      } catch (error) {
        // The one look at the pixels failed: the pictures of this part cannot be shown.
        const reason = error instanceof Error ? error.message : String(error);
        const field = (error as { details?: { field?: string } }).details?.field;
        for (const file of new Set(part.map((s) => s.instance.file)))
          skipped.push({ file, reason, ...(field && { field }) });
      }
    }
  }
  return { series, skipped };
}

const uids = (i: DicomInstance): string => `${i.studyInstanceUid}/${i.seriesInstanceUid}`;

const severalPatients = warning(
  'several-patients',
  'Files of another patient, or of the same one with or without identity, have the same Series Instance UID. They were kept apart; check which are right.',
);

function withoutDoubles(instances: readonly DicomInstance[], skipped: SkippedFile[]): DicomInstance[] {
  const seen = new Map<string, string>();
  return instances.filter((i) => {
    const key = `${i.sopInstanceUid}/${patientKey(i.patient)}`;
    const first = i.sopInstanceUid === '' ? undefined : seen.get(key);
    if (first !== undefined)
      skipped.push({ file: i.file, reason: `The same image (SOP Instance UID) as ${first}.` });
    else seen.set(key, i.file);
    return first === undefined;
  });
}

const volumetric = new Set(['CT', 'MR', 'PT', 'NM']);
const canStack = (s: Slice): boolean =>
  s.info.position !== null &&
  s.info.orientation !== null &&
  s.info.spacing !== null &&
  !isColour(s.instance.form) &&
  s.instance.form.photometric !== 'MONOCHROME1' &&
  !s.instance.isLocalizer &&
  (volumetric.has(s.instance.rawModality) || s.instance.frames.length > 1 || s.instance.rawModality === 'OT');

function splitSeries(instances: readonly DicomInstance[]): Slice[][] {
  const slices = instances.flatMap((instance) =>
    instance.frames.map((info, frame): Slice => ({ instance, frame, info })),
  );
  const stackable = partition(slices.filter(canStack), formKey).flatMap(byOrientation).flatMap(byAcquisition);
  const pictures = partition(
    slices.filter((s) => !canStack(s)),
    // A loop is a run of its own; so is each view of a projection; loose pictures of one form are paged together.
    (s) =>
      s.instance.frames.length > 1 || ['MG', 'DX', 'CR', 'XA', 'RF'].includes(s.instance.rawModality)
        ? s.instance.file
        : `${formKey(s)}/${s.info.spacing?.join() ?? ''}/${s.instance.isLocalizer}`,
  );
  return [...stackable, ...pictures].filter((part) => part.length > 0);
}

const formKey = ({ instance: { form }, info }: Slice): string =>
  [
    form.rows,
    form.columns,
    form.samples,
    form.photometric,
    form.signed,
    info.spacing?.map((v) => v.toFixed(4)),
  ].join('/');

/** Directions within about 1 degree are one orientation. */
function byOrientation(slices: readonly Slice[]): Slice[][] {
  const groups: Slice[][] = [];
  for (const slice of slices) {
    const [row, column] = slice.info.orientation!;
    const same = groups.find((g) => {
      const [r, c] = g[0]!.info.orientation!;
      return dot(r, row) > 0.9998 && dot(c, column) > 0.9998;
    });
    if (same) same.push(slice);
    else groups.push([slice]);
  }
  return groups;
}

/** Phases and echoes lie at the same places: where places repeat, acquisitions are taken apart. */
function byAcquisition(slices: Slice[]): Slice[][] {
  const stack = slices.length > 1 ? stackSlices(slices) : null;
  const repeated = stack ? stack.doubled.length : slices.length - 1;
  if (repeated === 0) return [slices];
  const parts = partition(slices, (s) => s.info.acquisition);
  return parts.length > 1 && parts.length <= slices.length / 2 ? parts : [slices];
}

const needsPlace = new Set(['CT', 'MR']);

function asPart(slices: readonly Slice[]): SeriesPart {
  const { instance, info } = slices[0]!;
  const unplaced = slices.filter(
    ({ instance: i, info: f }) =>
      needsPlace.has(i.rawModality) && !i.isLocalizer && (f.position === null || f.orientation === null),
  );
  const marks = new Set(slices.map((s) => s.info.acquisition));
  return {
    images: slices.length,
    size: [instance.form.columns, instance.form.rows],
    orientation: info.orientation,
    spacing: info.spacing,
    localiser: instance.isLocalizer,
    unplaced: unplaced.length,
    acquisition: marks.size === 1 ? [...marks][0]! : '',
  };
}

const sideIssues = (slices: readonly Slice[]): ReturnType<typeof lateralityIssues> =>
  lateralityIssues(
    slices.map((s) => s.instance.sides),
    slices[0]!.instance.seriesDescription,
  );

async function toSeries(part: readonly Slice[], skipped: SkippedFile[]): Promise<ScannedSeries> {
  const first = part[0]!;
  if (part.length > 1 && canStack(first)) {
    const stack = stackSlices(part);
    const volume = stack && (await toVolumeSeries(stack));
    if (volume && layoutBytes(volume.pixels) <= maxArrayBytes) {
      for (const { instance } of stack.doubled) {
        if (instance.frames.length === 1)
          skipped.push({
            file: instance.file,
            reason: 'It lies where another slice of its series lies already.',
          });
      }
      return volume;
    }
    if (stack) {
      const text = 'The volume is too large for one piece of memory; its slices are shown one by one.';
      const pictures = await toImageSeries(part);
      return withIssues({ ...pictures, issues: [], warnings: [] }, [unsafe('too-large', text)]);
    }
  }
  return toImageSeries(part);
}

/** Groups by key, in the order in which keys first appear. */
function partition<T>(list: readonly T[], key: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of list) {
    const k = key(item);
    const group = groups.get(k);
    if (group) group.push(item);
    else groups.set(k, [item]);
  }
  return [...groups.values()];
}
