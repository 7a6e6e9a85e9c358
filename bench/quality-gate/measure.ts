import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NotAnalysable } from '../../src-main/core/quality/verdict';
import type { RasterImage } from '../../src-main/core/volume/volume';
import { loadImage, scanPaths } from '../../src-main/imaging';
import { loadDetector, type Detector } from '../../src-main/inference';
import { createRandom, shuffled } from '../../src-main/inference/random';
import { madeUnsuitable, spoilt } from './made-unsuitable';

interface Settings {
  readonly models: string;
  readonly ids: readonly string[];
  readonly data: string;
  readonly recipes: string;
  /** Pictures from packages. */
  readonly pictures: string;
  /** Of each other model's validation pictures. */
  readonly others: number;
}

interface Source {
  readonly coco: string;
  readonly images: string;
}
interface Recipe {
  readonly kind?: string;
  readonly data: { readonly train: readonly Source[]; readonly validation: readonly Source[] };
}

const settings = JSON.parse(process.argv[2]!) as Settings;
const unsuitableWanted = 60;

const recipeOf = (id: string): Recipe =>
  JSON.parse(readFileSync(join(settings.recipes, `${id}.json`), 'utf8')) as Recipe;

function pathsOf(sources: readonly Source[]): string[] {
  return sources.flatMap(({ coco, images }) => {
    const { images: list } = JSON.parse(readFileSync(join(settings.data, coco), 'utf8')) as {
      images: { file_name: string }[];
    };
    return list.map((i) => join(settings.data, images, i.file_name));
  });
}

/** As the program reads it. */
async function read(path: string): Promise<RasterImage> {
  const { series } = await scanPaths([path]);
  return loadImage(series[0]!, 0, {});
}

interface Tally {
  flagged: number;
  count: number;
  passed: string[];
  reasons: Record<string, number>;
  milliseconds: number;
}

async function judge(detector: Detector, pictures: AsyncIterable<[string, RasterImage]>): Promise<Tally> {
  const tally: Tally = { flagged: 0, count: 0, passed: [], reasons: {}, milliseconds: 0 };
  for await (const [name, image] of pictures) {
    const started = performance.now();
    const found: NotAnalysable | null = await detector.judgeImage(image);
    tally.milliseconds += performance.now() - started;
    tally.count++;
    if (!found) tally.passed.push(name);
    else {
      tally.flagged++;
      tally.reasons[found.reason] = (tally.reasons[found.reason] ?? 0) + 1;
    }
  }
  return tally;
}

async function* fromFiles(paths: readonly string[]): AsyncGenerator<[string, RasterImage]> {
  for (const path of paths) yield [path.split(/[\\/]/).pop()!, await read(path)];
}

/** Made pictures, all from packages that are none of the model's kind, and spoilt validation pictures up to 60. */
async function* unsuitable(id: string, held: readonly string[]): AsyncGenerator<[string, RasterImage]> {
  const made = madeUnsuitable();
  yield* made;
  const retina = ['retina.jpg', 'microaneurysms.png'];
  const files = readdirSync(settings.pictures)
    .sort()
    .filter((f) => !id.startsWith('fundus') || !retina.includes(f));
  yield* fromFiles(files.map((f) => join(settings.pictures, f)));
  let left = unsuitableWanted - made.length - files.length;
  for (let n = 0; left > 0; n++) {
    const path = held[n % held.length]!;
    for (const [name, image] of spoilt(await read(path), n).slice(0, left)) {
      yield [`${name} ${n + 1}`, image];
      left--;
    }
  }
}

const percent = ({ flagged, count }: Tally): string =>
  `${flagged} of ${count} (${((100 * flagged) / count).toFixed(1)} %)`;

async function main(): Promise<void> {
  const held = new Map(
    readdirSync(settings.recipes)
      .filter((f) => f.endsWith('.json') && !f.endsWith('.held-out.json'))
      .map((f) => f.slice(0, -5))
      .filter((id) => recipeOf(id).kind !== 'volume' && !id.endsWith('-only'))
      .map((id) => [id, shuffled(pathsOf(recipeOf(id).data.validation), createRandom(1))]),
  );
  for (const id of settings.ids) {
    const detector = await loadDetector(join(settings.models, id));
    if (detector.bundle.kind !== 'picture' || !detector.bundle.gate) {
      console.log(`${id}: has no gate for pictures`);
      detector.dispose();
      continue;
    }
    const own = held.get(id)!;
    const [unfit, fit] = [await judge(detector, unsuitable(id, own)), await judge(detector, fromFiles(own))];
    console.log(`\n${id} ${detector.bundle.version}`);
    console.log(`  unsuitable, turned away    ${percent(unfit)}  ${JSON.stringify(unfit.reasons)}`);
    if (unfit.passed.length > 0) console.log(`    let pass: ${unfit.passed.join(', ')}`);
    for (const [other, paths] of held) {
      if (other === id) continue;
      const tally = await judge(detector, fromFiles(paths.slice(0, settings.others)));
      console.log(`  of ${other.padEnd(22)}  ${percent(tally)}`);
    }
    console.log(`  validation, turned away    ${percent(fit)}  ${JSON.stringify(fit.reasons)}`);
    console.log(`  ${(fit.milliseconds / fit.count).toFixed(1)} ms a validation picture`);
    detector.dispose();
  }
}

void main();
