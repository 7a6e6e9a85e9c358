import { describe, expect, it } from 'vitest';
import type { Finding, RejectReason, ResultSet, Verdict } from '../study/entities';
import { reviewedPictures, type SeriesUnderReview } from './reviewed-pictures';

const set = (change: Partial<ResultSet> = {}): ResultSet => ({
  resultSetId: 'r1',
  studyId: 's',
  seriesId: 'e',
  modelId: 'polyp',
  modelVersion: '1.0.0',
  modelHash: 'a',
  scoreFloor: 0.05,
  threshold: 0.5,
  createdAt: '',
  durationMs: 1,
  ...change,
});
let number = 0;
const finding = (
  verdict: Verdict,
  {
    frame = 0,
    score = 0.9,
    reason = null,
  }: { frame?: number; score?: number | null; reason?: RejectReason | null } = {},
): Finding => ({
  findingId: `f${++number}`,
  studyId: 's',
  seriesId: 'e',
  resultSetId: verdict === 'added' ? null : 'r1',
  number,
  label: 'polyp',
  score: verdict === 'added' ? null : score,
  provenance: verdict === 'added' ? 'reader' : 'network',
  place: { space: 'px', boxPx: [number, 1, 2, 3], frame },
  decision: { verdict, reason, comment: '', reviewer: 'Dr A', decidedAt: null },
});
const series = (findings: Finding[], change: Partial<SeriesUnderReview> = {}): SeriesUnderReview => ({
  pixels: {
    kind: 'image',
    width: 20,
    height: 10,
    frames: 3,
    channels: 3,
    voxelType: 'uint8',
    pixelSpacing: null,
    valueRange: [0, 255],
    voi: [],
  },
  analysable: true,
  detection: 'done',
  resultSets: [set()],
  read: 'r1',
  findings,
  ...change,
});
const models = (modelId: string) => modelId.startsWith('polyp');
const boxOf = (f: Finding) => (f.place.space === 'px' ? f.place.boxPx : []);

describe('what a network may learn from a read picture', () => {
  it('tells lesions, rejected marks and places that say nothing apart', () => {
    const made = {
      accepted: finding('accepted'),
      edited: finding('edited'),
      added: finding('added'),
      rejected: finding('rejected', { reason: 'artefact' }),
      duplicate: finding('rejected', { reason: 'duplicate' }),
      uncertain: finding('uncertain'),
      // Below the operating point: nobody was asked.
      low: finding('pending', { score: 0.2 }),
    };
    expect(reviewedPictures(series(Object.values(made)), models)).toEqual([
      {
        frame: 0,
        lesions: [made.accepted, made.edited, made.added].map((f) => ({ box: boxOf(f), label: 'polyp' })),
        rejected: [boxOf(made.rejected)],
        ignored: [boxOf(made.duplicate), boxOf(made.uncertain)],
      },
    ]);
  });

  it('is a picture without a lesion where every mark was rejected', () => {
    const pictures = reviewedPictures(series([finding('rejected', { reason: 'normal-anatomy' })]), models);
    expect(pictures).toMatchObject([{ lesions: [], rejected: [expect.anything()] }]);
  });

  it('takes of many frames those with a decision', () => {
    const pictures = reviewedPictures(
      series([finding('accepted', { frame: 2 }), finding('added', { frame: 0 })]),
      models,
    );
    expect(Array.isArray(pictures) && pictures.map((p) => p.frame)).toEqual([0, 2]);
  });

  const accepted = finding('accepted');
  it.each([
    ['not-finished', series([accepted, finding('pending')])],
    ['not-read', series([finding('pending')])],
    ['not-read', series([])],
    [
      'other-model',
      series([accepted], { resultSets: [set(), set({ resultSetId: 'r2', modelId: 'other' })], read: 'r2' }),
    ],
    ['other-model', series([accepted], { resultSets: [], read: undefined })],
    ['detection-open', series([accepted], { detection: 'running' })],
    ['detection-open', series([accepted], { detection: 'failed' })],
    ['not-analysable', series([accepted], { analysable: false })],
  ] as const)('says %s', (reason, given) => {
    expect(reviewedPictures(given, models)).toBe(reason);
  });

  it('learns from the result that is read, though another model came later', () => {
    const resultSets = [set(), set({ resultSetId: 'r2', modelId: 'other' })];
    expect(reviewedPictures(series([accepted], { resultSets, read: 'r1' }), models)).toHaveLength(1);
  });

  it('learns from what a descendant of the model found', () => {
    const given = series([accepted], { resultSets: [set({ modelId: 'polyp-clinic-1' })] });
    expect(reviewedPictures(given, models)).toHaveLength(1);
    expect(reviewedPictures(given, (modelId) => modelId === 'polyp')).toBe('other-model');
  });
});
