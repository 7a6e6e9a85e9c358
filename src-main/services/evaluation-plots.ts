import { mkdir } from 'node:fs/promises';
import { AppError } from '../core/app-error';
// Not through the folder's index: that would load the PDF writer for a chart.
import type { ExportedFile } from '../exporters/exported-file';
import { writeFilesAtomically } from '../exporters/write-files';
import { svgToPng } from '../graphics/svg-to-png';

/** Pixels of the PNG per unit of the SVG: 1440 px across, 300 dpi at 122 mm. */
const zoom = 2;

/**
 * Writes each plot as NAME.svg and NAME.png into `folder`, which is made where it is not there.
 * @returns the paths written
 * @throws AppError export.failed
 */
export async function writePlots(
  folder: string,
  plots: readonly { readonly name: string; readonly svg: string }[],
): Promise<string[]> {
  const files: ExportedFile[] = [];
  for (const { name, svg } of plots) {
    files.push({ name: `${name}.svg`, bytes: Buffer.from(svg, 'utf8') });
    files.push({ name: `${name}.png`, bytes: await svgToPng(svg, zoom) });
  }
  try {
    await mkdir(folder, { recursive: true });
  } catch (cause) {
    throw new AppError(
      'export.failed',
      'The folder for the plots cannot be made.',
      'Choose another folder.',
      { file: folder },
      { cause },
    );
  }
  return writeFilesAtomically(folder, files);
}
