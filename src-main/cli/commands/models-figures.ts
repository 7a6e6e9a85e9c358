import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { appRoot, modelsFolder } from '../app-root';
import type { CommandSet } from '../command';
import { exitCode } from '../io';
import { printJson } from '../output';

interface Options {
  data?: string;
  out?: string;
  page?: string;
}

/** `regio models figures [ID]`: hits, misses and false alarms on validation pictures, and the page of all models. */
export function addModelsFigures(models: Command, commands: CommandSet): void {
  const figures = models
    .command('figures')
    .description('draw hits, misses and false alarms of the validation pictures that a model names')
    .argument('[model]', 'id of an installed model (default: all)')
    .option(
      '--data <folder>',
      'where the data sets of the recipes lie (default: shared/data beside the program)',
    )
    .option('--out <folder>', 'where the pictures go (default: out/models)')
    .option('--page <file>', 'write the page of all models (docs/models.md) and draw nothing');
  commands.add<Options>(
    figures,
    'regio models figures colonoscopy-polyp',
    async (context, [modelId], options) => {
      const { drawModelFigures, modelsPage } = await import('../../services/model-figures');
      const folder = modelsFolder(context.io);
      if (options.page !== undefined) {
        await writeFile(context.path(options.page), await modelsPage(folder));
        return exitCode.done;
      }
      const drawn = await drawModelFigures({
        modelsFolder: folder,
        modelId,
        recipesFolder: join(appRoot(), 'models', 'recipes'),
        dataRoot:
          options.data === undefined ? join(appRoot(), '..', 'shared', 'data') : context.path(options.data),
        outFolder: context.path(options.out ?? join('out', 'models')),
        signal: context.io.signal,
        onProgress: context.progress.report,
      });
      if (context.json) printJson(context.io, { models: drawn });
      else
        for (const { files, asRecorded, modelId: id } of drawn) {
          context.io.out(files.map((file) => `${file}\n`).join(''));
          if (!asRecorded) context.io.out(`${id} does not find what its bundle says: measure it again.\n`);
        }
      return exitCode.done;
    },
  );
}
