import {
  groupOf,
  isPrivate,
  sequence,
  textElement,
  textOf,
  type DataElement,
  type DataSet,
  type Dictionary,
} from './data-set';
import { cleanCodeString, cleanText, wordsOf } from './clean-text';
import { cleanedCode, isCodeItem, isStructureWord } from './coded-content';
import { codeItem, dummyElement } from './dummy-values';
import { safePrivateElements } from './private-elements';
import {
  actionOf,
  basicActionOf,
  methodCodes,
  rowOf,
  type ProfileAction,
  type ProfileOption,
  type ProfileRow,
} from './profile';
import type { Pseudonyms } from './pseudonyms';
import { isTime, shiftDates } from './shift-dates';

/** What was done with one attribute, wherever in the data set the same path occurs. No value is ever named. */
export interface ActionTaken {
  /** Tags from the outermost sequence to the attribute. */
  readonly path: readonly number[];
  readonly name: string;
  readonly action: 'removed' | 'emptied' | 'replaced' | 'uid-replaced' | 'date-shifted' | 'cleaned' | 'kept';
  readonly because: 'profile' | 'option' | 'private' | 'graphics' | 'not-in-standard' | 'set-by-profile';
  count: number;
}

export interface DeidentifySettings {
  readonly options: ReadonlySet<ProfileOption>;
  readonly pseudonyms: Pseudonyms;
  readonly dictionary: Dictionary;
  /** For De-identification Method: the program and its version. */
  readonly software: string;
}

export const patientTags = { name: 0x00100010, id: 0x00100020, issuer: 0x00100021, birthDate: 0x00100030 };
const studyInstanceUid = 0x0020000d;
const rows = 0x00280010;
const texts = new Set(['LO', 'LT', 'SH', 'ST', 'UC', 'UT']);

/** What tells patients apart: the id with its issuer, else name and birth date, else the study. */
export function patientKeyOf(set: DataSet): string {
  const text = (tag: number): string => textOf(set.get(tag));
  if (text(patientTags.id) !== '') return `id\0${text(patientTags.id)}\0${text(patientTags.issuer)}`;
  const name = text(patientTags.name);
  return name !== '' ? `name\0${name}\0${text(patientTags.birthDate)}` : `study\0${text(studyInstanceUid)}`;
}

/**
 * Applies the basic profile of PS3.15 Annex E with options to one data set. Pixel data is not in it.
 *
 * Beyond the table: overlays and curves go as whole groups, since what is left of one without its data is no overlay;
 * attributes that PS3.6 does not know go, since nobody can say what they hold; dates and person names that the table
 * misses are treated like those that it has.
 */
export function deidentify(
  set: DataSet,
  settings: DeidentifySettings,
): { dataSet: DataSet; actions: readonly ActionTaken[] } {
  const walk = new Walk(set, settings);
  const kept = new Map(walk.items(set, [], false));
  for (const element of methodElements(settings)) {
    kept.set(element.tag, element);
    walk.note([element.tag], 'replaced', 'set-by-profile');
  }
  return { dataSet: kept, actions: walk.actions() };
}

/** PS3.15 E.1.1 items 6 to 8: that it was done, how, and what became of the dates. */
function methodElements({ options, software }: DeidentifySettings): DataElement[] {
  const codes = methodCodes(options).map(([code, meaning]) => codeItem(code, 'DCM', meaning));
  const dates = options.has('retain-long-full-dates')
    ? 'UNMODIFIED'
    : options.has('retain-long-modified-dates')
      ? 'MODIFIED'
      : 'REMOVED';
  return [
    textElement(0x00120062, 'CS', 'YES'),
    textElement(0x00120063, 'LO', `${software}, PS3.15 Annex E`.slice(0, 64)),
    sequence(0x00120064, codes),
    textElement(0x00280303, 'CS', dates),
  ];
}

class Walk {
  private readonly noted = new Map<string, ActionTaken>();
  private readonly patientKey: string;
  private readonly names: ReadonlySet<string>;
  private readonly isImage: boolean;

  constructor(
    root: DataSet,
    private readonly settings: DeidentifySettings,
  ) {
    this.patientKey = patientKeyOf(root);
    this.names = new Set(namesIn(root));
    this.isImage = root.has(rows);
  }

  actions(): readonly ActionTaken[] {
    return [...this.noted.values()];
  }

  note(path: readonly number[], action: ActionTaken['action'], because: ActionTaken['because']): void {
    const key = `${path.join('>')} ${action} ${because}`;
    const before = this.noted.get(key);
    if (before) before.count++;
    else {
      const tag = path[path.length - 1]!;
      const name = rowOf(tag)?.name || (isPrivate(tag) ? '' : (this.settings.dictionary(tag)?.name ?? ''));
      this.noted.set(key, { path, name, action, because, count: 1 });
    }
  }

