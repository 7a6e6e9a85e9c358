import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../app-error';
import { applyPatch, assertDescription, valuesFor, type DescriptionPatch } from './description';
import { termSetFor, termSets, termSetNames, type TermName, type TermSet } from './description-terms';
import type { ReviewAction, ReviewEvent } from './events';
import { assertAllowed } from './assert-allowed';
import { isTouched, lastUndoable, replay, type ProposedFinding } from './review';

const by = { describedBy: 'Dr A', describedAt: '2026-01-01T00:00:00.000Z' };
const said = (set: TermSet, patch: DescriptionPatch) => applyPatch(undefined, set, patch, by);
const fieldOf = (set: TermSet, patch: DescriptionPatch): string | undefined => {
  try {
    assertDescription(said(set, patch));
    return undefined;
  } catch (error) {
    return AppError.from(error).details?.field;
  }
};

describe('a description', () => {
  it('is changed in parts: what is left out stays, null goes', () => {
    const first = said('ct-nodule', {
      terms: { side: ['left'], texture: ['solid'] },
      numbers: { longAxisMm: 8 },
      confidence: 'high',
    });
    const second = applyPatch(first, 'ct-nodule', { terms: { side: null }, numbers: { shortAxisMm: 7 } }, by);
    expect(second).toEqual({
      set: 'ct-nodule',
      terms: { texture: ['solid'] },
      numbers: { longAxisMm: 8, shortAxisMm: 7 },
      confidence: 'high',
      assessments: {},
      ...by,
    });
    expect(applyPatch(second, 'ct-nodule', { confidence: null }, by).confidence).toBeUndefined();
    // The series shows something else now: terms of another list mean nothing in it.
    expect(applyPatch(second, 'brain', { terms: { side: ['midline'] } }, by)).toMatchObject({
      set: 'brain',
      terms: { side: ['midline'] },
      numbers: {},
    });
  });

  it.each<[string, TermSet, DescriptionPatch]>([
    ['terms.side', 'ct-nodule', { terms: { side: ['midline'] } }],
    ['terms.quadrant', 'ct-nodule', { terms: { quadrant: ['central'] } }],
    ['terms.texture', 'ct-nodule', { terms: { texture: ['solid', 'part-solid'] } }],
    ['terms.texture', 'ct-nodule', { terms: { texture: [] } }],
    ['terms.lobe', 'ct-nodule', { terms: { side: ['left'], lobe: ['middle-lobe'] } }],
    [
      'terms.segment',
      'ct-nodule',
      { terms: { side: ['right'], lobe: ['upper-lobe'], segment: ['apicoposterior'] } },
    ],
    ['terms.exclusions', 'ct-nodule', { terms: { exclusions: ['none-of-these', 'under-35'] } }],
    ['terms.content', 'brain', { terms: { content: ['solid', 'solid'] } }],
    ['numbers.heightMm', 'ct-nodule', { numbers: { heightMm: 3 } }],
    ['numbers.longAxisMm', 'ct-nodule', { numbers: { longAxisMm: -1 } }],
    ['numbers.likelihoodPercent', 'breast-ultrasound', { numbers: { likelihoodPercent: 101 } }],
    [
      'assessments.paris',
      'colon',
      { assessments: { paris: { category: '0-IV', suggested: null, rule: null } } },
    ],
  ])('is refused with the field %s (%s, %j)', (field, set, patch) => {
    expect(fieldOf(set, patch)).toBe(field);
  });

  it('takes every value of every list', () => {
    let values = 0;
    for (const set of termSetNames) {
      for (const [name, term] of Object.entries(termSets[set])) {
        for (const value of term.values as readonly string[]) {
          expect(fieldOf(set, { terms: { [name]: [value] } }), `${set} ${name} ${value}`).toBeUndefined();
          values++;
        }
      }
    }
    expect(values).toBeGreaterThan(200);
  });

  it('offers only lobes and segments that there are', () => {
    const offered = (name: TermName, terms: Record<string, string[]>) => valuesFor('ct-nodule', name, terms);
    expect(offered('lobe', { side: ['left'] })).toEqual(['upper-lobe', 'lingula', 'lower-lobe']);
    expect(offered('lobe', {})).toEqual(['upper-lobe', 'middle-lobe', 'lingula', 'lower-lobe']);
    expect(offered('segment', { side: ['right'], lobe: ['middle-lobe'] })).toEqual(['lateral', 'medial']);
    fc.assert(
      fc.property(
        fc.constantFrom('left', 'right'),
        fc.constantFrom(...termSets['ct-nodule'].lobe.values),
        fc.constantFrom(...termSets['ct-nodule'].segment.values),
        (side, lobe, segment) => {
          const terms = { side: [side], lobe: [lobe], segment: [segment] };
          const possible =
            offered('lobe', terms).includes(lobe) && offered('segment', terms).includes(segment);
          return (fieldOf('ct-nodule', { terms }) === undefined) === possible;
        },
      ),
      { seed: 3 },
    );
  });

  it('has the list of what the series shows', () => {
    const of = (modality: string, bodyPart: string): TermSet => termSetFor({ modality, bodyPart });
    expect([
      of('CT', 'CHEST'),
      of('MR', 'BRAIN'),
      of('MG', ''),
      of('US', 'BREAST'),
      of('US', 'Thyroid'),
      of('ES', ''),
      of('OP', ''),
      of('OT', 'EYE'),
      of('CT', 'ABDOMEN'),
    ]).toEqual([
      'ct-nodule',
      'brain',
      'breast-mammography',
      'breast-ultrasound',
      'thyroid-ultrasound',
      'colon',
      'fundus',
      'fundus',
      'other',
    ]);
  });
});

