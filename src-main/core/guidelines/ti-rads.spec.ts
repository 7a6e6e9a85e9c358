import { describe, expect, it } from 'vitest';
import { suggestTiRads, tiRads, tiRadsPoints, type TiRadsInput } from './ti-rads';

/** Figure 1 of Tessler FN et al., J Am Coll Radiol 2017;14:587-595: points, levels and what the size calls for. */
const plain: TiRadsInput = {
  composition: 'solid',
  echogenicity: 'anechoic',
  shape: 'wider-than-tall',
  margin: 'smooth',
  foci: ['none-or-comet-tail'],
};

describe('ACR TI-RADS 2017', () => {
  it.each<[number, TiRadsInput]>([
    [0, { composition: 'cystic' }],
    [1, { composition: 'mixed' }],
    [2, { composition: 'solid' }],
    [2, { composition: 'undetermined' }],
    [3, { echogenicity: 'hyperechoic-or-isoechoic' }],
    [4, { echogenicity: 'hypoechoic' }],
    [5, { echogenicity: 'very-hypoechoic' }],
    [3, { echogenicity: 'undetermined' }],
    [5, { shape: 'taller-than-wide' }],
    [2, { margin: 'ill-defined' }],
    [4, { margin: 'lobulated-or-irregular' }],
    [5, { margin: 'extrathyroidal-extension' }],
    [2, { margin: 'undetermined' }],
    [3, { foci: ['macrocalcifications'] }],
    [4, { foci: ['rim-calcifications'] }],
    [5, { foci: ['punctate-foci'] }],
    // All that apply.
    [8, { foci: ['macrocalcifications', 'rim-calcifications', 'punctate-foci'] }],
    // Spongiform: nothing is added.
    [0, { composition: 'spongiform', shape: 'taller-than-wide', foci: ['punctate-foci'] }],
  ])('%d points for %j', (points, more) => expect(tiRadsPoints({ ...plain, ...more })).toBe(points));

  it.each<[string, TiRadsInput]>([
    ['TR1', { composition: 'cystic' }],
    ['TR1', { composition: 'spongiform' }],
    ['TR2', {}],
    ['TR3', { echogenicity: 'hyperechoic-or-isoechoic' }],
    ['TR4', { echogenicity: 'hypoechoic' }],
    ['TR4', { echogenicity: 'hypoechoic', margin: 'lobulated-or-irregular' }],
    ['TR5', { echogenicity: 'hypoechoic', shape: 'taller-than-wide' }],
    [
      'TR5',
      {
        echogenicity: 'very-hypoechoic',
        shape: 'taller-than-wide',
        margin: 'extrathyroidal-extension',
        foci: ['punctate-foci', 'rim-calcifications'],
      },
    ],
  ])('%s', (category, more) =>
    expect(suggestTiRads({ ...plain, ...more })).toMatchObject({ category, verified: true }),
  );

  it.each<[TiRadsInput, number, RegExp]>([
    [{ echogenicity: 'hyperechoic-or-isoechoic' }, 25, /^FNA/],
    [{ echogenicity: 'hyperechoic-or-isoechoic' }, 24.9, /^Follow-up.*1, 3 and 5 years/],
    [{ echogenicity: 'hyperechoic-or-isoechoic' }, 15, /^Follow-up/],
    [{ echogenicity: 'hyperechoic-or-isoechoic' }, 14.9, /^Neither/],
    [{ echogenicity: 'hypoechoic' }, 15, /^FNA/],
    [{ echogenicity: 'hypoechoic' }, 14.9, /^Follow-up.*1, 2, 3 and 5 years/],
    [{ echogenicity: 'hypoechoic' }, 9.9, /^Neither/],
    [{ echogenicity: 'hypoechoic', shape: 'taller-than-wide' }, 10, /^FNA/],
    [{ echogenicity: 'hypoechoic', shape: 'taller-than-wide' }, 5, /^Follow-up.*every year for 5 years/],
    [{ echogenicity: 'hypoechoic', shape: 'taller-than-wide' }, 4.9, /^Neither/],
    [{}, 60, /^No FNA/],
    [{ composition: 'cystic' }, 60, /^No FNA/],
  ])('%j of %d mm', (more, maxDiameterMm, management) =>
    expect(suggestTiRads({ ...plain, ...more, maxDiameterMm })).toMatchObject({
      management: expect.stringMatching(management),
    }),
  );

  it('has no level of one point, and asks for what was not said', () => {
    expect(suggestTiRads({ ...plain, composition: 'mixed' }).status).toBe('not-covered');
    expect(suggestTiRads({ composition: 'solid', shape: 'wider-than-tall' })).toEqual({
      status: 'missing',
      inputs: ['echogenicity', 'margin', 'foci'],
    });
    expect(tiRads.categories).toHaveLength(5);
  });
});
