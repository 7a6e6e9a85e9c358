import { AppError } from '../core/app-error';
import { isDecided } from '../core/review/review';
import { boxInSeries } from '../core/segmentation/outline-of';
import { iouAt } from '../core/geometry/box-overlap';
import type { FindingOrigin, FindingPlace, OutlineMask } from '../core/study/entities';
import type { EndpointInput, EndpointOutput } from '../contract/endpoints';
import type { Engine, EngineOutput } from '../contract/engine-protocol';
import type { Store } from '../storage';
import { explainPoint } from './explain';
import type { ActiveModels } from './model-family';
import { mutable } from './mutable';
import type { StudySnapshot } from './study-snapshot';

interface Options {
  store: Store;
  engine: Engine;
  activeModels: () => ActiveModels;
}

/** Outlines that are being looked for, by study: a newer wish ends the older one. */
const running = new Map<string, AbortController>();

/** Ends what is being looked for in a study. */
export function cancelOutline(studyId: string): void {
  running.get(studyId)?.abort();
  running.delete(studyId);
}

/** Gives what a newer wish for the same study, or the reader, may end. */
async function abortable<T>(studyId: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  cancelOutline(studyId);
  const mine = new AbortController();
  running.set(studyId, mine);
  try {
    return await work(mine.signal);
  } finally {
    if (running.get(studyId) === mine) running.delete(studyId);
  }
}

/**
 * The outline of a finding's lesion, or the measurements of one that a hand has corrected.
 *
 * @param mask null: look for it
 * @throws AppError 'not-found', 'request.invalid' where nothing stands out, 'job.cancelled'
 */
export async function outlineFinding(
  { engine }: Options,
  { study: { studyId }, findings, series }: StudySnapshot,
  findingId: string,
  mask: OutlineMask | null,
): Promise<NonNullable<EngineOutput<'outline'>>> {
  const finding = findings.find((f) => f.findingId === findingId);
  const row = series.find((s) => s.seriesId === finding?.seriesId);
  if (!finding || !row) {
    throw new AppError('not-found', 'This finding is no longer in the study.', 'Reload the study.');
  }
  const found = await abortable(studyId, (signal) =>
    engine.call(
      'outline',
      { series: mutable(row.scanned), place: mutable(finding.place), mask: mask && mutable(mask) },
      { signal },
    ),
  );
  if (found) return found;
  throw new AppError(
    'request.invalid',
    'Nothing stands out in this box.',
    'Draw the outline with the brush, or fit the box to the lesion first.',
    { field: 'outline' },
  );
}

/**
 * A box for a finding at a point: the best of the network's own boxes there, also one below the threshold; else one around
 * what stands out.
 *
 * @param mayShowNetwork false: what the network found is locked away from this reader yet
 */
export async function suggestFinding(
  options: Options,
  { studyId, seriesId, point }: EndpointInput<'review.suggest'>,
  { series, findings }: StudySnapshot,
  mayShowNetwork: boolean,
): Promise<EndpointOutput<'review.suggest'>> {
  const row = series.find((s) => s.seriesId === seriesId);
  if (!row) throw new AppError('not-found', 'This series is not part of the study.', 'Open the study again.');
  const shown = findings.filter((f) => f.seriesId === seriesId && isDecided(f)).map((f) => f.place);
  const fresh = (place: FindingPlace): boolean =>
    shown.every((other) => {
      const [a, b] = [boxInSeries(place, row.scanned.pixels), boxInSeries(other, row.scanned.pixels)];
      return iouAt(a, 0, b, 0, 3) < 0.5;
    });
  const network = mayShowNetwork ? await fromNetwork(options, { studyId, seriesId, point }) : null;
  if (network && fresh(network.place)) return mutable(network);
  const place = await abortable(studyId, (signal) =>
    options.engine.call('suggestBox', { series: mutable(row.scanned), point }, { signal }),
  );
  return place && { place, origin: { how: 'suggested', by: 'outline' } };
}

async function fromNetwork(
  options: Options,
  request: EndpointInput<'review.suggest'>,
): Promise<{ place: FindingPlace; origin: FindingOrigin } | null> {
  try {
    const answer = await explainPoint(options, { ...request, modelId: null, whole: false });
    const best = bestBox(answer.explanation, answer.threshold, request.point.space === 'lps');
    if (!best) return null;
    const { modelId, modelVersion } = answer;
    return {
      place: best.place,
      origin: { how: 'suggested', by: 'network', modelId, modelVersion, score: best.score },
    };
  } catch (error) {
    // Whatever keeps a model from reading the series: what stands out at the point can still be suggested.
    if (!['job.cancelled', 'not-found', 'engine.crashed'].includes(AppError.from(error).code)) return null;
    throw error;
  }
}

/** A network's word counts from a tenth of its threshold on; below it boxes lie anywhere. */
const leastShareOfThreshold = 0.1;

function bestBox(
  explained: EndpointOutput<'series.explain'>['explanation'],
  threshold: number,
  inVolume: boolean,
): { place: FindingPlace; score: number } | null {
  const least = leastShareOfThreshold * threshold;
  const best = <B extends { score: number }>(boxes: readonly B[]): B | null =>
    boxes.reduce<B | null>((top, b) => (b.score >= least && (!top || b.score > top.score) ? b : top), null);
  if (explained.kind === 'volume') {
    const box = best(explained.boxes);
    return box && { place: { space: 'lps', boxLps: box.box }, score: box.score };
  }
  // A volume that is read slice by slice has boxes in 3D among the candidates only, which take a whole detection.
  if (explained.candidates) {
    const candidate = best(explained.candidates);
    return candidate && { place: { space: 'lps', boxLps: candidate.boxLps }, score: candidate.score };
  }
  if (inVolume) return null;
  const box = best(explained.boxes);
  if (!box) return null;
  const [x0, y0, x1, y1] = box.box;
  return {
    place: { space: 'px', boxPx: [x0, y0, x1 - x0, y1 - y0], frame: explained.frame },
    score: box.score,
  };
}
