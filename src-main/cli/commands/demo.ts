import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { AppError } from '../../core/app-error';
import type { DemoResult } from '../../services/types';
import { appRoot } from '../app-root';
import type { CommandSet } from '../command';
import { exitCode } from '../io';
import { mm, printJson, table } from '../output';
import { printSkipped } from '../series';
import { withServices } from '../session';

const volumes = ['brain1', 'brain2', 'lung1', 'lung2'];

export function addDemo(program: Command, commands: CommandSet): void {
  const command = program
    .command('demo')
    .description('the main job once: import the demo studies, detect, print the findings, export the reports')
    .option('--out <folder>', 'where the reports go', 'out/demo');
  commands.add<{ out: string }>(command, 'regio demo --out out/demo', async (context, _, options) => {
    const paths = demoVolumes();
    const { runDemo } = await import('../../services');
    const result = await withServices(context, (services) =>
      runDemo({
        services,
        paths,
        outFolder: context.path(options.out),
        onStep: (step) => context.progress.report(0, step),
      }),
    );
    if (context.json) printJson(context.io, result);
    else {
      context.io.out(asText(result));
      printSkipped(context, result.skipped);
    }
    return result.skipped.length > 0 ? exitCode.refused : exitCode.done;
  });
}

function demoVolumes(): string[] {
  const folder = join(appRoot(), '.cache', 'demo', 'pyradiomics');
  const paths = volumes.map((name) => join(folder, `${name}_image.nrrd`));
  const missing = paths.find((path) => !existsSync(path));
  if (missing === undefined) return paths;
  throw new AppError('not-found', 'The demo volumes are not here yet.', 'Run npm run setup once.', {
    file: missing,
  });
}

function asText(result: DemoResult): string {
  const head = ['study', 'model', 'finding', 'label', 'score', 'centre (LPS)', 'size', 'unit'];
  const rows = result.rows.map((r) => [
    r.file,
    r.model,
    r.number,
    r.label,
    r.score.toFixed(3),
    r.center.map(mm).join(', '),
    r.size.map(mm).join(' x '),
    r.unit,
  ]);
  const notes = Object.entries(result.notes).map(([file, text]) => `${file}: ${text}\n`);
  const files = result.files.map((file) => `  ${file}\n`);
  return (
    (rows.length > 0 ? table(head, rows) : 'No findings.\n') + notes.join('') + 'Written:\n' + files.join('')
  );
}
