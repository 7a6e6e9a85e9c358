import { describe, expect, it } from 'vitest';
import type { StudySummary } from '../../../src-main/contract/entities';
import { sortStudies } from '../worklist/sort';
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

describe('sortStudies', () => {
  const study = (name: string, topScore: number | null): StudySummary => ({
    studyId: name,
    patient: { id: `id-${name}`, name, birthDate: '', sex: '' },
    studyInstanceUid: '',
    description: 'head',
    studyDate: '',
    modalities: ['MR'],
    bodyParts: ['BRAIN'],
    seriesCount: 1,
    frontSeriesId: null,
    state: 'to-review',
    findingCount: 0,
    pendingCount: 0,
    topScore,
    importedAt: '2026-01-01T00:00:00Z',
    lastError: null,
    issues: [],
    detectionRefused: null,
    identity: [],
  });
  const list = [study('b', 0.2), study('A', null), study('c', 0.9)];

  it('sorts names without case and puts studies without a score last', () => {
    expect(sortStudies(list, '', 'patient', false).map((s) => s.studyId)).toEqual(['A', 'b', 'c']);
    expect(sortStudies(list, '', 'topScore', true).map((s) => s.studyId)).toEqual(['c', 'b', 'A']);
  });

  it('keeps studies that hold every word', () => {
    expect(sortStudies(list, 'brain ID-B', 'patient', false).map((s) => s.studyId)).toEqual(['b']);
    expect(sortStudies(list, 'brain none', 'patient', false)).toEqual([]);
  });
});
