import { AppError } from '../core/app-error';
import type { EndpointInput, EndpointOutput } from '../contract/endpoints';
import type { Engine } from '../contract/engine-protocol';
import type { SeriesRow, Store } from '../storage';
import { chooseModel } from './choose-model';
import { sameFiles } from './detection';
import type { ActiveModels } from './model-family';
import { mutable } from './mutable';
import { readStudy } from './studies';

type Request = EndpointInput<'series.explain'>;

/**
 * What a model made of one point of a series of this study.
 *
 * @throws AppError 'not-found', 'model.not-found', 'model.none-fits', 'request.invalid'; 'job.cancelled' where the series
 *   was removed or its files changed meanwhile: the answer would be about another picture.
 */
export async function explainPoint(
  { store, engine, activeModels }: { store: Store; engine: Engine; activeModels: () => ActiveModels },
  { studyId, seriesId, modelId, point, whole }: Request,
): Promise<EndpointOutput<'series.explain'>> {
  const series = seriesOf(store, studyId, seriesId);
  if (!series) {
    throw new AppError('not-found', 'This series is not part of the study.', 'Open the study again.');
  }
  const models = await engine.call('listModels', {});
  const wanted = modelId ?? lastModel(store, studyId, seriesId);
  const model = chooseModel(series.scanned, models, wanted, activeModels());
  const answer = await engine.call('explain', {
    series: mutable(series.scanned),
    modelId: model.modelId,
    point,
    whole,
  });
  const now = seriesOf(store, studyId, seriesId);
  if (!now || !sameFiles(now, series)) {
    throw new AppError('job.cancelled', 'The series changed while it was being read.', 'Ask again.');
  }
  return answer;
}

/** @throws AppError 'not-found' where the study is gone; undefined where the series is another study's */
const seriesOf = (store: Store, studyId: string, seriesId: string): SeriesRow | undefined =>
  readStudy(store, studyId).series.find((s) => s.seriesId === seriesId);

/** The model whose findings the series shows. */
function lastModel(store: Store, studyId: string, seriesId: string): string | null {
  const { resultSets, read } = readStudy(store, studyId);
  const shown = read.find((result) => result.seriesId === seriesId)?.resultSetId;
  return resultSets.find((set) => set.resultSetId === shown)?.modelId ?? null;
}