describe('describing, as an event', () => {
  const proposal: ProposedFinding = {
    findingId: 'f1',
    studyId: 's',
    seriesId: 'e',
    resultSetId: 'r',
    number: 1,
    label: 'nodule',
    score: 0.9,
    provenance: 'network',
    place: { space: 'lps', boxLps: [0, 0, 0, 1, 1, 1] },
  };
  const describeAs = (patch: DescriptionPatch): ReviewAction => ({
    type: 'described',
    findingId: 'f1',
    set: 'ct-nodule',
    patch,
  });
  const event = (seq: number, action: ReviewAction): ReviewEvent => ({
    seq,
    studyId: 's',
    at: `2026-01-01T00:00:0${seq}.000Z`,
    reviewer: 'Dr A',
    action,
  });
  const texture = event(1, describeAs({ terms: { texture: ['solid'] } }));
  const margin = event(2, describeAs({ terms: { noduleMargin: ['smooth'] }, confidence: 'low' }));

  it('adds up, is undone one by one, and decides nothing', () => {
    const [finding] = replay([proposal], [texture, margin]);
    expect(finding).toMatchObject({
      decision: { verdict: 'pending', reviewer: '' },
      description: {
        terms: { texture: ['solid'], noduleMargin: ['smooth'] },
        confidence: 'low',
        describedBy: 'Dr A',
        describedAt: '2026-01-01T00:00:02.000Z',
      },
    });
    expect(lastUndoable([finding!], [texture, margin])?.seq).toBe(2);
    const undone = event(3, { type: 'undone', findingId: 'f1', undoneSeq: 2 });
    expect(replay([proposal], [texture, margin, undone])[0]!.description).toMatchObject({
      terms: { texture: ['solid'] },
      describedAt: '2026-01-01T00:00:01.000Z',
    });
    const both = event(4, { type: 'undone', findingId: 'f1', undoneSeq: 1 });
    expect(replay([proposal], [texture, margin, undone, both])[0]).toEqual(replay([proposal], [])[0]);
  });

  it('is a mark that a newer detection must not replace', () => {
    expect(isTouched(replay([proposal], [texture])[0]!)).toBe(true);
  });

  it('is refused before it is written', () => {
    const [finding] = replay([proposal], []);
    expect(() => assertAllowed([finding!], describeAs({ terms: { texture: ['soft'] } }), 'Dr A')).toThrow(
      'not in the list',
    );
    expect(() =>
      assertAllowed([finding!], describeAs({ terms: { texture: ['solid'] } }), 'Dr A'),
    ).not.toThrow();
  });
});
