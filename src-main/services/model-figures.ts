import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../core/app-error';
import { drawModel, listBundles, renderModelsPage } from '../inference';

export interface FiguresOptions {
  readonly modelsFolder: string;
  /** Left out: all. */
  readonly modelId?: string | undefined;
  readonly recipesFolder: string;
  readonly dataRoot: string;
  readonly outFolder: string;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((fraction: number, step: string) => void) | undefined;
}

export interface DrawnModel {
  readonly modelId: string;
  readonly files: readonly string[];
  /** False where a picture of the sample does not show what the bundle's record says. */
  readonly asRecorded: boolean;
}

/** Draws models on the validation pictures that their bundles name. @throws AppError model.not-found, and as drawModel */
export async function drawModelFigures(options: FiguresOptions): Promise<DrawnModel[]> {
  const { bundles } = await listBundles(options.modelsFolder);
  const chosen = bundles.filter(({ id }) => options.modelId === undefined || id === options.modelId);
  if (chosen.length === 0) {
    throw new AppError(
      'model.not-found',
      `There is no model "${options.modelId ?? ''}".`,
      `Installed: ${bundles.map((b) => b.id).join(', ') || 'none'}.`,
    );
  }
  const drawn: DrawnModel[] = [];
  for (const [n, bundle] of chosen.entries()) {
    options.onProgress?.(n / chosen.length, bundle.name);
    const figures = await drawModel(bundle.folder, {
      recipe: join(options.recipesFolder, `${bundle.id}.json`),
      dataRoot: options.dataRoot,
      signal: options.signal,
    });
    if (!figures) continue;
    const folder = join(options.outFolder, bundle.id);
    await mkdir(folder, { recursive: true });
    const files: string[] = [];
    for (const [name, png] of figures.pictures) {
      files.push(join(folder, `${name}.png`));
      await writeFile(files[files.length - 1]!, png);
    }
    const recorded = bundle.validation?.sample.images ?? [];
    drawn.push({
      modelId: bundle.id,
      files,
      asRecorded: JSON.stringify(figures.sample) === JSON.stringify(recorded),
    });
  }
  return drawn;
}

/** docs/models.md of the bundles of a folder. */
export const modelsPage = async (modelsFolder: string): Promise<string> =>
  renderModelsPage((await listBundles(modelsFolder)).bundles);
