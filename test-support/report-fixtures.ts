import type { Addendum } from '../src-main/core/reading/reading-state';
import type { Report, ReportSeries, RgbaImage } from '../src-main/core/report/report';
import type {
  Decision,
  Finding,
  FindingPlace,
  Measurement,
  Patient,
  ResultSet,
  Verdict,
} from '../src-main/core/study/entities';
import type { FindingDescription } from '../src-main/core/review/description';
import type { Modality } from '../src-main/core/volume/volume';

/** Made reports for the exporters' tests: every kind of source the program reads, any number of findings. */
export type ReportSource = 'ct' | 'nrrd' | 'mg' | 'us' | 'photo';

export interface ReportFixtureOptions {
  readonly addenda?: readonly Addendum[];
  readonly reading?: Partial<Report['reading']>;
  readonly source: ReportSource;
  /** Verdicts of the findings, in number order; a number means that many accepted ones. */
  readonly findings?: number | readonly Verdict[];
  readonly patient?: Partial<Patient>;
  readonly reviewer?: string;
  readonly comment?: string;
  readonly institution?: string;
  /** Every finding has a description by list. */
  readonly described?: boolean;
  /** Every finding is outlined and linked to a smaller lesion of 180 days before. */
  readonly measured?: boolean;
}

export const fixtureHash = '3f1c0b7a9d2e4f586a7b8c9d0e1f2a3b4c5d6e7f8091a2b3c4d5e6f708192a3b';

export const namesOfTheWorld = {
  cyrillic: { name: 'Иванова^Анна^Сергеевна', comment: 'Образование в правой доле, рекомендован контроль.' },
  greek: { name: 'Παπαδοπούλου^Ελένη', comment: 'Ύποπτη αλλοίωση, προτείνεται επανέλεγχος.' },
  japanese: { name: 'Yamada^Tarou=山田^太郎=やまだ^たろう', comment: '小結節、経過観察。' },
  arabic: { name: 'قباني^نزار', comment: 'عقدة صغيرة' },
  german: { name: 'Größmann^Jörg^^Dr.', comment: 'Rundherd, Größe unverändert: 4–5 mm, ø ≤ 6 mm.' },
} as const;

const sources: Record<
  ReportSource,
  { modality: Modality; bodyPart: string; label: string; format: ReportSeries['format'] }
> = {
  ct: { modality: 'CT', bodyPart: 'CHEST', label: 'nodule', format: 'dicom' },
  nrrd: { modality: 'MR', bodyPart: 'BRAIN', label: 'tumour', format: 'nrrd' },
  mg: { modality: 'MG', bodyPart: 'BREAST', label: 'mass', format: 'dicom' },
  us: { modality: 'US', bodyPart: 'BREAST', label: 'lesion', format: 'dicom' },
  photo: { modality: 'ES', bodyPart: 'COLON', label: 'polyp', format: 'jpeg' },
};

const said = { describedBy: 'Weber^Maria', describedAt: '2026-11-24T14:05:10.000Z' };
const descriptions: Record<ReportSource, FindingDescription> = {
  ct: {
    set: 'ct-nodule',
    terms: {
      side: ['right'],
      lobe: ['upper-lobe'],
      texture: ['solid'],
      noduleMargin: ['smooth'],
      setting: ['screening'],
      status: ['baseline'],
    },
    numbers: { longAxisMm: 9.1, shortAxisMm: 8.2 },
    confidence: 'high',
    assessments: { 'lung-rads-2022': { category: '4A', suggested: '4A', rule: 'lung-rads.4a-solid' } },
    ...said,
  },
  nrrd: {
    set: 'brain',
    terms: { side: ['left'], region: ['temporal'], enhancement: ['ring'], content: ['necrotic', 'cystic'] },
    numbers: {},
    assessments: { rano: { category: 'SD', suggested: null, rule: null } },
    ...said,
  },
  mg: {
    set: 'breast-mammography',
    terms: { side: ['left'], quadrant: ['upper-outer'], clock: ['2-oclock'], margin: ['spiculated'] },
    numbers: { likelihoodPercent: 60 },
    confidence: 'moderate',
    assessments: { 'bi-rads-5': { category: '5', suggested: '4C', rule: 'bi-rads.4c' } },
    ...said,
  },
  us: {
    set: 'breast-ultrasound',
    terms: { side: ['right'], echoPattern: ['hypoechoic'] },
    numbers: { nippleDistanceMm: 30 },
    confidence: 'low',
    assessments: {},
    ...said,
  },
  photo: {
    set: 'colon',
    terms: { colonSegment: ['sigmoid-colon'], profile: ['pedunculated'], secondPart: ['no-second-part'] },
    numbers: {},
    assessments: { paris: { category: '0-Ip', suggested: '0-Ip', rule: 'paris.ip' } },
    ...said,
  },
};

