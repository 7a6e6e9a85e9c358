import type { Patient } from './entities';

/** Whether two files, series or studies are of one person, and what a reader must be told where it is not clear (RELIABILITY W2). */

/** Carets, case, padding and Unicode form of a name may differ (PS3.5 section 6.2.1). */
const plainName = ({ name }: Patient): string =>
  name
    .normalize('NFC')
    .toUpperCase()
    .replace(/[\^\s]+/g, ' ')
    .trim();

/** Equal for files of one patient: every field that names a person, and whether somebody removed the identity. */
export const patientKey = (p: Patient): string =>
  JSON.stringify([p.id.trim(), plainName(p), p.birthDate, p.identityRemoved === true]);

/**
 * Every field that names a person must agree, and both must be de-identified or neither; a file that cannot say whether it
 * is (a photograph, a study imported before Regio looked) goes with either.
 */
export function samePatient(a: Patient, b: Patient): boolean {
  const unsaid = a.identityRemoved === undefined || b.identityRemoved === undefined;
  return patientKey(a) === patientKey(unsaid ? { ...b, identityRemoved: a.identityRemoved } : b);
}

export const identityNoticeCodes = ['same-study', 'de-identified', 'same-id', 'same-name'] as const;

export interface IdentityNotice {
  code: (typeof identityNoticeCodes)[number];
  /** A sentence for people, without a name. */
  text: string;
}

export interface IdentifiedStudy {
  readonly studyId: string;
  readonly studyInstanceUid: string;
  readonly patient: Patient;
}

const texts: Readonly<Record<IdentityNotice['code'], string>> = {
  'same-study':
    'Another study in the worklist has the same Study Instance UID but belongs to another patient. They were kept apart; check which one is right.',
  'de-identified':
    'This study is in the worklist with and without the identity of its patient. The two were kept apart.',
  'same-id':
    'Another study in the worklist has the same patient ID with another name or birth date. They were kept apart; check which one is right.',
  'same-name':
    'Another study in the worklist has the same patient name with another patient ID or birth date. They were kept apart; check that this is the patient you mean.',
};

/**
 * What must be said of a study because of the others: they are never merged, and a reader may take one for another.
 *
 * @param all every study; looked through once, however many are asked about
 */
export function identityFinder(
  all: readonly IdentifiedStudy[],
): (study: IdentifiedStudy) => IdentityNotice[] {
  const sharing = new Map<string, Person[]>();
  for (const study of all) {
    const person = personOf(study);
    for (const key of sharedKeys(person)) {
      const known = sharing.get(key);
      if (known) known.push(person);
      else sharing.set(key, [person]);
    }
  }
  return (study) => {
    const person = personOf(study);
    const found = new Set<IdentityNotice['code']>();
    for (const key of sharedKeys(person)) {
      for (const other of sharing.get(key) ?? []) {
        const code = confusedWith(person, other);
        if (code) found.add(code);
      }
    }
    return identityNoticeCodes.filter((code) => found.has(code)).map((code) => ({ code, text: texts[code] }));
  };
}

/** A study with what is compared of it, made once: normalising a name takes longer than all else of a comparison. */
interface Person {
  readonly study: IdentifiedStudy;
  readonly id: string;
  readonly name: string;
  readonly removed: boolean | undefined;
}

const personOf = (study: IdentifiedStudy): Person => ({
  study,
  id: study.patient.id.trim(),
  name: plainName(study.patient),
  removed: study.patient.identityRemoved,
});

/** What two studies that may be confused have in common. */
function sharedKeys({ study, id, name, removed }: Person): string[] {
  return [
    `study ${study.studyInstanceUid}`,
    ...(id === '' ? [] : [`id ${id}`]),
    // De-identified patients are often all called alike.
    ...(name === '' || removed === true ? [] : [`name ${name}`]),
  ];
}

function confusedWith(a: Person, b: Person): IdentityNotice['code'] | null {
  if (a.study.studyId === b.study.studyId) return null;
  // samePatient(), with names that are plain already.
  const unsaid = a.removed === undefined || b.removed === undefined;
  const alike = (a.removed === true) === (b.removed === true);
  const birth = a.study.patient.birthDate === b.study.patient.birthDate;
  if (a.id === b.id && a.name === b.name && birth && (unsaid || alike)) return null;
  if (a.study.studyInstanceUid === b.study.studyInstanceUid) return alike ? 'same-study' : 'de-identified';
  return a.id !== '' && a.id === b.id ? 'same-id' : 'same-name';
}
