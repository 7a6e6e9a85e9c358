import { AppError } from '../../core/app-error';
import type { OpenedPictureBundle } from '../bundle/read';
import { recipe, type Recipe } from '../training/recipe';

/** Where the trained-on rows of the new bundle's record name the clinic's own pictures. */
export const ownCases = { name: 'Own reviewed cases', licence: 'the institution that read them' } as const;

/** Matching, losses and augmentation for bundles that do not keep their own: those of the shipped picture models. */
const usualLearning = {
  matching: { kind: 'top-k', k: 16 },
  losses: { objectness: 'quality-focal', box: 'giou', boxWeight: 2 },
  augmentation: {
    flipHorizontal: true,
    flipVertical: false,
    quarterTurns: false,
    rotationDegrees: 10,
    scale: [0.8, 1.25],
    stretch: 1.15,
    translate: 0.1,
    gamma: 1.3,
    brightness: 0.08,
    contrast: 0.15,
    colour: 0.08,
    biasField: 0,
    noise: 0.02,
  },
};

/**
 * How the old network goes on learning from few pictures without losing what it knows: its own data are not at hand, so
 * that its first stages stay as they are, the rest moves slowly, is drawn back to where it began, and is averaged.
 */
const cautiousSchedule = {
  batchSize: 4,
  learningRate: 3e-4,
  backboneRate: 0.1,
  warmUpSteps: 10,
  weightDecay: 0,
  pull: 2,
  emaDecay: 0.98,
  gradientClip: 10,
};
const leastFrozenStages = 3;

/** The recipe that a bundle goes on with. @throws AppError model.invalid where its own record does not fit */
export function fineTuningRecipe(base: OpenedPictureBundle, seed: number): Recipe {
  const { bundle, architecture } = base;
  const kept = bundle.learning ?? usualLearning;
  const schedule = (kept as { schedule?: Record<string, unknown> }).schedule ?? {};
  const frozen = typeof schedule['frozenStages'] === 'number' ? schedule['frozenStages'] : 0;
  const source = { ...ownCases, coco: '-', images: '-' };
  const parsed = recipe.safeParse({
    ...kept,
    bundle,
    limits: [],
    data: { train: [source], validation: [source] },
    architecture,
    input: bundle.input,
    anchors: bundle.anchors,
    proposals: bundle.proposals,
    selectiveSearch: bundle.selectiveSearch,
    volume: bundle.volume,
    scoreFloor: bundle.thresholds.scoreFloor,
    schedule: {
      canvasSize: schedule['canvasSize'],
      epochs: 1,
      ...cautiousSchedule,
      frozenStages: Math.max(leastFrozenStages, frozen),
    },
    seed,
  });
  if (parsed.success) return parsed.data;
  throw new AppError(
    'model.invalid',
    `${bundle.name} does not say how it can go on learning.`,
    'Install a version of the model made for this Regio.',
    { file: bundle.folder, field: parsed.error.issues[0]?.path.join('.') },
  );
}