const uidRoot = '1.2.826.0.1.3680043.8.498.7';
const isVolume = (source: ReportSource): boolean => source === 'ct' || source === 'nrrd';

function fixtureSeries(source: ReportSource): ReportSeries {
  const { modality, bodyPart, format } = sources[source];
  const slices = 40;
  const frames = source === 'us' ? 6 : 1;
  const sopClass = {
    ct: '1.2.840.10008.5.1.4.1.1.2',
    mg: '1.2.840.10008.5.1.4.1.1.1.2',
    us: '1.2.840.10008.5.1.4.1.1.3.1',
    nrrd: '',
    photo: '',
  }[source];
  const window = { center: 40, width: 400, name: 'Default' };
  return {
    seriesId: `series-${source}`,
    seriesInstanceUid: `${uidRoot}.2.${Object.keys(sources).indexOf(source) + 1}`,
    description: { ct: 'Chest 1.25 mm', nrrd: 'brain1_image', mg: 'L CC', us: 'Breast', photo: 'frame 12' }[
      source
    ],
    modality,
    bodyPart,
    format,
    pixels: isVolume(source)
      ? {
          kind: 'volume',
          geometry: {
            dims: [512, 512, slices],
            spacing: [0.703125, 0.703125, 1.25],
            origin: [-180, -170, -50.123456789],
            direction: [
              [1, 0, 0],
              [0, 1, 0],
              [0, 0, 1],
            ],
          },
          voxelType: 'int16',
          valueRange: [-1024, 3071],
          voi: [window],
        }
      : {
          kind: 'image',
          width: 320,
          height: 240,
          frames,
          channels: source === 'photo' ? 3 : 1,
          voxelType: 'uint8',
          pixelSpacing: source === 'mg' ? [0.1, 0.1] : null,
          valueRange: [0, 255],
          voi: [window],
        },
    dicom:
      format === 'dicom'
        ? {
            frameOfReferenceUid: source === 'ct' ? `${uidRoot}.3` : '',
            instances: Array.from({ length: source === 'ct' ? slices : frames }, (_, i) => ({
              sopClassUid: sopClass,
              sopInstanceUid: source === 'us' ? `${uidRoot}.4.1` : `${uidRoot}.4.${i + 1}`,
              frame: source === 'us' ? i + 1 : null,
            })),
            studyDate: '20240229',
            studyTime: '101530.25',
            studyId: 'S1',
            accessionNumber: 'ACC-77',
            referringPhysician: 'Referrer^Robin',
            seriesNumber: 3,
            ...(source === 'mg' && { laterality: 'L', view: 'CC', patientOrientation: ['A', 'R'] }),
          }
        : null,
    warnings: source === 'ct' ? ['Slice spacing varies by 0.02 mm.'] : [],
  };
}

function place(source: ReportSource, index: number): FindingPlace {
  const shift = (index % 10) * 7;
  if (!isVolume(source)) {
    return {
      space: 'px',
      boxPx: [10 + shift, 20.5 + shift, 40 + index, 31.25],
      frame: source === 'us' ? index % 6 : 0,
    };
  }
  const [x, y, z] = [-30.123456789 + shift, -60 + shift, -45 + (index % 8) * 4];
  return { space: 'lps', boxLps: [x, y, z, x + 12.5, y + 9.25 + index, z + 6.0001] };
}

function decision(verdict: Verdict, reviewer: string, comment: string): Decision {
  const decided = verdict !== 'pending';
  return {
    verdict,
    reason: verdict === 'rejected' ? 'artefact' : null,
    comment,
    reviewer: decided ? reviewer : '',
    decidedAt: decided ? '2026-11-24T14:05:09.000Z' : null,
  };
}

/** A smooth picture with a bright spot: something to see in the PDF, and no two crops alike. */
export function fixturePicture(width: number, height: number, seed: number): RgbaImage {
  const rgba = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const spot =
        150 * Math.exp(-((x - width / 2) ** 2 + (y - height / 2) ** 2) / (width * (3 + (seed % 5))));
      const ground = 50 + 30 * Math.sin(x / (9 + seed)) * Math.cos(y / 11);
      const at = 4 * (y * width + x);
      rgba[at] = ground + spot;
      rgba[at + 1] = ground + spot * 0.9;
      rgba[at + 2] = ground + spot * 0.8;
      rgba[at + 3] = 255;
    }
  }
  return { width, height, rgba };
}

