import type { EndpointOutput } from '../src-main/contract/endpoints';
import { found, madeSeries, servicesHarness, type Harness } from './services-harness';

export const secret = 'correct horse battery';

/** A study of four candidates in a store with an admin (Root), three readers (A, B, D) and an adjudicator (C). */
export interface TwoReaders {
  readonly h: Harness;
  readonly studyId: string;
  /** Ids by name. */
  readonly users: Readonly<Record<string, string>>;
  as(name: string): Promise<unknown>;
  open(): Promise<EndpointOutput<'studies.open'>>;
  assign(...names: [string, string]): Promise<unknown>;
  /** @returns the id of the finding of that number */
  decide(number: number, verdict: 'accepted' | 'rejected' | 'uncertain' | 'pending'): Promise<string>;
  /** A finding of one's own at x. */
  add(x: number): Promise<EndpointOutput<'review.add'>>;
  finish(): Promise<unknown>;
  adjudicate(way?: 'third' | 'consensus'): Promise<unknown>;
  /** A: 1 yes, 2 no, 3 yes, one of their own. B: 1 yes, 2 yes, 3 no, the same of their own and another. */
  bothRead(): Promise<void>;
}

export async function twoReaders(): Promise<TwoReaders> {
  const h = servicesHarness({
    detect: () => found(0.9, 0.8, 0.7, 0.3),
    outline: () => null,
    suggestBox: () => ({ space: 'lps', boxLps: [2, 2, 2, 3, 3, 3] }),
    explain: () => null as never,
  });
  const [studyId = ''] = await h.importSeries(madeSeries());
  const users: Record<string, string> = {};
  for (const [name, role] of [
    ['Root', 'admin'],
    ['A', 'reader'],
    ['B', 'reader'],
    ['C', 'adjudicator'],
    ['D', 'reader'],
  ] as const)
    users[name] = (await h.ask('users.create', { name, role, passphrase: secret })).userId;

  const open = () => h.ask('studies.open', { studyId });
  const all: TwoReaders = {
    h,
    studyId,
    users,
    as: (name) => h.ask('session.login', { name, passphrase: secret }),
    open,
    assign: (...names) =>
      h.ask('double.assign', {
        studyIds: [studyId],
        readers: names.map((n) => users[n]!) as [string, string],
      }),
    async decide(number, verdict) {
      const { findingId } = (await open()).findings.find((f) => f.number === number)!;
      const reason = verdict === 'rejected' ? 'artefact' : null;
      await h.ask('review.decide', { studyId, findingId, verdict, reason });
      return findingId;
    },
    add: async (x) =>
      h.ask('review.add', {
        studyId,
        seriesId: (await open()).series[0]!.seriesId,
        label: 'tumour',
        place: { space: 'lps', boxLps: [x, 4, 1, x + 2, 6, 3] },
      }),
    finish: () => h.ask('double.finish', { studyId }),
    adjudicate: (way = 'third') =>
      h.ask('double.adjudicate', { studyId, way, passphrase: way === 'third' ? '' : secret }),
    async bothRead() {
      await all.as('Root');
      await all.assign('A', 'B');
      await all.as('A');
      await all.decide(1, 'accepted');
      await all.decide(2, 'rejected');
      await all.decide(3, 'accepted');
      await all.add(0);
      await all.finish();
      await all.as('B');
      await all.decide(1, 'accepted');
      await all.decide(2, 'accepted');
      await all.decide(3, 'rejected');
      await all.add(0.5);
      await all.add(5);
      await all.finish();
    },
  };
  return all;
}
