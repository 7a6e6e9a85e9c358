import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StudySummary } from '../../../src-main/contract/entities';
import { seededRandom } from '../../../src-main/core/seeded-random';
import { withFresh, withKnown } from '../state/fresh-studies';
import { dayText, filterStudies, noFilter, type StudyFilter } from './filter';
import { linesOf, newestFirst, sortStudies, type Order } from './order';
import { anchoredScroll, RowOffsets } from './row-window';
import { choose, chooseAll, extend, nothingChosen, toggle } from './selection';

const study = (studyId: string, change: Partial<StudySummary> = {}): StudySummary => ({
  studyId,
  patient: { id: `id-${studyId}`, name: studyId, birthDate: '', sex: '' },
  studyInstanceUid: '',
  description: 'head',
  studyDate: '20260101',
  modalities: ['MR'],
  bodyParts: ['BRAIN'],
  seriesCount: 1,
  frontSeriesId: null,
  state: 'to-review',
  findingCount: 0,
  pendingCount: 0,
  topScore: null,
  topOpenScore: null,
  accessionNumber: '',
  flags: [],
  importedAt: '2026-01-01T00:00:00Z',
  lastError: null,
  issues: [],
  detectionRefused: null,
  reading: { mode: null, revealedBy: [], added: 0 },
  identity: [],
  ...change,
});
const ids = (studies: readonly StudySummary[]): string => studies.map((s) => s.studyId).join(' ');
const by = (key: Order['key'], descending = false): Order => ({ key, descending, grouped: false });

describe('filterStudies', () => {
  const all = [
    study('a', {
      patient: { id: 'P-7', name: 'Doe^Jane', birthDate: '', sex: 'F' },
      accessionNumber: 'ACC42',
    }),
    study('b', { modalities: ['CT'], state: 'failed', flags: ['urgent'], studyDate: '20260108' }),
    study('c', { modalities: ['CT', 'MR'], state: 'failed', description: 'Thorax', studyDate: '' }),
  ];
  const listed = (change: Partial<StudyFilter>, today = '20260108'): string =>
    ids(filterStudies(all, { ...noFilter, ...change }, today).studies);

  it.each([
    ['acc42', 'a'],
    ['p-7 brain', 'a'],
    ['doe, jane', 'a'],
    ['doe^jane', 'a'],
    ['thorax', 'c'],
    ['thorax ct mr', 'c'],
    ['thorax 2026', ''],
    ['  ', 'a b c'],
  ])('finds by %o: %o', (text, found) => expect(listed({ text })).toBe(found));

  it('takes entries of a facet as alternatives, facets together', () => {
    expect(listed({ modalities: ['CT'] })).toBe('b c');
    expect(listed({ modalities: ['CT', 'MR'] })).toBe('a b c');
    expect(listed({ modalities: ['CT'], flags: ['urgent'] })).toBe('b');
    expect(listed({ modalities: ['CT'], states: ['to-review'] })).toBe('');
  });

  it('goes by whole days; a study without a date is in no range', () => {
    expect(listed({ dates: { kind: 'days', days: 1 } })).toBe('b');
    expect(listed({ dates: { kind: 'days', days: 7 } })).toBe('b');
    expect(listed({ dates: { kind: 'days', days: 7 } }, '20260107')).toBe('a');
    expect(listed({ dates: { kind: 'days', days: 30 } }, '20260301')).toBe('');
    expect(listed({ dates: { kind: 'between', from: '2026-01-01', to: '2026-01-07' } })).toBe('a');
    expect(listed({ dates: { kind: 'between', from: '2026-01-08', to: '' } })).toBe('b');
    expect(dayText(new Date(2026, 0, 9, 23, 59))).toBe('20260109');
  });

  it('counts what each entry would list, its own facet aside', () => {
    const { counts } = filterStudies(all, { ...noFilter, states: ['failed'], modalities: ['MR'] }, '');
    expect([...counts.states]).toEqual([
      ['to-review', 1],
      ['failed', 1],
    ]);
    expect(Object.fromEntries(counts.modalities)).toEqual({ CT: 2, MR: 1 });
    expect(counts.flags.size).toBe(0);
  });

  it('counts as a plain filter would', () => {
    const pick = <T>(list: readonly T[]) => fc.constantFrom(...list);
    const made = fc.record({
      modality: pick(['CT', 'MR', 'US'] as const),
      state: pick(['new', 'failed', 'reviewed'] as const),
      flags: fc.subarray(['urgent', 'teaching'] as const),
    });
    const chosen = fc.record({
      modalities: fc.subarray(['CT', 'MR', 'US'] as const),
      states: fc.subarray(['new', 'failed', 'reviewed'] as const),
      flags: fc.subarray(['urgent', 'teaching'] as const),
    });
    fc.assert(
      fc.property(fc.array(made, { maxLength: 12 }), chosen, (list, choice) => {
        const studies = list.map(({ modality, state, flags }, n) =>
          study(String(n), { modalities: [modality], state, flags: [...flags] }),
        );
        const filter = { ...noFilter, ...choice };
        const { counts } = filterStudies(studies, filter, '');
        for (const state of ['new', 'failed', 'reviewed'] as const) {
          const alone = filterStudies(studies, { ...filter, states: [state] }, '').studies.length;
          expect(counts.states.get(state) ?? 0).toBe(alone);
        }
        for (const flag of ['urgent', 'teaching'] as const) {
          const alone = filterStudies(studies, { ...filter, flags: [flag] }, '').studies.length;
          expect(counts.flags.get(flag) ?? 0).toBe(alone);
        }
      }),
      { seed: 5 },
    );
  });
});

