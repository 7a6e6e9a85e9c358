import { join } from 'node:path';
import type { Command } from 'commander';
import { appRoot, modelsFolder } from '../app-root';
import type { CommandSet } from '../command';
import { exitCode } from '../io';
import { printJson } from '../output';
import { modelText } from '../model-text';

interface Options {
  data?: string;
  recipe?: string;
  gate?: boolean;
}

/** `regio models measure ID`: what a training measures at its end, without a training. */
export function addModelsMeasure(models: Command, commands: CommandSet): void {
  const measure = models
    .command('measure')
    .description(
      'measure a model on its validation data: metrics, calibration, operating points, golden input and card are written anew, weights stay',
    )
    .argument('<model>', 'id of an installed model')
    .option(
      '--data <folder>',
      'where the data sets of the recipe lie (default: shared/data beside the program)',
    )
    .option('--recipe <file>', "the model's recipe (default: of that name in models/recipes)")
    .option('--gate', "fit the quality gate anew to the recipe's training pictures");
  commands.add<Options>(
    measure,
    'regio models measure colonoscopy-polyp',
    async (context, [modelId], options) => {
      const { measureModel } = await import('../../services/training');
      const measured = await measureModel(modelsFolder(context.io), modelId!, {
        recipe:
          options.recipe === undefined
            ? join(appRoot(), 'models', 'recipes', `${modelId!}.json`)
            : context.path(options.recipe),
        dataRoot:
          options.data === undefined ? join(appRoot(), '..', 'shared', 'data') : context.path(options.data),
        packageRoot: join(appRoot(), '.cache', 'demo'),
        gate: options.gate,
        signal: context.io.signal,
      });
      if (context.json) printJson(context.io, measured.bundle);
      else context.io.out(modelText(measured.bundle));
      return exitCode.done;
    },
  );
}
