import type { Command } from 'commander';
import type { ModelSummary } from '../../contract/entities';
import { isActive } from '../../services/model-family';
import { activeModels } from '../active-models';
import { modelsFolder, ownModelsFolder } from '../app-root';
import type { CommandSet } from '../command';
import { exitCode } from '../io';
import { printError, printJson, table } from '../output';
import { withEngine } from '../session';
import { modelText } from '../model-text';
import { addModelsFigures } from './models-figures';
import { addModelsImport } from './models-import';
import { addModelsUse } from './models-use';
import { addModelsMeasure } from './models-measure';

export function addModels(program: Command, commands: CommandSet): void {
  const models = program.command('models').description('the installed models');

  const list = models
    .command('list')
    .description('what is installed, for which images, and how well it does');
  commands.add(list, 'regio models list', async (context) => {
    const found = await withEngine(context, (engine, call) => engine.call('listModels', {}, call));
    const active = await activeModels(context.io);
    const inUse = (m: ModelSummary): boolean | null => active && isActive(m, active);
    if (context.json) printJson(context.io, { models: found.map((m) => ({ ...m, active: inUse(m) })) });
    else if (found.length === 0) context.io.out('No models.\n');
    else {
      const head = [
        'model',
        'version',
        'in use',
        'modality',
        'body part',
        'labels',
        'threshold',
        'AP50',
        'hash',
      ];
      const rows = found.map((m) => [
        m.modelId,
        m.version,
        { true: 'yes', false: 'no', null: '?' }[String(inUse(m))]!,
        m.modalities.join(', '),
        m.bodyParts.join(', ') || null,
        m.labels.join(', '),
        m.threshold.toFixed(3),
        m.metrics['AP50']?.toFixed(3) ?? null,
        m.modelHash.slice(0, 12),
      ]);
      context.io.out(table(head, rows));
    }
    if (active === null && !context.json)
      context.io.out('Regio is open: which models are in use is seen there.\n');
    return exitCode.done;
  });

  const verify = models
    .command('verify')
    .description(
      'check every file of every model against its checksums, and its network on its golden input',
    );
  commands.add(verify, 'regio models verify', async (context) => {
    const { verifyModels } = await import('../../services/model-check');
    const checks = [
      ...(await verifyModels(modelsFolder(context.io))),
      ...(await verifyModels(ownModelsFolder(context.io))),
    ];
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

  addModelsUse(models, commands);
  const show = models
    .command('show')
    .description('operating points, calibration and figures of one model')
    .argument('<model>', 'id of an installed model');
  commands.add(show, 'regio models show colonoscopy-polyp', async (context, [modelId]) => {
    const { findBundle } = await import('../../services/model-check');
    const bundle = await findBundle(modelsFolder(context.io), modelId!);
    if (context.json) printJson(context.io, bundle);
    else context.io.out(modelText(bundle));
    return exitCode.done;
  });

  addModelsMeasure(models, commands);
  addModelsFigures(models, commands);
  addModelsImport(models, commands);
}
