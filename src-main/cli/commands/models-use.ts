import type { Command } from 'commander';
import { verdictText } from '../../core/evaluation/comparison-words';
import type { CommandSet } from '../command';
import { exitCode } from '../io';
import { printJson } from '../output';
import { withServices } from '../session';

export function addModelsUse(models: Command, commands: CommandSet): void {
  const use = models
    .command('use')
    .description('use a model made from reviewed cases from now on, or the shipped one again')
    .argument('<id>', 'see regio models list');
  commands.add(use, 'regio models use colonoscopy-polyp-clinic-1', async (context, [id]) => {
    const model = await withServices(context, async ({ handlers }) => {
      await handlers['models.use']({ modelId: id! });
      return (await handlers['models.list'](undefined)).find((m) => m.modelId === id)!;
    });
    if (context.json) printJson(context.io, { modelId: model.modelId, active: model.active });
    else {
      context.io.out(`${model.modelId} ${model.version} is used from now on.\n`);
      const verdict = model.fineTuned?.compared?.verdict;
      if (verdict) context.io.out(`${verdictText[verdict]}\n`);
    }
    return exitCode.done;
  });

  const discard = models
    .command('discard')
    .description('delete a model made from reviewed cases that is not in use')
    .argument('<id>', 'see regio models list');
  commands.add(discard, 'regio models discard colonoscopy-polyp-clinic-1', async (context, [id]) => {
    await withServices(context, ({ handlers }) =>
      Promise.resolve(handlers['models.discard']({ modelId: id! })),
    );
    if (context.json) printJson(context.io, { modelId: id, discarded: true });
    else context.io.out(`${id} is deleted.\n`);
    return exitCode.done;
  });
}