  /** @param cleaning inside a sequence that is cleaned: free text stays only word by word */
  items(set: DataSet, path: readonly number[], cleaning: boolean): DataSet {
    const out = new Map<number, DataElement>();
    const safe =
      this.settings.options.has('retain-safe-private') && !cleaning ? safePrivateElements(set) : [];
    for (const element of safe) out.set(element.tag, element);
    for (const element of set.values()) {
      const place = [...path, element.tag];
      if (isPrivate(element.tag)) {
        const stays = out.has(element.tag);
        this.note(place, stays ? 'kept' : 'removed', stays ? 'option' : 'private');
        continue;
      }
      const result = this.element(element, place, cleaning);
      if (result) out.set(result.tag, result);
    }
    return out;
  }

  private element(element: DataElement, path: readonly number[], cleaning: boolean): DataElement | null {
    const { tag } = element;
    const group = groupOf(tag);
    // Group lengths would be wrong; groups below 8 belong to messages, file meta and directories.
    if ((tag & 0xffff) === 0 || group < 0x0008) return this.remove(path, 'not-in-standard');
    if (group >= 0x5000 && group <= 0x50ff) return this.remove(path, 'graphics');
    if (group >= 0x6000 && group <= 0x60ff) return this.remove(path, 'graphics');
    const row = rowOf(tag);
    const known = this.settings.dictionary(tag);
    const vr = element.items ? 'SQ' : element.vr !== 'UN' ? element.vr : row?.vr || (known?.vr ?? 'UN');
    const typed = { ...element, vr };
    if (row) {
      if (tag === patientTags.name || tag === patientTags.id) return this.pseudonym(typed, path);
      const action = actionOf(row, vr === 'SQ', this.settings.options);
      const byOption = action !== basicActionOf(row, vr === 'SQ');
      return this.apply(action, typed, row, path, cleaning, byOption ? 'option' : 'profile');
    }
    // Text where PS3.6 has a number or a code is somebody's own use of the attribute.
    if (!known || (texts.has(vr) && !texts.has(known.vr))) return this.remove(path, 'not-in-standard');
    if (vr === 'SQ') return this.recurse(typed, path, cleaning);
    if (vr === 'PN') return this.dummy(typed, path, 'profile');
    if (vr === 'DA' || vr === 'DT' || vr === 'TM') return this.unlistedDate(typed, path);
    return cleaning ? this.cleanedLeaf(typed, path) : typed;
  }

  private apply(
    action: ProfileAction,
    element: DataElement,
    row: ProfileRow,
    path: readonly number[],
    cleaning: boolean,
    because: ActionTaken['because'],
  ): DataElement | null {
    switch (action) {
      case 'remove':
        return this.remove(path, because);
      case 'empty':
        // Reports must have these sequences and may have them empty; images may lack them, but have no empty ones.
        return element.vr === 'SQ' && row.basic === 'X/Z/D' && this.isImage
          ? this.remove(path, because)
          : this.empty(element, path);
      case 'dummy':
        return this.dummy(
          { ...element, vr: row.vr.includes('/') ? element.vr : row.vr || element.vr },
          path,
          because,
        );
      case 'uid':
        return this.uid(element, path);
      case 'keep':
        if (element.vr === 'SQ') return this.recurse(element, path, cleaning);
        this.note(path, 'kept', 'option');
        return element;
      case 'clean': {
        if (element.vr === 'SQ') return this.recurse(element, path, true);
        const cleaned = this.cleaned(element);
        if (!cleaned) return this.apply(basicActionOf(row, false), element, row, path, cleaning, 'profile');
        this.note(path, element.vr === 'DA' || element.vr === 'DT' ? 'date-shifted' : 'cleaned', 'option');
        return cleaned;
      }
    }
  }

  private remove(path: readonly number[], because: ActionTaken['because']): null {
    this.note(path, 'removed', because);
    return null;
  }

  /** Actions Z and D let a value stand that means nothing: the same in all files of a patient, so that they stay together. */
  private pseudonym({ tag }: DataElement, path: readonly number[]): DataElement {
    this.note(path, 'replaced', 'profile');
    const code = `ANON-${this.settings.pseudonyms.code('patient', this.patientKey)}`;
    return textElement(tag, tag === patientTags.name ? 'PN' : 'LO', code);
  }

