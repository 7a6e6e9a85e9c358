import { basename, dirname } from 'node:path';
import type { ScannedSeries, SkippedFile } from '../contract/entities';
import type { CommandContext } from './command';
import { inert } from './output';

/** The file of a one-file series; else the folder that holds all of its files. */
export function seriesPath(series: ScannedSeries): string {
  const [first, ...rest] = series.files;
  if (first === undefined || rest.length === 0) return first ?? '';
  let folder = dirname(first);
  while (!rest.every((file) => file.startsWith(folder)) && dirname(folder) !== folder)
    folder = dirname(folder);
  return folder;
}

/** What was refused, on stderr: one line a file, with its reason. */
export function printSkipped(context: CommandContext, skipped: readonly SkippedFile[]): void {
  for (const { file, reason: said } of skipped) {
    // A reader's message may begin with the file's name, which stands here already.
    const reason = said.startsWith(`${basename(file)}: `) ? said.slice(basename(file).length + 2) : said;
    if (context.json) context.io.err(JSON.stringify({ refused: { file, reason } }) + '\n');
    else context.io.err(inert(`Refused: ${file}: ${reason}`) + '\n');
  }
}
