import { calibrateScore } from '../../core/evaluation/platt';
import { countOutcome, pictureOutcomes } from '../../core/evaluation/picture-outcomes';
import { svgToPng } from '../../graphics/svg-to-png';
import { readBundle } from '../bundle/read';
import { CompiledNetwork } from '../network/compiled';
import { loadTensorflow } from '../tensorflow';
import { loadSamples, type Sample } from '../training/dataset';
import { readRecipe } from '../training/recipe';
import { findInSamples, ofOneKind } from '../training/validate';
import { drawFigures, type FigurePicture } from './draw-picture';

export interface ModelFigures {
  /** PNG by name: `sample` (drawn by chance), `misses`, `false-alarms`. */
  readonly pictures: ReadonlyMap<string, Uint8Array>;
  /** Of the sample, as they are found now; the bundle's record says what they were when it was measured. */
  readonly sample: readonly { image: string; hits: number; misses: number; falseAlarms: number }[];
}

/**
 * Draws what a picture model makes of the validation pictures that its bundle names: six by chance, and those with the
 * worst misses and false alarms.
 * @returns null of models that read volumes, and where nothing was measured
 * @throws AppError as readBundle and the readers of recipe and data
 */
export async function drawModel(
  bundleFolder: string,
  {
    recipe: recipeFile,
    dataRoot,
    signal,
  }: { recipe: string; dataRoot: string; signal?: AbortSignal | undefined },
): Promise<ModelFigures | null> {
  const opened = await readBundle(bundleFolder);
  const { validation } = opened.bundle;
  if (opened.kind !== 'picture' || !validation) return null;
  const { bundle, architecture } = opened;
  const { calibration, input, proposals, labels, thresholds } = bundle;
  const recipe = await readRecipe(recipeFile);
  const own = { ...recipe, input, proposals, bundle: { ...recipe.bundle, labels } };
  const groups = {
    sample: validation.sample.images.map((i) => i.image),
    misses: [...new Set(validation.worstMisses.map((m) => m.image))],
    'false-alarms': [...new Set(validation.worstFalseAlarms.map((m) => m.image))],
  };
  const wanted = new Set(Object.values(groups).flat());
  const all = await loadSamples(recipe.data.validation, dataRoot, input.channels, labels, signal);
  const samples = all.filter((s) => wanted.has(s.fileName));
  const network = new CompiledNetwork(
    await loadTensorflow(),
    architecture,
    bundle.anchors,
    input,
    proposals,
    opened.parameters(),
  );
  try {
    const found = await findInSamples(network, own, samples, signal);
    const [truth, raw] = ofOneKind(found.truth, found.detections);
    const detections = raw.map((d) => ({
      ...d,
      category_id: 0,
      score: calibration ? calibrateScore(calibration, d.score) : d.score,
    }));
    const outcomes = pictureOutcomes(
      { ...truth, categories: [{ id: 0, name: 'lesion' }] },
      detections,
      thresholds.default,
      bundle.hit,
    );
    const drawn = new Map(samples.map((sample, n) => [sample.fileName, toFigure(sample, outcomes[n]!)]));
    const pictures = new Map<string, Uint8Array>();
    for (const [name, images] of Object.entries(groups)) {
      const figures = images.flatMap((image) => drawn.get(image) ?? []);
      if (figures.length === 0) continue;
      const title = `${bundle.id} ${bundle.version}: ${titles[name as keyof typeof groups]}, threshold ${thresholds.default.toFixed(4)}`;
      pictures.set(name, await svgToPng(drawFigures(title, figures)));
    }
    const sample = groups.sample.flatMap((image) => {
      const figure = drawn.get(image);
      return figure ? [{ image, ...countOutcome(figure.outcome) }] : [];
    });
    return { pictures, sample };
  } finally {
    network.dispose();
  }
}

const titles = {
  sample: 'validation pictures drawn by chance',
  misses: 'largest lesions missed',
  'false-alarms': 'best-scored false alarms',
} as const;

const toFigure = (sample: Sample, outcome: FigurePicture['outcome']): FigurePicture => ({
  pixels: sample.pixels,
  depthMax: sample.depthMax,
  outcome,
});
