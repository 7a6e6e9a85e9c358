import { confidentialityTable } from './profile-table';

/** Options of the basic profile (PS3.15 E.3), by the names that the command line has for them. */
export const profileOptions = [
  'retain-safe-private',
  'retain-uids',
  'retain-device-identity',
  'retain-institution-identity',
  'retain-patient-characteristics',
  'retain-long-full-dates',
  'retain-long-modified-dates',
  'clean-descriptors',
  'clean-structured-content',
] as const;
export type ProfileOption = (typeof profileOptions)[number];

/** Letter of the table, code of PS3.16 CID 7050 and its meaning. */
const optionFacts: Readonly<Record<ProfileOption, readonly [letter: string, code: string, meaning: string]>> =
  {
    'retain-safe-private': ['P', '113111', 'Retain Safe Private Option'],
    'retain-uids': ['U', '113110', 'Retain UIDs Option'],
    'retain-device-identity': ['V', '113109', 'Retain Device Identity Option'],
    'retain-institution-identity': ['I', '113112', 'Retain Institution Identity Option'],
    'retain-patient-characteristics': ['H', '113108', 'Retain Patient Characteristics Option'],
    'retain-long-full-dates': ['F', '113106', 'Retain Longitudinal Temporal Information Full Dates Option'],
    'retain-long-modified-dates': [
      'M',
      '113107',
      'Retain Longitudinal Temporal Information Modified Dates Option',
    ],
    'clean-descriptors': ['T', '113105', 'Clean Descriptors Option'],
    'clean-structured-content': ['S', '113104', 'Clean Structured Content Option'],
  };

/** Code value and meaning of the profile and each option, for De-identification Method Code Sequence. */
export const methodCodes = (options: ReadonlySet<ProfileOption>): (readonly [string, string])[] => [
  ['113100', 'Basic Application Confidentiality Profile'],
  ...profileOptions
    .filter((o) => options.has(o))
    .map((o): readonly [string, string] => [optionFacts[o][1], optionFacts[o][2]]),
];

/** What is done with an attribute; compound actions of the table are settled by {@link settled}. */
export type ProfileAction = 'remove' | 'empty' | 'dummy' | 'uid' | 'keep' | 'clean';

export interface ProfileRow {
  /** Eight hex digits, `x` for any, or `private`. */
  readonly key: string;
  readonly vr: string;
  /** As in the table: X, Z, D, U, X/Z, ... */
  readonly basic: string;
  /** Letter and action pairs: `FK`, `MC`. */
  readonly options: readonly string[];
  /** Edition of the standard by which the row was there. */
  readonly edition: string;
  readonly name: string;
}

export const profileRows: readonly ProfileRow[] = confidentialityTable
  .trim()
  .split('\n')
  .map((line) => {
    const [key = '', vr = '', basic = '', options = '', edition = '', name = ''] = line.split('|');
    return { key, vr, basic, options: options === '' ? [] : options.split(' '), edition, name };
  });

const byKey: ReadonlyMap<string, ProfileRow> = new Map(profileRows.map((row) => [row.key, row]));

/** The row of a tag that is not private, or null: the standard lets such an attribute stay. */
export function rowOf(tag: number): ProfileRow | null {
  const key = tag.toString(16).toUpperCase().padStart(8, '0');
  const group = key.slice(0, 2);
  return (
    byKey.get(key) ??
    (group === '50' ? byKey.get('50xxxxxx') : group === '60' ? byKey.get(`60xx${key.slice(4)}`) : null) ??
    null
  );
}

/**
 * Which attributes an object must have (type 1, 2 or 3) depends on its IOD; of a compound action the one is taken that
 * is right for every type: a value in place of nothing, an empty one in place of none (PS3.15 E.1, "Z", "D"). A
 * sequence is emptied or removed where the table allows, since no made-up item fits every IOD.
 */
function settled(basic: string, isSequence: boolean): ProfileAction {
  if (basic.includes('U')) return 'uid';
  if (isSequence && basic !== 'D') return basic.includes('Z') ? 'empty' : 'remove';
  if (basic.endsWith('D')) return 'dummy';
  return basic.endsWith('Z') ? 'empty' : 'remove';
}

/** The action of a row under the options: keeping wins over cleaning, cleaning over the basic profile. */
export function actionOf(
  row: ProfileRow,
  isSequence: boolean,
  options: ReadonlySet<ProfileOption>,
): ProfileAction {
  const chosen = profileOptions.filter((o) => options.has(o)).map((o) => optionFacts[o][0]);
  const given = row.options.filter((o) => chosen.includes(o[0]!)).map((o) => o[1]);
  if (given.includes('K')) return 'keep';
  return given.includes('C') ? 'clean' : basicActionOf(row, isSequence);
}

export const basicActionOf = (row: ProfileRow, isSequence: boolean): ProfileAction =>
  settled(row.basic, isSequence);
