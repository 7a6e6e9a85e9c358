import { describe, expect, it } from 'vitest';
import { profileOptions } from '../../../src-main/core/deidentification/profile';
import { profileOf, singleOptions, type Dates } from './choice';

describe('the choice of options', () => {
  it('is the bare profile where nothing was chosen', () => {
    expect(profileOf('removed', [])).toEqual([]);
  });

  it('never keeps and shifts dates at once, and reaches every option of the profile', () => {
    const reached = new Set<string>();
    for (const dates of ['removed', 'shifted', 'kept'] satisfies Dates[]) {
      const options = profileOf(dates, singleOptions);
      expect(options.filter((option) => option.includes('-dates')).length).toBeLessThan(2);
      for (const option of options) reached.add(option);
    }
    expect([...reached].sort()).toEqual([...profileOptions].sort());
  });
});
