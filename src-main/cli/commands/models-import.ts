import { Option, type Command } from 'commander';
import { modelsFolder } from '../app-root';
import type { CommandSet } from '../command';
import { exitCode } from '../io';
import { printJson } from '../output';

interface ImportFlags {
  id?: string;
  label?: string[];
  bodyPart?: string[];
  precision: 'float16' | 'float32';
  replace?: boolean;
}

const several = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];

export function addModelsImport(models: Command, commands: CommandSet): void {
  const command = models
    .command('import')
    .description(
      'install a model made elsewhere: a MONAI bundle, or a TensorFlow.js model with regio-mapping.json',
    )
    .argument('<path>', 'folder or zip archive of the model')
    .option('--id <id>', 'id of the new model (default: from its name)')
    .option('--label <label>', 'what it finds; once for each class', several)
    .option('--body-part <part>', 'DICOM Body Part Examined it is meant for; may be repeated', several)
    .addOption(
      new Option('--precision <type>', 'how weights are stored; float16 rounds them')
        .choices(['float32', 'float16'])
        .default('float32'),
    )
    .option('--replace', 'overwrite a model of the same id');
  commands.add<ImportFlags>(
    command,
    'regio models import lung_nodule_ct_detection',
    async (context, [path], flags) => {
      const { importModel } = await import('../../services/model-import');
      context.progress.report(0, 'Reading the model');
      const bundle = await importModel(context.path(path!), modelsFolder(context.io), {
        id: flags.id,
        labels: flags.label,
        bodyParts: flags.bodyPart?.map((part) => part.toUpperCase()),
        precision: flags.precision,
        replace: flags.replace,
      });
      if (context.json) {
        printJson(context.io, {
          modelId: bundle.id,
          version: bundle.version,
          modelHash: bundle.modelHash,
          folder: bundle.folder,
        });
      } else {
        context.io.out(`Imported ${bundle.id} ${bundle.version} (${bundle.modelHash.slice(0, 12)}).\n`);
        context.io.out('Not measured by Regio: see its MODEL_CARD.md before relying on it.\n');
      }
      return exitCode.done;
    },
  );
}
