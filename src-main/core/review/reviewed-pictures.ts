import type { BoxXywh } from '../geometry/box';
import type { Finding, PixelLayout, ResultSet } from '../study/entities';
import { isDecided } from './review';
import { isRelevant, type SeriesDetection } from './study-state';

/**
 * What a network may learn from one picture that a reader has read to the end: lesions, places that are none, and places
 * that say nothing. Whatever else lies in the picture is no lesion: it was looked at.
 */
export interface ReviewedPicture {
  readonly frame: number;
  /** Accepted, corrected and added findings. */
  readonly lesions: readonly { readonly box: BoxXywh; readonly label: string }[];
  /** Rejected findings: the marks this network must not make again. */
  readonly rejected: readonly BoxXywh[];
  /** Findings nobody is sure of, and second marks on a lesion: neither hit nor miss. */
  readonly ignored: readonly BoxXywh[];
}

/** Why nothing is learned from a series. */
export type UnreadReason =
  /** The result that is read is not of the model in question. */
  | 'other-model'
  | 'volume'
  | 'not-analysable'
  /** Queued, running, failed or cancelled since. */
  | 'detection-open'
  /** Nobody decided on anything: it may never have been opened. */
  | 'not-read'
  /** Findings that a report would show wait for a decision. */
  | 'not-finished';

export interface SeriesUnderReview {
  readonly pixels: PixelLayout;
  readonly analysable: boolean;
  readonly detection: SeriesDetection;
  /** Of this series. */
  readonly resultSets: readonly ResultSet[];
  /** Which of them is read; undefined: there is none. */
  readonly read: string | undefined;
  /** Of this series, decisions folded in ({@link replay}). */
  readonly findings: readonly Finding[];
}

/**
 * The pictures of one series that were read to the end. In a series of many frames those without a decided finding are
 * left out: nobody says that each of them was looked at.
 *
 * @param isOf whether a result is of the model in question, or of one made from it
 */
export function reviewedPictures(
  series: SeriesUnderReview,
  isOf: (modelId: string) => boolean,
): ReviewedPicture[] | UnreadReason {
  const read = series.resultSets.find((set) => set.resultSetId === series.read);
  if (!read || !isOf(read.modelId)) return 'other-model';
  if (series.pixels.kind === 'volume') return 'volume';
  if (!series.analysable) return 'not-analysable';
  if (series.detection !== 'done') return 'detection-open';
  const decided = series.findings.filter(isDecided);
  if (decided.length === 0) return 'not-read';
  const thresholds = new Map(series.resultSets.map((set) => [set.resultSetId, set.threshold]));
  if (series.findings.some((f) => isRelevant(f, thresholds) && !isDecided(f))) return 'not-finished';

  const byFrame = new Map<number, Finding[]>();
  for (const finding of decided) {
    if (finding.place.space !== 'px') continue;
    const { frame } = finding.place;
    byFrame.set(frame, [...(byFrame.get(frame) ?? []), finding]);
  }
  return [...byFrame].sort(([a], [b]) => a - b).map(([frame, findings]) => pictureOf(frame, findings));
}

function pictureOf(frame: number, findings: readonly Finding[]): ReviewedPicture {
  const lesions: ReviewedPicture['lesions'][number][] = [];
  const rejected: BoxXywh[] = [];
  const ignored: BoxXywh[] = [];
  for (const { place, label, decision } of findings) {
    if (place.space !== 'px') continue;
    const box = place.boxPx;
    if (decision.verdict === 'uncertain') ignored.push(box);
    // A second mark on a lesion lies on a lesion: to call its place healthy would be wrong.
    else if (decision.verdict === 'rejected')
      (decision.reason === 'duplicate' ? ignored : rejected).push(box);
    else lesions.push({ box, label });
  }
  return { frame, lesions, rejected, ignored };
}
