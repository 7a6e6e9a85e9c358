import { setImmediate } from 'node:timers/promises';
import { AppError } from '../../core/app-error';
import { featureDistance, fitFeatures } from '../../core/quality/feature-model';
import { checkSize, checkStatistics, fitLimits } from '../../core/quality/statistic-limits';
import type { InputSpec } from '../bundle/schema';
import type { CompiledNetwork } from '../network/compiled';
import { levelsWithin } from '../network/pooled-features';
import type { Pixels } from '../preprocess/sample';
import { createRandom, shuffled } from '../random';
import { gateShardFile, packGate } from './gate-shard';
import type { GateSpec } from './gate-spec';
import { quantile, roomBetweenSources } from './source-room';
import {
  gateStatistics,
  gateView,
  variedView,
  wholePicture,
  type GateView,
  type WholePicture,
} from './gate-view';

/** A picture that is fit to be analysed. */
export interface GatePicture {
  readonly pixels: Pixels;
  /** Largest value its type can hold. */
  readonly depthMax: number;
  /** Where it comes from: how far sources lie apart says how far another hospital may. */
  readonly source?: string | undefined;
}

export interface FittedGate {
  readonly spec: GateSpec;
  /** For the bundle: file name and bytes. */
  readonly shard: readonly [string, Uint8Array];
}

/** Enough for the statistics to settle; each costs two or three passes through the backbone. */
const mostTraining = 300;
const mostHeld = 200;
/** With fewer, the distance of an unseen picture says little. */
const leastTraining = 24;
/** Levels whose features tell kinds of pictures apart best (docs/benchmarks.md); the deepest are too much the task's. */
const levels = [3, 4] as const;
const kept = 32;
/**
 * The threshold is the largest of: what 90 % of held-back pictures stay below, with room for other hospitals, which those
 * are not from; what 98 % of them stay below, with a little; and what 95 % of varied ones do. The first decides unless a
 * few held-back pictures lie far out.
 */
const usual = { share: 0.9, room: 1.5 } as const;
const outermost = { share: 0.98, room: 1.1 } as const;
const variedShare = 0.95;
/** Where the training's own sources lie further apart than that, so may another hospital: but not without end. */
const mostBetween = 1.7;

/**
 * Fits the quality gate of a trained network: limits of plain statistics, and feature statistics of the training
 * pictures, plain and varied.
 * @param held pictures that the network was not trained on; with none, varied training pictures stand in
 * @returns null where there are too few pictures to tell what is usual
 * @throws AppError job.cancelled
 */
export async function fitGate(
  network: CompiledNetwork,
  input: InputSpec,
  training: readonly GatePicture[],
  held: readonly GatePicture[],
  { seed = 1, signal }: { seed?: number; signal?: AbortSignal | undefined } = {},
): Promise<FittedGate | null> {
  // A picture that is drawn several times an epoch counts once.
  const known = shuffled([...new Set(training)], createRandom(seed, 11)).slice(0, mostTraining);
  const unseen = shuffled([...new Set(held)], createRandom(seed, 12)).slice(0, mostHeld);
  const used = levelsWithin(network.architecture, levels);
  if (known.length < leastTraining || used.length === 0) return null;

  const features = async (views: Iterable<GateView>): Promise<Float32Array[]> => {
    const rows: Float32Array[] = [];
    for (const { image, inside } of views) {
      if (signal?.aborted)
        throw new AppError('job.cancelled', 'Training was cancelled.', 'Start it again to go on.');
      rows.push(network.pooledFeatures(image, inside, used));
      await setImmediate();
    }
    return rows;
  };
  const whole = (p: GatePicture): WholePicture => wholePicture(p.pixels, input, p.depthMax);
  const plain = (pictures: readonly GatePicture[]): Promise<Float32Array[]> =>
    features(lazily(pictures, (p) => gateView(whole(p), input)));
  const varied = (pictures: readonly GatePicture[], stream: number): Promise<Float32Array[]> =>
    features(lazily(pictures, (p, n) => variedView(whole(p), input, createRandom(seed, stream, n))));

  const asTheyAre = await plain(known);
  const model = fitFeatures([...asTheyAre, ...(await varied(known, 13))], kept);
  const distances = (rows: readonly Float32Array[]): number[] =>
    rows.map((row) => featureDistance(model, row));
  const ofHeld = distances(await plain(unseen));
  const others = distances(await varied(unseen.length > 0 ? unseen : known, 14));
  const between = roomBetweenSources(
    asTheyAre.map((row, n) => ({ row, source: known[n]!.source ?? '' })),
    kept,
  );
  const outer = quantile(ofHeld, outermost.share);
  const threshold = Math.max(
    usual.room * quantile(ofHeld, usual.share),
    outermost.room * outer,
    Math.min(mostBetween, between) * outer,
    quantile(others, variedShare),
  );

  const statistics = known.map((p) => gateStatistics(p.pixels, whole(p), p.depthMax));
  const limits = fitLimits(statistics, input.channels);
  const heldFlagged = unseen.filter(
    (p, n) =>
      checkSize(p.pixels.width, p.pixels.height) !== null ||
      checkStatistics(gateStatistics(p.pixels, whole(p), p.depthMax), limits, input.channels) !== null ||
      ofHeld[n]! > threshold,
  ).length;

  const bytes = packGate(model);
  return {
    spec: {
      limits: limits as GateSpec['limits'],
      features: {
        shard: { file: gateShardFile, bytes: bytes.length },
        levels: used,
        count: model.mean.length,
        kept: model.variances.length,
        residual: model.residual,
        threshold,
      },
      fitted: { pictures: known.length, held: unseen.length, heldFlagged },
    },
    shard: [gateShardFile, bytes],
  };
}

function* lazily<T, U>(items: readonly T[], make: (item: T, n: number) => U): Generator<U> {
  for (const [n, item] of items.entries()) yield make(item, n);
}
