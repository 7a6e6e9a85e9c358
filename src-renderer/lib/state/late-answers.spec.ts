import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Finding, StudyDetail } from '../../../src-main/contract/entities';
import type { ReviewState } from './review.svelte';

/** RELIABILITY W3, in the window: each question is answered when the test says so. */
interface Question {
  name: string;
  answer: (value: unknown) => Promise<void>;
}
let questions: Question[];
let listeners: number;
let logged: string[];
let review: ReviewState;

const finding = {
  findingId: 'f1',
  studyId: 's1',
  seriesId: 'e1',
  resultSetId: null,
  number: 1,
  label: 'nodule',
  score: null,
  provenance: 'reader',
  place: { space: 'px', boxPx: [0, 0, 4, 4], frame: 0 },
  decision: { verdict: 'added', reason: null, comment: '', reviewer: 'x', decidedAt: null },
} as unknown as Finding;
const detail = {
  study: { studyId: 's1' },
  series: [{ seriesId: 'e1', studyId: 's1' }],
  resultSets: [],
  read: [],
  findings: [finding],
  canUndo: false,
  reading: { mode: 'concurrent', signature: null },
} as unknown as StudyDetail;

beforeEach(async () => {
  questions = [];
  listeners = 0;
  logged = [];
  vi.spyOn(console, 'warn').mockImplementation((text: string) => void logged.push(text));
  vi.stubGlobal('window', {
    regio: {
      invoke: (name: string) =>
        new Promise((resolve) => {
          questions.push({
            name,
            answer: async (value) => {
              resolve({ ok: true, value });
              // What waits for it, and what waits for that.
              for (let n = 0; n < 8; n++) await Promise.resolve();
            },
          });
        }),
      on: () => {
        listeners++;
        return () => void listeners--;
      },
    },
  });
  const { ReviewState: State } = await import('./review.svelte');
  review = new State('s1');
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const question = (name: string): Question => questions.find((asked) => asked.name === name)!;

describe('what answers after its study was left', () => {
  it('changes nothing: the study itself', async () => {
    void review.load();
    await question('reading.begin').answer(undefined);
    await question('drafts.take').answer([]);
    review.close();
    await question('studies.open').answer(detail);
    expect(review.detail).toBeNull();
    expect(review.seriesId).toBeNull();
    expect(logged).toEqual(['an answer was dropped: its study had been left']);
    expect(questions.filter(({ name }) => name === 'findings.thumbnails')).toEqual([]);
  });

  it('changes nothing: pictures of findings', async () => {
    void review.load();
    await question('reading.begin').answer(undefined);
    await question('drafts.take').answer([]);
    await question('studies.open').answer(detail);
    await question('place.get').answer(null);
    await question('place.set').answer(undefined);
    expect(review.detail?.study.studyId).toBe('s1');
    review.close();
    await question('findings.thumbnails').answer([
      { findingId: 'f1', width: 1, height: 1, rgba: new ArrayBuffer(4) },
    ]);
    expect(review.thumbnails).toEqual({});
    expect(logged).toHaveLength(1);
  });

  it('changes nothing: a decision, which is in the store all the same', async () => {
    void review.load();
    await question('reading.begin').answer(undefined);
    await question('drafts.take').answer([]);
    await question('studies.open').answer(detail);
    void review.comment('f1', 'late');
    review.close();
    await question('review.comment').answer({ ...finding, label: 'changed' });
    expect(review.detail?.findings[0]?.label).toBe('nodule');
    expect(logged).toHaveLength(1);
  });

  it('takes no draft that nobody would see', async () => {
    void review.load();
    review.close();
    await question('reading.begin').answer(undefined);
    expect(questions.map(({ name }) => name)).toEqual(['reading.begin']);
  });

  it('is not even listened to', () => {
    review.close();
    expect(listeners).toBe(0);
  });
});
