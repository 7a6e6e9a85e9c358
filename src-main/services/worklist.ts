import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { EndpointOutput } from '../contract/endpoints';
import { studySummary, type StudySummary } from '../contract/entities';
import type { KeptSummary } from './people/kept-summary';
import { identityFinder, type IdentityNotice } from '../core/study/patient-identity';
import type { Store, StudyRow } from '../storage';
import { mutable } from './mutable';
import { readStudy, summarise } from './studies';

type View = (summary: KeptSummary) => StudySummary;

interface MadeText extends Pick<EndpointOutput<'studies.firstText'>, 'states' | 'modalities' | 'flags'> {
  /** JSON of each summary. */
  readonly texts: readonly string[];
  readonly studyIds: readonly string[];
  readonly identity: Record<string, StudySummary['identity']>;
}

/** Goes up when a summary is made of the same facts by other rules. */
const rules = 2;

/**
 * Summaries for the worklist. Each is kept in the store, which forgets it with any change of what it is made of (triggers
 * of the migration that made `study_summaries`): none can be stale, whoever wrote. Kept by another Regio they are made anew.
 */
export class Worklist {
  private readonly madeBy: string;
  private identity: { revision: number; find: (study: StudyRow) => IdentityNotice[] } | null = null;

  private last: { reader: string; changes: number; made: MadeText } | null = null;

  constructor(private readonly store: Store) {
    const shape = JSON.stringify(z.toJSONSchema(studySummary));
    this.madeBy = `${rules} ${createHash('sha256').update(shape).digest('hex').slice(0, 16)}`;
  }

  /** All, newest import first. */
  list(): KeptSummary[] {
    const { texts, identity } = this.makeText((all) => all);
    const parsed = JSON.parse(`[${texts.join(',')}]`) as KeptSummary[];
    return parsed.map((summary) => ({ ...summary, identity: identity[summary.studyId] ?? [] }));
  }

  /**
   * The same as it lies in the store; of studies with something to say because of others (never kept) what that is.
   *
   * @param reader who reads
   * @param view what of a study may be told to this reader: the same object, or another in its place. It looks at nothing that
   * is not in the store: the list is not made anew while nothing is written
   */
  text(reader: string, view: View = (all) => all): EndpointOutput<'studies.listText'> {
    const { texts, identity } = this.made(reader, view);
    return { summaries: `[${texts.join(',')}]`, identity };
  }

  /** The first `count` of the same, with how many there are of what. */
  firstText(reader: string, count: number, view: View = (all) => all): EndpointOutput<'studies.firstText'> {
    const { texts, identity, studyIds, ...counts } = this.made(reader, view);
    const notices = studyIds.slice(0, count).flatMap((studyId) => {
      const said = identity[studyId];
      return said ? [[studyId, said] as const] : [];
    });
    return {
      summaries: `[${texts.slice(0, count).join(',')}]`,
      identity: Object.fromEntries(notices),
      total: texts.length,
      ...counts,
    };
  }

  private made(reader: string, view: View): MadeText {
    if (this.last?.reader !== reader || this.last.changes !== this.store.changes()) {
      const made = this.makeText(view);
      this.last = { reader, changes: this.store.changes(), made };
    }
    return this.last.made;
  }

  private makeText(view: View): MadeText {
    const kept = this.store.listSummaries(this.madeBy);
    const missing = kept.filter(({ body }) => body === null).map(({ studyId }) => studyId);
    const made = this.make(missing);
    const identity: Record<string, StudySummary['identity']> = {};
    for (const study of this.store.listStudies()) {
      const notices = this.identityOf(study);
      if (notices.length > 0) identity[study.studyId] = mutable(notices);
    }
    const [states, modalities, flags]: Record<string, number>[] = [{}, {}, {}];
    const count = (counts: Record<string, number> | undefined, values: readonly string[]): void => {
      for (const value of values) counts![value] = (counts![value] ?? 0) + 1;
    };
    const texts = kept.map(({ studyId, body }) => {
      const summary = made.get(studyId) ?? (JSON.parse(body!) as KeptSummary);
      const viewed = view(summary);
      count(states, [viewed.state]);
      count(modalities, viewed.modalities);
      count(flags, viewed.flags);
      return body !== null && viewed === summary ? body : JSON.stringify(viewed);
    });
    const studyIds = kept.map(({ studyId }) => studyId);
    return { texts, studyIds, identity, states: states!, modalities: modalities!, flags: flags! };
  }

  /** Of those that are still there. */
  some(studyIds: readonly string[]): KeptSummary[] {
    const kept = this.store.someSummaries(studyIds, this.madeBy);
    const made = this.make(kept.filter(({ body }) => body === null).map(({ studyId }) => studyId));
    return kept.map(({ studyId, body }) => {
      const summary = made.get(studyId) ?? (JSON.parse(body!) as KeptSummary);
      return { ...summary, identity: mutable(this.identityOf(this.store.getStudy(studyId)!)) };
    });
  }

  /** What must be said of a study because of the others in the worklist. */
  identityOf(study: StudyRow): IdentityNotice[] {
    const revision = this.store.studiesRevision();
    if (this.identity?.revision !== revision) {
      this.identity = { revision, find: identityFinder(this.store.listStudies()) };
    }
    return this.identity.find(study);
  }

  private make(studyIds: readonly string[]): Map<string, KeptSummary> {
    const made = new Map<string, KeptSummary>();
    if (studyIds.length === 0) return made;
    this.store.transaction(() => {
      for (const studyId of studyIds) {
        const summary = summarise(readStudy(this.store, studyId), []);
        this.store.keepSummary(studyId, this.madeBy, summary);
        made.set(studyId, summary);
      }
    });
    return made;
  }
}
