import type { Command } from 'commander';
import { modelsFolder } from '../app-root';
import type { CommandSet } from '../command';
import { exitCode } from '../io';
import { printError, printJson, table } from '../output';
import { withEngine } from '../session';
import { addModelsImport } from './models-import';

export function addModels(program: Command, commands: CommandSet): void {
  const models = program.command('models').description('the installed models');

  const list = models
    .command('list')
    .description('what is installed, for which images, and how well it does');
  commands.add(list, 'regio models list', async (context) => {
    const found = await withEngine(context, (engine, call) => engine.call('listModels', {}, call));
    if (context.json) printJson(context.io, { models: found });
    else if (found.length === 0) context.io.out('No models.\n');
    else {
      const head = ['model', 'version', 'modality', 'body part', 'labels', 'threshold', 'AP50', 'hash'];
      const rows = found.map((m) => [
        m.modelId,
        m.version,
        m.modalities.join(', '),
        m.bodyParts.join(', ') || null,
        m.labels.join(', '),
        m.threshold.toFixed(3),
        m.metrics['AP50']?.toFixed(3) ?? null,
        m.modelHash.slice(0, 12),
      ]);
      context.io.out(table(head, rows));
    }
    return exitCode.done;
  });

  const verify = models
    .command('verify')
    .description(
      'check every file of every model against its checksums, and its network on its golden input',
    );
  commands.add(verify, 'regio models verify', async (context) => {
    const { verifyModels } = await import('../../services/model-check');
    const checks = await verifyModels(modelsFolder(context.io));
    if (context.json) {
      printJson(context.io, {
        models: checks.map(({ error, ...c }) => ({ ...c, error: error?.toShape() ?? null })),
      });
    } else {
      const rows = checks.map((c) => [
        c.folder,
        c.version,
        c.error ? c.error.code : 'ok',
        c.selfTest === 'none' ? 'has none' : c.selfTest,
        c.modelHash?.slice(0, 12) ?? null,
      ]);
      context.io.out(table(['model', 'version', 'state', 'self-test', 'hash'], rows));
      for (const { error } of checks) if (error) printError(context.io, error, false);
    }
    return checks.some((c) => c.error) ? exitCode.refused : exitCode.done;
  });

  addModelsImport(models, commands);
}
