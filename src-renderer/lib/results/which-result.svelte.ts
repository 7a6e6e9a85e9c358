import type { Finding, ResultSet, StudyDetail } from '../../../src-main/contract/entities';
import { isOfOtherResult } from '../../../src-main/core/reading/read-results';
import { compare } from '../i18n/areas/compare';
import { t } from '../i18n/i18n.svelte';
import { whenText } from '../people/when';
import { app } from '../state/app.svelte';

/** Of the open study, what is needed here. */
interface OpenStudy {
  readonly seriesId: string | null;
  readonly detail: StudyDetail | null;
}

/** Which of a series' results is read, and which there are. */
export class WhichResult {
  constructor(private readonly study: OpenStudy) {}

  /** Of the series on screen, the newest first. */
  readonly sets = $derived.by<readonly ResultSet[]>(() =>
    (this.study.detail?.resultSets ?? []).filter((set) => set.seriesId === this.study.seriesId).reverse(),
  );
  private readonly of = $derived.by(
    () => this.study.detail?.read.find((result) => result.seriesId === this.study.seriesId) ?? null,
  );
  readonly read = $derived<ResultSet | null>(
    this.sets.find((set) => set.resultSetId === this.of?.resultSetId) ?? null,
  );
  /** Who chose the one that is read; null: it is the newest. */
  readonly chosen = $derived(this.of?.chosen ?? null);

  /** Of another result than the one that is read: its result; null: of the one that is read, or the reader's own. */
  otherResultOf(finding: Finding): ResultSet | null {
    const { detail } = this.study;
    if (!detail || !isOfOtherResult(finding, detail.read)) return null;
    return detail.resultSets.find((set) => set.resultSetId === finding.resultSetId) ?? null;
  }
}

const modelOf = ({ modelId }: ResultSet): string =>
  app.models.find((model) => model.modelId === modelId)?.name ?? modelId;

/** "Polyps in colonoscopy 3.0.0, 26 Nov 2026, 19:50" */
export const setText = (set: ResultSet): string =>
  t(compare.set, { model: modelOf(set), version: set.modelVersion, when: whenText(set.createdAt) });

export const modelText = (set: ResultSet): string => `${modelOf(set)} ${set.modelVersion}`;
