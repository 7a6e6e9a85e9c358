import type { StudySummary } from '../../../src-main/contract/entities';
import { nameText } from '../ui/text';

type Modality = StudySummary['modalities'][number];
type State = StudySummary['state'];
type Flag = StudySummary['flags'][number];

/** Which studies are listed. An empty list of a facet lets all pass; several entries of one facet are alternatives. */
export interface StudyFilter {
  readonly text: string;
  readonly modalities: readonly Modality[];
  readonly states: readonly State[];
  readonly flags: readonly Flag[];
  readonly dates: DateRange;
}
/** By study date. `between`: YYYY-MM-DD, both days included; an empty end is open. */
export type DateRange =
  { kind: 'any' } | { kind: 'days'; days: 1 | 7 | 30 } | { kind: 'between'; from: string; to: string };

export const noFilter: StudyFilter = {
  text: '',
  modalities: [],
  states: [],
  flags: [],
  dates: { kind: 'any' },
};

export const isFiltering = ({ text, modalities, states, flags, dates }: StudyFilter): boolean =>
  text.trim() !== '' || modalities.length + states.length + flags.length > 0 || dates.kind !== 'any';

/** How many studies each entry of a facet would list, the other facets as they are. */
export interface FacetCounts {
  readonly modalities: ReadonlyMap<Modality, number>;
  readonly states: ReadonlyMap<State, number>;
  readonly flags: ReadonlyMap<Flag, number>;
}

export interface Filtered {
  readonly studies: StudySummary[];
  readonly counts: FacetCounts;
}

type Facet = keyof FacetCounts;
const facets: { readonly [F in Facet]: (study: StudySummary) => readonly string[] } = {
  modalities: (study) => study.modalities,
  states: (study) => [study.state],
  flags: (study) => study.flags,
};
const facetNames = Object.keys(facets) as Facet[];

/** Counts that main made, of a list of which only the beginning is here. */
export const countsOf = (counts: Readonly<Record<Facet, Readonly<Record<string, number>>>>): FacetCounts =>
  Object.fromEntries(
    facetNames.map((name) => [name, new Map(Object.entries(counts[name]))]),
  ) as unknown as FacetCounts;

/** What is searched of a study: made once for each summary, which never changes. */
const texts = new WeakMap<StudySummary, string>();
function searchText(study: StudySummary): string {
  let text = texts.get(study);
  if (text === undefined) {
    const { patient, description, accessionNumber, studyDate, modalities, bodyParts } = study;
    text = [patient.name, nameText(patient.name), patient.id, description, accessionNumber, studyDate]
      .concat(modalities, bodyParts)
      .join('\n')
      .toLowerCase();
    texts.set(study, text);
  }
  return text;
}

/** One pass over all studies. `today` as YYYYMMDD. */
export function filterStudies(all: readonly StudySummary[], filter: StudyFilter, today: string): Filtered {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  const [from, to] = dateEnds(filter.dates, today);
  const counts = {
    modalities: new Map<string, number>(),
    states: new Map<string, number>(),
    flags: new Map<string, number>(),
  };
  const studies: StudySummary[] = [];
  for (const study of all) {
    if ((from !== '' && study.studyDate < from) || (to !== '' && study.studyDate > to)) continue;
    if (words.length > 0) {
      const text = searchText(study);
      if (!words.every((word) => text.includes(word))) continue;
    }
    const failing = facetNames.filter((name) => {
      const wanted: readonly string[] = filter[name];
      return wanted.length > 0 && !facets[name](study).some((value) => wanted.includes(value));
    });
    if (failing.length === 0) studies.push(study);
    if (failing.length > 1) continue;
    // A facet's own choice does not count against its other entries.
    for (const name of failing.length === 1 ? failing : facetNames)
      for (const value of facets[name](study)) counts[name].set(value, (counts[name].get(value) ?? 0) + 1);
  }
  return { studies, counts: counts as unknown as FacetCounts };
}

/** First and last day as YYYYMMDD; an empty one is open. A study without a date is in no range. */
function dateEnds(dates: DateRange, today: string): [string, string] {
  if (dates.kind === 'any') return ['', ''];
  if (dates.kind === 'between') {
    const plain = (day: string): string => day.replaceAll('-', '');
    // Without either end there is no range yet.
    return [plain(dates.from), plain(dates.to)];
  }
  const day = new Date(
    Date.UTC(Number(today.slice(0, 4)), Number(today.slice(4, 6)) - 1, Number(today.slice(6))),
  );
  day.setUTCDate(day.getUTCDate() - (dates.days - 1));
  return [day.toISOString().slice(0, 10).replaceAll('-', ''), today];
}

/** The machine's day, as YYYYMMDD. */
export function dayText(now: Date): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
}

export const toggled = <T>(list: readonly T[], value: T): T[] =>
  list.includes(value) ? list.filter((known) => known !== value) : [...list, value];