function outlineMeasure(source: ReportSource, by: number): Measurement {
  const volume = isVolume(source);
  const unit = volume || source === 'mg' ? 'mm' : 'px';
  return {
    of: 'outline',
    unit,
    longAxis: 12 * by,
    shortAxis: 9.5 * by,
    longest3d: volume ? 13.25 * by : null,
    volume: volume ? 600 * by ** 3 : null,
    area: volume ? null : 88.4 * by ** 2,
    meanValue: 35.5,
    sdValue: 12.25,
    valueUnit: source === 'ct' ? 'HU' : 'grey',
    axes: null,
  };
}

/** Twice the volume in 180 days, where there are volumes. */
function measuredAndLinked(source: ReportSource): Pick<Finding, 'measurement' | 'link'> {
  const earlier = (studyDate: string, number: number, by: number) => ({
    studyId: 'study-0',
    studyInstanceUid: `${uidRoot}.0.${number}`,
    studyDate,
    findingId: `earlier-${number}`,
    number,
    measurement: outlineMeasure(source, by),
  });
  return {
    measurement: outlineMeasure(source, 1),
    link: {
      history: [earlier('20230902', 4, Math.cbrt(0.5)), earlier('20220101', 2, 0.7)],
      distanceMm: isVolume(source) ? 2.345 : null,
    },
  };
}

export function reportFixture(options: ReportFixtureOptions): Report {
  const { source, reviewer = 'Weber^Maria', comment = '' } = options;
  const wanted = options.findings ?? 1;
  const verdicts =
    typeof wanted === 'number' ? Array.from({ length: wanted }, () => 'accepted' as const) : wanted;
  const series = fixtureSeries(source);
  const resultSet: ResultSet = {
    resultSetId: 'result-1',
    studyId: 'study-1',
    seriesId: series.seriesId,
    modelId: 'brain-mr-tumour',
    modelVersion: '1.2.0',
    modelHash: fixtureHash,
    scoreFloor: 0.05,
    threshold: 0.42,
    createdAt: '2026-11-24T13:59:00.000Z',
    durationMs: 2340,
  };
  const findings = verdicts.map((verdict, i): Finding => ({
    findingId: `finding-${i + 1}`,
    studyId: 'study-1',
    seriesId: series.seriesId,
    resultSetId: verdict === 'added' ? null : resultSet.resultSetId,
    number: i + 1,
    label: sources[source].label,
    score: verdict === 'added' ? null : Math.round((0.97 - i * 0.013) * 1000) / 1000,
    provenance: verdict === 'added' ? 'reader' : 'network',
    place: place(source, i),
    decision: decision(verdict, reviewer, comment),
    ...(options.described && { description: descriptions[source] }),
    ...(options.measured && measuredAndLinked(source)),
  }));
  const { pixels } = series;
  return {
    reportId: `fixture-${source}-${verdicts.length}`,
    createdAt: '2026-11-24T14:10:00.000Z',
    softwareVersion: '0.1.0',
    institution: options.institution ?? 'Sample Clinic',
    reviewer,
    patient: { id: 'PID-0042', name: 'Doe^Jane', birthDate: '19610415', sex: 'F', ...options.patient },
    studyInstanceUid: `${uidRoot}.1`,
    studyDescription: 'Follow-up',
    studyDate: series.dicom ? '20240229' : '',
    series: [series],
    resultSets: [resultSet],
    modelNames: { 'brain-mr-tumour': 'Brain MR tumour detector' },
    findings,
    crops: new Map(findings.map((f, i) => [f.findingId, fixturePicture(160, 120 + (i % 3) * 40, i)])),
    frames: new Map(
      series.dicom === null && pixels.kind === 'image'
        ? [
            [
              series.seriesId,
              Array.from({ length: pixels.frames }, (_, i) => fixturePicture(pixels.width, pixels.height, i)),
            ],
          ]
        : [],
    ),
    preliminary: verdicts.includes('pending'),
    signature:
      verdicts.includes('pending') || reviewer === ''
        ? null
        : { name: reviewer, at: '2026-11-24T14:09:00.000Z', sha256: 'c'.repeat(64) },
    addenda: options.addenda ?? [],
    read: [{ seriesId: series.seriesId, resultSetId: resultSet.resultSetId, chosen: null }],
    reading: { mode: 'concurrent', revealed: [], loosened: [], ...options.reading },
  };
}