describe('sortStudies', () => {
  it('sorts names without case and puts studies without a score last', () => {
    const list = [study('b', { topScore: 0.2 }), study('A'), study('c', { topScore: 0.9 })];
    expect(ids(sortStudies(list, by('patient')))).toBe('A b c');
    expect(ids(sortStudies(list, by('topScore', true)))).toBe('c b A');
  });

  it('triage: urgent, then the highest open score, then what nobody could read, then what is decided', () => {
    const list = [
      study('done', { state: 'reviewed', topScore: 0.99 }),
      study('clear', { state: 'to-review' }),
      study('new', { state: 'new' }),
      study('not-analysable', { state: 'not-analysable' }),
      study('low', { topOpenScore: 0.2, topScore: 0.99 }),
      study('failed', { state: 'failed' }),
      study('high', { topOpenScore: 0.8 }),
      study('urgent', { state: 'reviewed', flags: ['urgent'] }),
    ];
    expect(ids(sortStudies(list, by('triage')))).toBe('urgent high low failed not-analysable new clear done');
  });
});

describe('linesOf', () => {
  const nobody = { id: ' ', name: '', birthDate: '', sex: '' } as const;
  const jane = { id: 'P1', name: 'Doe^Jane', birthDate: '', sex: 'F' } as const;
  const list = [
    study('old', { patient: jane, studyDate: '20200101' }),
    study('x', { patient: nobody }),
    study('recent', { patient: { ...jane, name: 'DOE JANE' }, studyDate: '20260101' }),
    study('y', { patient: nobody }),
  ];
  const folding = { unfolded: new Set(['recent']), collapsed: new Set<string>() };

  it('puts a patient together, newest study first, and never two people without an ID', () => {
    const lines = linesOf(list, true, folding);
    expect(lines.map((line) => (line.kind === 'study' ? line.key : line.kind))).toEqual([
      'patient',
      'recent',
      'series',
      'old',
      'patient',
      'x',
      'patient',
      'y',
    ]);
    const { key } = lines[0]!;
    const folded = linesOf(list, true, { ...folding, collapsed: new Set([key]) });
    expect(folded.filter((line) => line.kind === 'study').map((line) => line.key)).toEqual(['x', 'y']);
    expect(linesOf(list, false, folding).map((line) => line.key)).toEqual([
      'old',
      'x',
      'recent',
      'series recent',
      'y',
    ]);
  });
});

