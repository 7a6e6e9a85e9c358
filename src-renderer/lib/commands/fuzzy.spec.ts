import { describe, expect, it } from 'vitest';
import { fuzzyFilter, fuzzyScore } from './fuzzy';

describe('fuzzyScore', () => {
  it('wants every letter, in order, without accents or case', () => {
    expect(fuzzyScore('nf', 'Next finding')).not.toBeNull();
    expect(fuzzyScore('fn', 'Next')).toBeNull();
    expect(fuzzyScore('reinit', 'Réinitialiser l’affichage')).not.toBeNull();
    expect(fuzzyScore('上一', '上一个发现')).not.toBeNull();
  });

  it('sets starts of words and rows of letters before scattered ones', () => {
    const found = fuzzyFilter('ex', ['Next finding', 'Hide the box', 'Export the report'], (text) => text);
    expect(found[0]).toBe('Export the report');
    expect(fuzzyFilter('wp3', ['Window preset 1', 'Window preset 3'], (t) => t)).toEqual(['Window preset 3']);
  });

  it('leaves all in their order where nothing is typed', () => {
    expect(fuzzyFilter(' ', ['b', 'a'], (text) => text)).toEqual(['b', 'a']);
  });
});
