import { AppError } from '../../core/app-error';
import { readBundle, type OpenedBundle } from '../bundle/read';
import type { GoldenFile, GoldenInput } from '../bundle/golden-file';
import { openDetector } from '../detector';
import type { Detector } from '../detector-types';
import { goldenPicture, goldenVolume, pictureInput, volumeInput } from './golden-input';

type Golden = GoldenFile['proposals'][number];

/** Scores may differ by so much, boxes by this share of the canvas: what the order of sums on another processor gives. */
const tolerance = 1e-4;
const kept = 5;
const seedsTried = 6;

/**
 * A detector that was found to find what it found where it was made, or whose bundle cannot say (older and imported ones).
 * @throws AppError as readBundle; model.self-test
 */
export async function loadTestedDetector(bundleFolder: string): Promise<Detector> {
  const opened = await readBundle(bundleFolder);
  await selfTest(opened);
  return openDetector(opened);
}

/** Whether a bundle finds on this machine what it found where it was made; `none` where it carries no golden.json. */
export type SelfTest = 'passed' | 'none';

/** {@link selfTest} of the bundle in a folder. @throws AppError as readBundle; model.self-test */
export const testBundle = async (bundleFolder: string): Promise<SelfTest> =>
  selfTest(await readBundle(bundleFolder));

/**
 * Runs the network on its golden input.
 * @throws AppError model.self-test where it finds something else
 */
async function selfTest(opened: OpenedBundle): Promise<SelfTest> {
  const { golden, bundle } = opened;
  if (!golden) return 'none';
  const found = await runOn(opened, (detector) => propose(detector, golden.input));
  const side = golden.input.kind === 'picture' ? golden.input.width : mmSide(opened, golden.input.dims);
  const missing = golden.proposals.find(
    (wanted) =>
      !found.some(
        (f) =>
          f.label === wanted.label &&
          Math.abs(f.score - wanted.score) <= tolerance &&
          f.box.every((v, d) => Math.abs(v - wanted.box[d]!) <= tolerance * side),
      ),
  );
  if (!missing) return 'passed';
  const nearest = found.find((f) => f.label === missing.label);
  throw new AppError(
    'model.self-test',
    `${bundle.name} ${bundle.version} does not find on its test image what it found when it was made: ` +
      `a mark scored ${missing.score.toFixed(4)} ${nearest ? `is missing; the best one here has ${nearest.score.toFixed(4)}` : 'is missing, and nothing else is there'}.`,
    'Detection with this model is off. Install it again; if that does not help, this computer calculates it wrongly: report its processor.',
    { file: bundle.folder, field: 'golden.json' },
  );
}

/**
 * What a bundle's network finds on a made input, for golden.json. Of a few inputs the one whose best marks have the most
 * different scores: marks of nearly equal scores may change places, and suppress each other, for nothing.
 * @returns null where it finds nothing in any of them
 */
export async function makeGolden(bundleFolder: string): Promise<GoldenFile | null> {
  const opened = await readBundle(bundleFolder);
  return runOn(opened, async (detector) => {
    let best: GoldenFile | null = null;
    let bestGap = -1;
    for (let seed = 1; seed <= seedsTried; seed++) {
      const input = inputOf(opened, seed);
      const found = await propose(detector, input);
      const proposals = found.slice(0, kept);
      const gap = Math.min(...proposals.map((p, n) => p.score - (found[n + 1]?.score ?? 0)));
      if (proposals.length === 0 || gap <= bestGap) continue;
      best = { format: 'regio-golden-1', input, proposals };
      bestGap = gap;
    }
    return best;
  });
}

function inputOf({ bundle }: OpenedBundle, seed: number): GoldenInput {
  switch (bundle.kind) {
    case 'picture':
      return pictureInput(bundle.input, seed);
    case 'volume':
      return volumeInput(bundle.input, seed);
    case 'mapped': {
      const { width, height, channels } = bundle.input;
      return { kind: 'picture', width, height, channels, seed };
    }
  }
}

async function runOn<T>(opened: OpenedBundle, work: (detector: Detector) => Promise<T>): Promise<T> {
  const detector = await openDetector(withoutGuards(opened));
  try {
    return await work(detector);
  } finally {
    detector.dispose();
  }
}

/** The network, suppression and calibration alone: what keeps a detector from looking at made images is left out. */
function withoutGuards(opened: OpenedBundle): OpenedBundle {
  if (opened.kind !== 'volume') return opened;
  const { lungMask: _lungs, ...bundle } = opened.bundle;
  return { ...opened, bundle: { ...bundle, proposals: { ...bundle.proposals, scoreThreshold: 0 } } };
}

/** The network's own marks alone: where selective search points is no matter of the weights. */
async function propose(detector: Detector, input: GoldenInput): Promise<Golden[]> {
  const { bundle } = detector;
  const options = { minScore: 0, selectiveSearch: false };
  if (input.kind === 'picture') {
    const found = await detector.detectImage(goldenPicture(input, bundle.modalities[0]!), options);
    return found.map(({ label, score, box }) => ({ label, score, box: [...box] }));
  }
  if (bundle.kind !== 'volume') return [];
  const found = await detector.detectVolume(goldenVolume(input, bundle), options);
  return found.map(({ label, score, boxLps }) => ({ label, score, box: [...boxLps] }));
}

const mmSide = ({ bundle }: OpenedBundle, dims: readonly number[]): number =>
  bundle.kind === 'volume' ? Math.max(...bundle.input.spacing.map((s, a) => s * dims[a]!)) : 0;
