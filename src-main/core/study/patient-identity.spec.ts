import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Patient } from './entities';
import { identityFinder, patientKey, samePatient } from './patient-identity';

const jane: Patient = { id: 'P1', name: 'Doe^Jane', birthDate: '19700101', sex: 'F', identityRemoved: false };
const codes = (patient: Patient, other: Patient, uids = ['1.2', '1.3']): string[] =>
  identityFinder([
    { studyId: 'a', studyInstanceUid: uids[0]!, patient },
    { studyId: 'b', studyInstanceUid: uids[1]!, patient: other },
  ])({ studyId: 'a', studyInstanceUid: uids[0]!, patient }).map((n) => n.code);

describe('one patient', () => {
  it('is told by id, name, birth date and whether the identity was removed; carets, case and padding do not count', () => {
    expect(samePatient(jane, { ...jane, name: ' doe jane ', sex: '' })).toBe(true);
    expect(samePatient({ ...jane, id: 'P1 ' }, jane)).toBe(true);
    expect(samePatient({ ...jane, name: 'Mu\u0308ller' }, { ...jane, name: 'M\u00fcller' })).toBe(true);
    expect(samePatient(jane, { ...jane, identityRemoved: true })).toBe(false);
    expect(samePatient(jane, { ...jane, identityRemoved: undefined })).toBe(true);
  });

  it('has one key, and two have two', () => {
    const field = fc.constantFrom('', 'A', 'a ', 'B^C', 'b c', '19700101');
    const patients = fc.record({
      id: field,
      name: field,
      birthDate: field,
      sex: fc.constant<'F'>('F'),
      identityRemoved: fc.boolean(),
    });
    fc.assert(
      fc.property(patients, patients, (a, b) => {
        expect(patientKey(a) === patientKey(b)).toBe(samePatient(a, b));
        expect(samePatient(a, b)).toBe(samePatient(b, a));
      }),
      { seed: 2, numRuns: 500 },
    );
  });
});

describe('what a reader is told (W2)', () => {
  it.each<[string, Partial<Patient>, string[], string[]]>([
    ['the same patient', { name: 'DOE^JANE' }, ['1.2', '1.3'], []],
    ['the same name with another id', { id: 'P2' }, ['1.2', '1.3'], ['same-name']],
    [
      'the same name with another id and birth date',
      { id: 'P2', birthDate: '19000101' },
      ['1.2', '1.3'],
      ['same-name'],
    ],
    ['the same id with another birth date', { birthDate: '19710101' }, ['1.2', '1.3'], ['same-id']],
    ['the same id with another name', { name: 'Roe^Ann' }, ['1.2', '1.3'], ['same-id']],
    ['the same study with another patient', { id: 'P2', name: 'Roe^Ann' }, ['1.2', '1.2'], ['same-study']],
    [
      'a de-identified copy that kept the UID',
      { id: 'ANON', name: 'ANON', birthDate: '', identityRemoved: true },
      ['1.2', '1.2'],
      ['de-identified'],
    ],
    [
      'a de-identified copy that kept everything',
      { identityRemoved: true },
      ['1.2', '1.2'],
      ['de-identified'],
    ],
    ['another patient altogether', { id: 'P2', name: 'Roe^Ann' }, ['1.2', '1.3'], []],
  ])('of %s', (_, change, uids, expected) => {
    const other = { ...jane, ...change };
    expect(codes(jane, other, uids)).toEqual(expected);
    expect(codes(other, jane, uids)).toEqual(expected);
  });

  it('is nothing of two that are one patient, and something of two others with one study', () => {
    const field = fc.constantFrom('', 'A', 'a ', 'b c');
    const patients = fc.record({
      id: field,
      name: field,
      birthDate: field,
      sex: fc.constant<'F'>('F'),
      identityRemoved: fc.option(fc.boolean(), { nil: undefined }),
    });
    fc.assert(
      fc.property(patients, patients, (a, b) => {
        expect(codes(a, b, ['1.2', '1.2']).length === 0).toBe(samePatient(a, b));
      }),
      { seed: 3, numRuns: 500 },
    );
  });

  it('is nothing of de-identified patients that are all called alike', () => {
    const anonymous: Patient = { id: '', name: 'Anonymous', birthDate: '', sex: '', identityRemoved: true };
    expect(codes(anonymous, { ...anonymous, birthDate: '19700101' })).toEqual([]);
  });
});
