import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deferred, madeSeries, servicesHarness, type Harness } from '../../test-support/services-harness';

const fitting = {
  transform: {
    rotation: [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ] as [[number, number, number], [number, number, number], [number, number, number]],
    translation: [0, 0, 1] as [number, number, number],
  },
  similarity: 0.9,
  agreement: 0.7,
  overlap: 1,
  fits: true,
};

let h: Harness;
beforeEach(async () => {
  h = servicesHarness({ register: () => fitting });
  await h.ask('settings.set', { detectOnImport: false });
});
afterEach(() => h.end());

const series = (
  n: number,
  studyDate: string,
  patient: Partial<ReturnType<typeof madeSeries>['patient']> = {},
) => {
  const made = madeSeries({ studyInstanceUid: `2.25.${n}`, seriesInstanceUid: `2.25.${n}.1`, studyDate });
  return { ...made, patient: { ...made.patient, ...patient } };
};
const imported = async (...made: ReturnType<typeof series>[]): Promise<string[]> => {
  const ids: string[] = [];
  for (const one of made) ids.push(...(await h.importSeries(one)));
  return ids;
};
const priorsOf = async (studyId: string) =>
  (await h.ask('priors.list', { studyId })).map((prior) => prior.studyDate);
const seriesOf = async (studyId: string) => (await h.ask('studies.open', { studyId })).series[0]!.seriesId;
const add = async (studyId: string, z: number) =>
  h.ask('review.add', {
    studyId,
    seriesId: await seriesOf(studyId),
    label: 'nodule',
    place: { space: 'lps', boxLps: [1, 1, z, 5, 4, z + 2] },
  });

describe('earlier studies of a patient', () => {
  it('are those of the same identity with an earlier date, the newest first', async () => {
    const [now] = await imported(
      series(1, '20260101'),
      series(2, '20240101'),
      series(3, '20250101'),
      series(4, '20260101'),
      series(5, '20270101'),
      series(6, ''),
    );
    expect(await priorsOf(now!)).toEqual(['20250101', '20240101']);
  });

  it('are never those of another person who shares a name, an ID or a birth date (W2)', async () => {
    const [now] = await imported(
      series(1, '20260101'),
      series(2, '20250101', { id: 'P2' }),
      series(3, '20250101', { birthDate: '19710101' }),
      series(4, '20250101', { name: 'Roe^Jane' }),
      series(5, '20250101', { identityRemoved: true }),
    );
    // A file that cannot say whether its identity was removed goes with either.
    expect(await priorsOf(now!)).toEqual(['20250101']);
    expect((await h.ask('priors.list', { studyId: now! }))[0]!.series[0]!.seriesInstanceUid).toBe('2.25.5.1');
  });

  it('are none where a name is all that is known', async () => {
    const nameless = { id: '', birthDate: '' };
    const [now] = await imported(series(1, '20260101', nameless), series(2, '20250101', nameless));
    expect(await priorsOf(now!)).toEqual([]);
  });

  it('hold what their readers confirmed, and nothing that was only proposed or rejected', async () => {
    const [now, then] = await imported(series(1, '20260101'), series(2, '20250101'));
    const kept = await add(then!, 1);
    const other = await add(then!, 0);
    await h.ask('review.decide', {
      studyId: then!,
      findingId: other.findingId,
      verdict: 'rejected',
      reason: 'benign',
    });
    const [prior] = await h.ask('priors.list', { studyId: now! });
    expect(prior!.findings.map((f) => f.findingId)).toEqual([kept.findingId]);
  });
});

describe('a lesion of an earlier study', () => {
  it('is linked with what it measured on all dates, undone, and replayed after a restart', async () => {
    const [now, then, before] = await imported(
      series(1, '20260101'),
      series(2, '20250101'),
      series(3, '20240101'),
    );
    const oldest = await add(before!, 0);
    const old = await add(then!, 1);
    const finding = await add(now!, 0);
    const link = (studyId: string, findingId: string, priorStudyId: string, priorFindingId: string) =>
      h.ask('review.link', { studyId, findingId, priorStudyId, priorFindingId });
    await link(then!, old.findingId, before!, oldest.findingId);
    // Not registered yet: nobody knows how far they are apart.
    expect((await link(now!, finding.findingId, then!, old.findingId)).link!.distanceMm).toBeNull();
    const { jobId } = await h.ask('priors.register', {
      studyId: now!,
      seriesId: await seriesOf(now!),
      priorSeriesId: await seriesOf(then!),
    });
    expect((await h.finished(jobId)).result).toEqual({ kind: 'registration', registration: fitting });
    const linked = await link(now!, finding.findingId, then!, old.findingId);
    expect(linked.link).toMatchObject({
      // z + 1 mm is where the earlier one lies.
      distanceMm: 0,
      history: [
        { studyDate: '20250101', number: 1, measurement: { of: 'box', longAxis: 4, shortAxis: 3 } },
        { studyDate: '20240101', number: 1 },
      ],
    });
    await h.restart('killed');
    const stored = async () => (await h.ask('studies.open', { studyId: now! })).findings[0]!;
    expect((await stored()).link).toEqual(linked.link);
    await h.ask('review.undo', { studyId: now! });
    expect((await stored()).link!.distanceMm).toBeNull();
    await h.ask('review.unlink', { studyId: now!, findingId: finding.findingId });
    expect((await stored()).link).toBeUndefined();
    await h.ask('review.refuseLink', {
      studyId: now!,
      findingId: finding.findingId,
      priorFindingId: old.findingId,
    });
    expect((await stored()).refusedLinks).toEqual([old.findingId]);
    expect(h.store.verifyAudit().problems).toEqual([]);
  });

  it('is refused of another patient, of a later study, and where it was not confirmed', async () => {
    const [now, later, stranger] = await imported(
      series(1, '20260101'),
      series(2, '20270101'),
      series(3, '20250101', { id: 'P2' }),
    );
    const finding = await add(now!, 0);
    const code = (priorStudyId: string, priorFindingId: string) =>
      h
        .ask('review.link', { studyId: now!, findingId: finding.findingId, priorStudyId, priorFindingId })
        .then(
          () => 'linked',
          (error: { code: string }) => error.code,
        );
    expect(await code(later!, (await add(later!, 0)).findingId)).toBe('review.conflict');
    expect(await code(stranger!, (await add(stranger!, 0)).findingId)).toBe('review.conflict');
    expect(await code(now!, finding.findingId)).toBe('review.conflict');
    const [then] = await imported(series(4, '20250101'));
    expect(await code(then!, 'nobody')).toBe('not-found');
    await expect(
      h.ask('priors.register', {
        studyId: now!,
        seriesId: await seriesOf(now!),
        priorSeriesId: await seriesOf(stranger!),
      }),
    ).rejects.toMatchObject({ code: 'request.invalid' });
  });

  it('is registered in a job that can be cancelled', async () => {
    const [now, then] = await imported(series(1, '20260101'), series(2, '20250101'));
    const waiting = deferred<typeof fitting>();
    h.engine.answers.register = () => waiting.promise;
    const { jobId } = await h.ask('priors.register', {
      studyId: now!,
      seriesId: await seriesOf(now!),
      priorSeriesId: await seriesOf(then!),
    });
    await h.ask('jobs.cancel', { jobId });
    expect((await h.finished(jobId)).state).toBe('cancelled');
  });
});
