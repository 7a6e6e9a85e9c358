import type { Command } from 'commander';
import type { CommandSet } from '../command';
import { exitCode } from '../io';
import { printJson } from '../output';

export function addTrain(program: Command, commands: CommandSet): void {
  const command = program
    .command('train')
    .description('train a model from a recipe; started again, it goes on where it was stopped')
    .argument('<recipe>', 'recipe file, see models/recipes');
  commands.add(command, 'regio train models/recipes/brain-mr-tumour.json', async (context, [recipe]) => {
    const { trainModel } = await import('../../services/training');
    const result = await trainModel(context.path(recipe!), {
      signal: context.io.signal,
      onProgress: context.progress.report,
    });
    if (context.json) printJson(context.io, result);
    return exitCode.done;
  });
}
