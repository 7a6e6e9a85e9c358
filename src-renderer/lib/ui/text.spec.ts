import { describe, expect, it } from 'vitest';
import { language } from '../i18n/i18n.svelte';
import { dateText, nameText, scoreText } from './text';

describe('words on screen', () => {
  it('reads DICOM names and dates', () => {
    expect(nameText('Doe^Jane^Q')).toBe('Doe, Jane Q');
    expect(nameText('brain1_image')).toBe('brain1_image');
    expect(dateText('20261124')).toBe('2026-11-24');
    expect(dateText('')).toBe('—');
    expect(scoreText(null)).toBe('—');
    expect(scoreText(0.456)).toBe('0.46');
    expect([scoreText(0.0049), scoreText(0.005), scoreText(0)]).toEqual(['< 0.01', '0.01', '0.00']);
  });
});

it('writes dates and numbers as the language on screen does', () => {
  const said = (['de', 'es', 'fr', 'zh', 'en'] as const).map((current) => {
    language.current = current;
    return [dateText('20240131'), scoreText(0.456)];
  });
  expect(said).toEqual([
    ['31.01.2024', '0,46'],
    ['31/01/2024', '0,46'],
    ['31/01/2024', '0,46'],
    ['2024/01/31', '0.46'],
    ['2024-01-31', '0.46'],
  ]);
});
