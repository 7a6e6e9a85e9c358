import type { Patient, ScannedSeries } from '../src-main/core/study/entities';
import type { ReviewAction } from '../src-main/core/review/events';
import { seededRandom } from '../src-main/core/seeded-random';
import type { DetectionState, FindingRow, Store } from '../src-main/storage';

const kinds = [
  { modality: 'CT', bodyPart: 'CHEST', description: 'CT chest low dose', slices: 120 },
  { modality: 'MR', bodyPart: 'BRAIN', description: 'MR brain with contrast', slices: 60 },
  { modality: 'MG', bodyPart: 'BREAST', description: 'Screening mammography', slices: 1 },
  { modality: 'US', bodyPart: 'BREAST', description: 'Breast ultrasound', slices: 1 },
  { modality: 'ES', bodyPart: 'COLON', description: 'Colonoscopy', slices: 1 },
  { modality: 'OP', bodyPart: 'EYE', description: 'Fundus, both eyes', slices: 1 },
] as const;
const families =
  'Abel Brandt Castro Dufour Eriksen Fontaine Garcia Huber Ito Jansen Kowalski Lindqvist Moreau Novak Okafor Peters Quinn Rossi Silva Tanaka'.split(
    ' ',
  );
const given =
  'Ada Bruno Clara David Elena Felix Greta Hugo Irene Jonas Karla Leo Marta Nils Olga Paul Rosa Simon Tessa Victor'.split(
    ' ',
  );

/** A store as a department has it after years: studies with one to three series, results and decisions. One seed, one worklist. */
export function fillWorklist(store: Store, count: number, seed = 7): void {
  const random = seededRandom(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const day = (back: number): Date => new Date(Date.UTC(2026, 10, 26) - back * 86_400_000);
  const patients = Array.from({ length: Math.max(1, Math.ceil(count / 2.6)) }, (_, n): Patient => ({
    id: `P-${String(n + 1).padStart(5, '0')}`,
    name: `${pick(families)}^${pick(given)}^${n}`,
    birthDate: `${1930 + Math.floor(random() * 70)}0${1 + Math.floor(random() * 9)}15`,
    sex: pick(['M', 'F'] as const),
  }));
  store.transaction(() => {
    for (let n = 0; n < count; n++) {
      const studyId = `study-${n}`;
      const kind = pick(kinds);
      const date = day(Math.floor(random() ** 3 * 900));
      store.insertStudy({
        studyId,
        patient: pick(patients),
        studyInstanceUid: `2.25.7.${n}`,
        description: kind.description,
        studyDate: date.toISOString().slice(0, 10).replaceAll('-', ''),
        importedAt: new Date(date.getTime() + n * 1000).toISOString(),
      });
      const state = pick<DetectionState>([
        'done',
        'done',
        'done',
        'done',
        'done',
        'none',
        'failed',
        'no-model',
      ]);
      const series = 1 + Math.floor(random() * 3);
      for (let s = 0; s < series; s++) {
        const scanned = madeScanned(n, s, kind);
        const failed = {
          code: 'engine.crashed',
          message:
            'The detection engine stopped unexpectedly. It is not known whether this study shows lesions.',
          hint: 'Start the detection again.',
        } as const;
        const seriesId = `series-${n}-${s}`;
        store.insertSeries({
          seriesId,
          studyId,
          scanned,
          detection: state,
          detectionError: state === 'failed' ? failed : null,
        });
        if (state !== 'done') continue;
        const resultSetId = `set-${n}-${s}`;
        const findings = Array.from({ length: Math.floor(random() * 7) }, (_, f): FindingRow => ({
          findingId: `finding-${n}-${s}-${f}`,
          studyId,
          seriesId,
          resultSetId,
          number: s * 10 + f + 1,
          label: 'lesion',
          score: Math.round(random() * 1000) / 1000,
          provenance: 'network',
          place: { space: 'px', boxPx: [f, f, 10, 10], frame: 0 },
        }));
        store.insertResultSet(
          {
            resultSetId,
            studyId,
            seriesId,
            modelId: 'made',
            modelVersion: '1.0.0',
            modelHash: 'a'.repeat(64),
            scoreFloor: 0.05,
            threshold: 0.4,
            createdAt: date.toISOString(),
            durationMs: 900,
          },
          findings,
        );
        const readTo = pick([0, 0, 0.5, 1]) * findings.length;
        for (const { findingId } of findings.slice(0, Math.floor(readTo))) {
          const action: ReviewAction = { type: 'decided', findingId, verdict: 'accepted', reason: null };
          store.appendAudit({
            at: date.toISOString(),
            type: 'review.decided',
            studyId,
            payload: { reviewer: 'Dr Made', action },
          });
        }
      }
    }
  });
}

function madeScanned(
  n: number,
  s: number,
  { modality, bodyPart, description, slices }: (typeof kinds)[number],
): ScannedSeries {
  const uid = `2.25.7.${n}.${s}`;
  const files = Array.from({ length: slices }, (_, k) => `/made/${n}/${s}/image-${k}.dcm`);
  const voi = [{ name: 'Window 1', center: 40, width: 400 }];
  return {
    format: 'dicom',
    patient: { id: '', name: '', birthDate: '', sex: '' },
    studyInstanceUid: `2.25.7.${n}`,
    studyDescription: description,
    studyDate: '20260101',
    seriesInstanceUid: uid,
    seriesDescription: `Series ${s + 1}`,
    modality,
    bodyPart,
    bodyPartGuessed: false,
    files,
    fileStamps: files.map(() => ({ size: 525_312, mtimeMs: 1_700_000_000_000 })),
    pixels:
      slices > 1
        ? {
            kind: 'volume',
            geometry: {
              dims: [512, 512, slices],
              spacing: [0.7, 0.7, 2.5],
              origin: [-180, -180, -300],
              direction: [
                [1, 0, 0],
                [0, 1, 0],
                [0, 0, 1],
              ],
            },
            voxelType: 'int16',
            valueRange: [-1024, 3071],
            voi,
          }
        : {
            kind: 'image',
            width: 1024,
            height: 768,
            frames: 1,
            channels: modality === 'ES' || modality === 'OP' ? 3 : 1,
            voxelType: 'uint8',
            pixelSpacing: null,
            valueRange: [0, 255],
            voi,
          },
    dicom: {
      frameOfReferenceUid: `${uid}.9`,
      instances: files.map((_, k) => ({
        sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
        sopInstanceUid: `${uid}.${k}`,
        frame: null,
      })),
      studyDate: '20260101',
      studyTime: '',
      studyId: '',
      accessionNumber: `ACC${100_000 + n}`,
      referringPhysician: '',
      seriesNumber: s + 1,
    },
    warnings: [],
    analysable: true,
  };
}
