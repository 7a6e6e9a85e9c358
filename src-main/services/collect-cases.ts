import { createHash } from 'node:crypto';
import { AppError } from '../core/app-error';
import { heldBackPatients } from '../core/review/patient-split';
import { reviewedPictures, type ReviewedPicture } from '../core/review/reviewed-pictures';
import type { Patient } from '../core/study/entities';
import type { CasesSummary, LeftOutReason } from '../contract/cases';
import type { ReviewedCase } from '../contract/engine-protocol';
import type { ModelSummary } from '../contract/entities';
import type { CaseCounts } from '../contract/fine-tuning';
import { isCopied } from '../core/study/copy-path';
import { checkStamps } from '../imaging/series-reader';
import type { Store } from '../storage';
import { isOfFamily } from './model-family';
import { mutable } from './mutable';
import { readStudy } from './studies';

export interface CollectedCases {
  readonly summary: CasesSummary;
  readonly cases: ReviewedCase[];
}

/** Less is not worth a training, and its comparison would say nothing. */
const leastPictures = 10;
const leastLesions = 5;
const leastTrainingLesions = 3;

type Candidate = Omit<ReviewedCase, 'heldBack'>;

/**
 * Every case of the store that was read to the end after this model (or one made from it), and which of them are held
 * back. What is left out is named with its reason; files are looked at, not read.
 */
export async function collectCases(store: Store, model: ModelSummary): Promise<CollectedCases> {
  const found: Candidate[] = [];
  const leftOut: CasesSummary['leftOut'] = [];
  for (const { studyId } of store.listStudies()) {
    const { study, series, resultSets, read, findings } = readStudy(store, studyId);
    for (const { seriesId, scanned, detection } of series) {
      const leave = (reason: LeftOutReason): void => {
        leftOut.push({ studyId, file: scanned.files[0]!, reason });
      };
      const own = <T extends { seriesId: string }>(list: readonly T[]): T[] =>
        list.filter((item) => item.seriesId === seriesId);
      const pictures = reviewedPictures(
        {
          pixels: scanned.pixels,
          analysable: scanned.analysable,
          detection,
          resultSets: own(resultSets),
          read: read.find((result) => result.seriesId === seriesId)?.resultSetId,
          findings: own(findings),
        },
        (modelId) => isOfFamily(modelId, model.modelId),
      );
      if (pictures === 'other-model') continue;
      if (typeof pictures === 'string') leave(pictures);
      else if (!(await isUnchanged(scanned))) leave('file-missing');
      else {
        const known = pictures.map((picture) => withLabels(picture, model.labels));
        if (known.some((k) => k.unknown)) leave('unknown-label');
        found.push({
          series: mutable(scanned),
          patient: patientHash(study.patient, studyId),
          pictures: known.map((k) => k.picture),
        });
      }
    }
  }
  const held = heldBackPatients(byPatient(found));
  const cases = found.map((c) => ({ ...c, heldBack: held.has(c.patient) }));
  const training = counts(cases.filter((c) => !c.heldBack));
  const heldBack = counts(cases.filter((c) => c.heldBack));
  const all = counts(cases);
  const refusal = refusalOf(model, all, training)?.toShape() ?? null;
  const ignored = cases.flatMap((c) => c.pictures).reduce((sum, p) => sum + p.ignored.length, 0);
  return {
    summary: {
      modelId: model.modelId,
      all,
      ignored,
      training,
      heldBack,
      leftOut,
      refusal: mutable(refusal),
    },
    cases,
  };
}

function refusalOf(model: ModelSummary, all: CaseCounts, training: CaseCounts): AppError | null {
  const refuse = (message: string, hint: string): AppError => new AppError('request.invalid', message, hint);
  if (!model.trainable)
    return refuse(
      `${model.name} cannot go on learning: only networks of ours that read pictures can so far.`,
      'Choose another model.',
    );
  if (all.pictures < leastPictures || all.lesions < leastLesions)
    return refuse(
      `There are too few reviewed cases: ${all.pictures} pictures with ${all.lesions} lesions. Needed are ${leastPictures} with ${leastLesions}.`,
      'Review more studies to the end: every finding that is shown wants a decision.',
    );
  if (training.lesions < leastTrainingLesions)
    return refuse(
      'The reviewed cases are of too few patients: some must be held back for the comparison, and too few are left to learn from.',
      'Review cases of more patients.',
    );
  return null;
}

/** A label that the model does not know: there is a lesion, but none of its kinds, so that the place says nothing. */
function withLabels(
  { frame, lesions, rejected, ignored }: ReviewedPicture,
  labels: readonly string[],
): { picture: ReviewedCase['pictures'][number]; unknown: boolean } {
  const indexed = lesions.map(({ box, label }) => ({
    box: mutable(box),
    label: labels.length === 1 ? 0 : labels.findIndex((l) => l.toLowerCase() === label.toLowerCase()),
  }));
  const strangers = indexed.filter((lesion) => lesion.label < 0).map((lesion) => lesion.box);
  return {
    picture: {
      frame,
      lesions: indexed.filter((lesion) => lesion.label >= 0),
      rejected: mutable([...rejected]),
      ignored: [...mutable([...ignored]), ...strangers],
    },
    unknown: strangers.length > 0,
  };
}

/** The same person under two spellings of a name is one where there is an ID; two persons under one ID stay together. */
function patientHash(patient: Patient, studyId: string): string {
  const id = patient.id.trim();
  const name = `${patient.name.normalize('NFC').toUpperCase().trim()} ${patient.birthDate}`.trim();
  const key = id !== '' ? `id ${id}` : name !== '' ? `name ${name}` : `study ${studyId}`;
  return createHash('sha256').update(`regio case split 1\n${key}`).digest('hex').slice(0, 16);
}

function byPatient(cases: readonly Candidate[]) {
  const patients = new Map<string, { patient: string; place: number; pictures: number; lesions: number }>();
  for (const { patient, pictures } of cases) {
    const p = patients.get(patient) ?? {
      patient,
      place: parseInt(patient.slice(0, 8), 16) / 2 ** 32,
      pictures: 0,
      lesions: 0,
    };
    p.pictures += pictures.length;
    p.lesions += pictures.reduce((sum, picture) => sum + picture.lesions.length, 0);
    patients.set(patient, p);
  }
  return [...patients.values()];
}

function counts(cases: readonly ReviewedCase[]): CaseCounts {
  const pictures = cases.flatMap((c) => c.pictures);
  return {
    pictures: pictures.length,
    patients: new Set(cases.map((c) => c.patient)).size,
    lesions: pictures.reduce((sum, p) => sum + p.lesions.length, 0),
    rejected: pictures.reduce((sum, p) => sum + p.rejected.length, 0),
  };
}

/** Copies are the engine's to open; one that is damaged is told by it. */
const isUnchanged = async (scanned: Parameters<typeof checkStamps>[0]): Promise<boolean> =>
  isCopied(scanned) ||
  checkStamps(scanned).then(
    () => true,
    () => false,
  );
