import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { found, madeSeries, servicesHarness, type Harness } from '../../test-support/services-harness';

let h: Harness;
beforeEach(() => {
  h = servicesHarness({ detect: () => found(0.9) });
});
afterEach(() => h.end());

const jane = madeSeries().patient;
const noticesOf = async (studyId: string): Promise<string[]> =>
  (await h.ask('studies.open', { studyId })).study.identity.map((n) => n.text);

describe('import', () => {
  it('puts series of one study together, tells the windows and writes the history', async () => {
    const ids = await h.importSeries(madeSeries(), madeSeries({ seriesInstanceUid: '2.25.1.2' }));
    expect(ids).toHaveLength(1);
    const [summary] = await h.ask('studies.list', undefined);
    expect(summary).toMatchObject({
      seriesCount: 2,
      modalities: ['MR'],
      bodyParts: ['BRAIN'],
      patient: jane,
    });
    expect(h.told.map((e) => e.name)).toContain('studies.changed');
    expect(h.store.listAudit().filter((r) => r.type === 'import')).toEqual([
      expect.objectContaining({ studyId: ids[0], payload: { seriesInstanceUids: ['2.25.1.1', '2.25.1.2'] } }),
    ]);
  });

  it('updates the same series of the same patient in place and keeps its findings', async () => {
    const [studyId] = await h.importSeries(madeSeries());
    const before = await h.ask('studies.open', { studyId: studyId! });
    const { pixels } = madeSeries();
    const moved = madeSeries({
      files: ['/elsewhere/b.nrrd'],
      fileStamps: [{ size: 100, mtimeMs: 9 }],
      pixels: { ...pixels, voi: [{ name: 'as read by a newer program', center: 7, width: 70 }] },
    });
    expect(await h.importSeries({ ...moved, patient: { ...jane, name: 'DOE^JANE^' } })).toEqual([studyId]);
    const after = await h.ask('studies.open', { studyId: studyId! });
    expect(after.findings).toEqual(before.findings);
    expect(after.findings).toHaveLength(1);
    expect(h.services.fileOf(after.series[0]!.seriesId)).toBe('/elsewhere/b.nrrd');
    expect(h.engine.calls.filter((c) => c.method === 'detect')).toHaveLength(1);
  });

  it('keeps a series with the same UID but other pixels apart', async () => {
    const [studyId] = await h.importSeries(madeSeries());
    await h.importSeries(madeSeries({ fileStamps: [{ size: 101, mtimeMs: 1 }] }));
    const { series } = await h.ask('studies.open', { studyId: studyId! });
    expect(series).toHaveLength(2);
    expect(series[1]!.warnings.join()).toContain('other pixels');
  });

  it.each([
    ['another id', { ...jane, id: 'P2' }],
    ['another name', { ...jane, name: 'Roe^Jane' }],
    ['another birth date', { ...jane, birthDate: '19710101' }],
    ['no name', { ...jane, name: '' }],
  ])('never merges the same study UID with %s, and says so on both', async (_what, patient) => {
    const [first] = await h.importSeries(madeSeries());
    const [second] = await h.importSeries(madeSeries({ patient }));
    expect(second).not.toBe(first);
    for (const studyId of [first!, second!])
      expect(await noticesOf(studyId)).toEqual([expect.stringContaining('belongs to another patient')]);
  });

  it.each([
    ['one patient ID with two names', { ...jane, name: 'Roe^Ann' }, 'same patient ID'],
    ['one patient ID with two birth dates', { ...jane, birthDate: '19710101' }, 'same patient ID'],
    ['one name with two patient IDs', { ...jane, id: 'P2' }, 'same patient name'],
  ])('warns of %s, on both studies, until one is removed', async (_what, patient, text) => {
    const [first] = await h.importSeries(madeSeries());
    const other = madeSeries({ patient, studyInstanceUid: '2.25.9', seriesInstanceUid: '2.25.9.1' });
    const [second] = await h.importSeries(other);
    const listed = await h.ask('studies.list', undefined);
    expect(listed).toHaveLength(2);
    for (const { identity } of listed) expect(identity.map((n) => n.text).join()).toContain(text);
    for (const studyId of [first!, second!])
      expect(await noticesOf(studyId)).toEqual([expect.stringContaining(text)]);
    const audited = h.store.listAudit(second).find((r) => r.type === 'import')!;
    expect((audited.payload as { identity: string[] }).identity).toHaveLength(1);
    await h.ask('studies.remove', { studyId: second! });
    expect(await noticesOf(first!)).toEqual([]);
    expect((await h.ask('studies.list', undefined))[0]!.identity).toEqual([]);
  });

  it('never merges a de-identified study with the real one, whatever the two have in common', async () => {
    const real = madeSeries({ patient: { ...jane, identityRemoved: false } });
    const copy = madeSeries({ patient: { ...jane, identityRemoved: true } });
    const ids = await h.importSeries(real, copy);
    expect(ids).toHaveLength(2);
    // Again, each finds its own.
    expect(await h.importSeries(copy)).toEqual([ids[1]]);
    expect(await h.importSeries(real)).toEqual([ids[0]]);
    for (const studyId of ids) {
      const { study, series } = await h.ask('studies.open', { studyId });
      expect(series).toHaveLength(1);
      expect(study.identity.map((n) => n.code)).toEqual(['de-identified']);
    }
  });

  it('separates two patients within one import too', async () => {
    const ids = await h.importSeries(
      madeSeries(),
      madeSeries({ patient: { ...jane, id: 'P2' }, seriesInstanceUid: '2.25.1.2' }),
    );
    expect(ids).toHaveLength(2);
  });

  it('puts another volume of the same file beside the first, on request', async () => {
    const first = madeSeries({ volume: { index: 0, count: 5 } });
    const [studyId] = await h.importSeries(first);
    const { series } = await h.ask('studies.open', { studyId: studyId! });
    expect(series[0]!.volume).toEqual({ index: 0, count: 5 });
    h.engine.answers.scan = ({ paths, volume }) => ({
      series: [
        { ...first, files: paths, seriesInstanceUid: '2.25.1.3', volume: { index: volume!, count: 5 } },
      ],
      skipped: [],
    });
    const { seriesId } = series[0]!;
    await h.finished((await h.ask('import.volume', { seriesId, volume: 3 })).jobId);
    const after = (await h.ask('studies.open', { studyId: studyId! })).series;
    expect(after.map((s) => s.volume?.index)).toEqual([0, 3]);
    expect(h.services.fileOf(after[1]!.seriesId)).toBe(h.services.fileOf(seriesId));
    await expect(h.ask('import.volume', { seriesId, volume: 5 })).rejects.toThrow(/holds 5 volumes/);
  });

  it('ends as done with the list of what was skipped, as failed when the scan fails', async () => {
    h.engine.answers.scan = () => ({ series: [], skipped: [{ file: '/x.txt', reason: 'no image' }] });
    const done = await h.finished((await h.ask('import.paths', { paths: ['/x.txt'] })).jobId);
    expect(done).toMatchObject({ state: 'done', result: { studyIds: [], skipped: [{ file: '/x.txt' }] } });
    h.engine.answers.scan = () => {
      throw new Error('boom');
    };
    const failed = await h.finished((await h.ask('import.paths', { paths: ['/x.txt'] })).jobId);
    expect(failed).toMatchObject({ state: 'failed', error: { code: 'internal' }, result: null });
  });
});
