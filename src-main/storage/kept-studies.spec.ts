import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ResultSet } from '../core/study/entities';
import { seededRandom } from '../core/seeded-random';
import { madeSeries } from '../../test-support/services-harness';
import { openStore } from './store';
import type { DetectionState, FindingRow, Store } from './types';

const key = Buffer.alloc(32, 9);
const studyIds = ['s0', 's1', 's2', 's3', 's4', 's5'];
let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'regio-kept-'));
  store = openStore({ folder, key });
  for (const studyId of studyIds) {
    const { patient, studyInstanceUid } = madeSeries();
    store.insertStudy({
      studyId,
      patient,
      studyInstanceUid,
      description: '',
      studyDate: '',
      importedAt: '2026-01-01T00:00:00.000Z',
    });
    store.insertSeries({
      seriesId: `${studyId}-e`,
      studyId,
      scanned: madeSeries(),
      detection: 'none',
      detectionError: null,
    });
  }
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What a decision reads of a study. */
const read = (studyId: string) => ({
  series: store.listSeries(studyId),
  resultSets: store.listResultSets(studyId),
  findings: store.listFindings(studyId),
  review: store.reviewEvents(studyId),
  reading: store.readingEvents(studyId),
  flags: store.flagEvents(studyId),
});

function append(studyId: string, type: string, n: number): void {
  const action = { type: 'commented', findingId: 'f', comment: String(n) };
  store.appendAudit({
    at: '2026-01-01T00:00:00.000Z',
    type,
    studyId,
    payload: type === 'study.flagged' ? { n } : { reviewer: 'Dr Test', action },
  });
}

function detect(studyId: string, n: number): void {
  const resultSetId = `r${n}`;
  const finding = (k: number): FindingRow => ({
    findingId: `${resultSetId}-${k}`,
    studyId,
    seriesId: `${studyId}-e`,
    resultSetId,
    number: k,
    label: 'tumour',
    score: 0.5,
    provenance: 'network',
    place: { space: 'lps', boxLps: [0, 0, 0, k, k, k] },
  });
  const old = store.listFindings(studyId).map((f) => f.findingId);
  const set = { resultSetId, studyId, seriesId: `${studyId}-e`, modelVersion: `1.0.${n}` };
  store.insertResultSet(set as ResultSet, [finding(1), finding(2)]);
  store.supersede(old, resultSetId);
}

it('hands out what the store holds, whatever was written, rolled back or read before', () => {
  const random = seededRandom(11);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  let rolledBack = 0;
  for (let n = 0; n < 250; n++) {
    const studyId = pick(studyIds);
    const act = pick([
      () =>
        append(studyId, pick(['review.commented', 'reading.addendum', 'study.flagged', 'export.made']), n),
      () => detect(studyId, n),
      () => store.setDetection(`${studyId}-e`, pick<DetectionState>(['done', 'failed', 'running']), null),
      () =>
        void store.updateSeries({
          ...store.getSeries(`${studyId}-e`)!,
          scanned: madeSeries({ bodyPart: `B${n}` }),
        }),
    ]);
    // Read before, within and after, so that there is something to go stale.
    if (random() < 0.7) read(pick(studyIds));
    const fails = random() < 0.3;
    try {
      store.transaction(() => {
        read(studyId);
        act();
        read(studyId);
        if (fails) throw new RangeError('given up');
      });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      rolledBack++;
    }
    const told = read(studyId);
    expect(told.series).toEqual([store.getSeries(`${studyId}-e`)]);
    const records = store.listAudit(studyId);
    const seqs = (prefix: string): number[] =>
      records.filter(({ type }) => type.startsWith(prefix)).map(({ seq }) => seq);
    expect(told.review.map((event) => event.seq)).toEqual(seqs('review.'));
    expect(told.reading.map((event) => event.seq)).toEqual(seqs('reading.'));
    expect(told.flags).toEqual(records.filter(({ type }) => type === 'study.flagged').map((r) => r.payload));
    expect(told.findings.map((f) => f.resultSetId)).toEqual(
      told.resultSets.slice(-1).flatMap(({ resultSetId }) => [resultSetId, resultSetId]),
    );
  }
  expect(rolledBack).toBeGreaterThan(50);
  const told = studyIds.map(read);
  store.close();
  store = openStore({ folder, key });
  expect(studyIds.map(read)).toEqual(told);
  expect(told.every(({ review, findings }) => review.length > 0 && findings.length > 0)).toBe(true);
});

it('hands out nothing that can be changed', () => {
  append('s0', 'review.commented', 1);
  const { review, series } = read('s0');
  expect(() => (review as unknown[]).push(1)).toThrow(TypeError);
  expect(() => Object.assign(series[0]!, { detection: 'done' })).toThrow(TypeError);
  expect(read('s0').review).toBe(review);
});