  private empty(element: DataElement, path: readonly number[]): DataElement {
    this.note(path, 'emptied', 'profile');
    const row = rowOf(element.tag);
    const vr = row && row.vr !== '' && !row.vr.includes('/') ? row.vr : element.vr;
    return vr === 'SQ'
      ? sequence(element.tag, [])
      : { ...element, vr, value: new Uint8Array(0), items: null };
  }

  private dummy(
    element: DataElement,
    path: readonly number[],
    because: ActionTaken['because'],
  ): DataElement | null {
    // The only made-up UID that is sure to be nobody else's is the one that replaces this one.
    if (element.vr === 'UI') return this.uid(element, path);
    const made = dummyElement(element.tag, element.vr);
    this.note(path, made ? 'replaced' : 'removed', because);
    return made;
  }

  private uid(element: DataElement, path: readonly number[]): DataElement | null {
    // What contains the UIDs to replace may hold text, too: "U*" keeps the references alone.
    if (element.vr === 'SQ') return this.recurse(element, path, true, 'profile');
    const text = textOf(element);
    this.note(path, 'uid-replaced', 'profile');
    return textElement(
      element.tag,
      'UI',
      text
        .split('\\')
        .map((uid) => this.newUid(uid))
        .join('\\'),
    );
  }

  /** Well-known frames of reference (PS3.6 annex A, "1.2.840.10008.1.4") name an atlas, not a patient. */
  private newUid(uid: string): string {
    return uid === '' || /^1\.2\.840\.10008\.1\.4\.[12]\.\d{1,3}$/.test(uid)
      ? uid
      : this.settings.pseudonyms.uid(uid);
  }

  private recurse(
    element: DataElement,
    path: readonly number[],
    cleaning: boolean,
    because: ActionTaken['because'] = 'option',
  ): DataElement {
    const items = element.items ?? [];
    if (!cleaning)
      return sequence(
        element.tag,
        items.map((item) => this.items(item, path, false)),
      );
    this.note(path, 'cleaned', because);
    return sequence(
      element.tag,
      items.map((item) => (isCodeItem(item) ? cleanedCode(item, this.names) : this.items(item, path, true))),
    );
  }

  private cleaned(element: DataElement): DataElement | null {
    const { tag, vr } = element;
    const text = textOf(element);
    const as = (value: string | null): DataElement | null =>
      value === null || value === '' ? null : textElement(tag, vr, value);
    if (vr === 'DA' || vr === 'DT')
      return as(shiftDates(text, vr, this.settings.pseudonyms.dateShift(this.patientKey)));
    if (vr === 'TM') return as(isTime(text) ? text : null);
    if (texts.has(vr)) return as(cleanText(text, this.names));
    if (vr === 'CS') return as(cleanCodeString(text));
    if (vr === 'AS') return as(/^\d{3}[DWMY]$/.test(text) ? text : null);
    if (vr === 'DS' || vr === 'IS') return as(/^[\d+\-.eE\\ ]+$/.test(text) ? text : null);
    return null;
  }

  /** An attribute without a row inside a cleaned sequence. */
  private cleanedLeaf(element: DataElement, path: readonly number[]): DataElement | null {
    const { tag, vr } = element;
    if (vr === 'UI') {
      const known = textOf(element)
        .split('\\')
        .every((uid) => /^1\.2\.840\.10008\.[\d.]+$/.test(uid));
      return known ? element : this.uid(element, path);
    }
    if (vr === 'CS' && isStructureWord(textOf(element))) return element;
    if (binaryNumbers.has(vr)) return element;
    const cleaned = this.cleaned(element);
    this.note(path, cleaned ? 'cleaned' : 'replaced', 'option');
    return cleaned ?? dummyElement(tag, vr);
  }

  private unlistedDate(element: DataElement, path: readonly number[]): DataElement | null {
    const { options } = this.settings;
    if (options.has('retain-long-full-dates')) return element;
    const shifted = options.has('retain-long-modified-dates') ? this.cleaned(element) : null;
    this.note(path, shifted ? 'date-shifted' : 'emptied', shifted ? 'option' : 'profile');
    return shifted ?? { ...element, value: new Uint8Array(0) };
  }
}

const binaryNumbers = new Set(['FD', 'FL', 'SL', 'SS', 'UL', 'US']);

/** Words of every person's name and the patient's ids, at any depth. */
function* namesIn(set: DataSet): Generator<string> {
  for (const element of set.values()) {
    for (const item of element.items ?? []) yield* namesIn(item);
    if (element.vr === 'PN' || element.tag === patientTags.id || element.tag === patientTags.name)
      yield* wordsOf(textOf(element));
  }
}