describe('RowOffsets', () => {
  it('finds lines of any height, and the window of them', () => {
    const random = seededRandom(9);
    const heights = Array.from({ length: 500 }, () => 20 + Math.floor(random() * 100));
    const rows = new RowOffsets(
      heights.map((_, n) => String(n)),
      (at) => heights[at]!,
    );
    for (let n = 0; n < 200; n++) {
      const y = random() * (rows.total - 1);
      const at = rows.at(y);
      expect(rows.top(at)).toBeLessThanOrEqual(y);
      expect(rows.bottom(at)).toBeGreaterThan(y);
    }
    const [from, to] = rows.range(1000, 600, 0);
    expect(rows.top(from)).toBeLessThanOrEqual(1000);
    expect(rows.bottom(to - 1)).toBeGreaterThanOrEqual(1600);
    expect(new RowOffsets([], () => 1).range(0, 100, 10)).toEqual([0, 0]);
    expect(rows.reveal(3, 0, 1000)).toBe(0);
    expect(rows.reveal(400, 0, 600)).toBe(rows.bottom(400) - 600);
    expect(rows.reveal(2, 5000, 600)).toBe(rows.top(2));
  });

  it('keeps the line that is looked at where it is, whatever comes above it', () => {
    const rows = (keys: string, height = 50) => new RowOffsets(keys.split(''), () => height);
    const before = rows('abcdefgh');
    // Two new above: the first in sight (c, at 100) stays.
    expect(anchoredScroll(before, rows('xyabcdefgh'), 110, 150, null)).toBe(210);
    // The cursor is in sight: it counts, not the first.
    expect(anchoredScroll(before, rows('abcxdefgh'), 110, 150, 'd')).toBe(160);
    expect(anchoredScroll(before, rows('abdefgh'), 110, 150, null)).toBe(60);
    // At the very top new ones come into sight.
    expect(anchoredScroll(before, rows('xabcdefgh'), 0, 150, null)).toBe(0);
    expect(anchoredScroll(before, rows('xabcdefgh'), 0, 150, 'b')).toBe(50);
    expect(anchoredScroll(before, rows('vw'), 110, 150, 'd')).toBe(110);
  });
});

describe('the selection', () => {
  const order = ['a', 'b', 'c', 'd'];
  it('takes one, more, a range, all', () => {
    const one = choose('b');
    expect([...toggle(one, 'd').chosen]).toEqual(['b', 'd']);
    expect([...toggle(one, 'b').chosen]).toEqual([]);
    const range = extend(one, 'd', order);
    expect([...range.chosen]).toEqual(['b', 'c', 'd']);
    expect([...extend(range, 'a', order).chosen]).toEqual(['a', 'b']);
    expect([...extend(nothingChosen, 'c', order).chosen]).toEqual(['c']);
    // The anchor is gone from the list.
    expect([...extend(choose('gone'), 'c', order).chosen]).toEqual(['c']);
    expect(chooseAll(one, order)).toEqual({ chosen: new Set(order), cursor: 'b', anchor: 'b' });
  });
});

it('withFresh replaces what was asked about, drops what is gone and adds nothing', () => {
  const list = [study('a'), study('b'), study('c')];
  const fresh = withFresh(list, ['b', 'c', 'x'], [study('c', { state: 'failed' }), study('x')]);
  expect(ids(fresh)).toBe('a c');
  expect(fresh[0]).toBe(list[0]);
  expect(fresh[1]!.state).toBe('failed');
  expect(sortStudies(fresh, newestFirst)).toHaveLength(2);
});

it('withKnown keeps the very objects of what has not changed', () => {
  const known = [study('a'), study('b')];
  const [a, b, c] = withKnown([study('a'), study('b', { state: 'failed' }), study('c')], known);
  expect(a).toBe(known[0]);
  expect(b).toMatchObject({ studyId: 'b', state: 'failed' });
  expect(c).toEqual(study('c'));
});
