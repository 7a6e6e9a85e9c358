import { join } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { exportFormat, type ExportFormat, type StudySummary } from '../../contract/entities';
import { AppError } from '../../core/app-error';
import type { CommandSet } from '../command';
import { exitCode } from '../io';
import { printJson } from '../output';
import { finishedJob, withServices } from '../session';

interface Options {
  case: string;
  format: ExportFormat[];
  out: string;
}

export function addExport(program: Command, commands: CommandSet): void {
  const formats = new Option('--format <list>', 'any of pdf,sr,csv,json').argParser(parseFormats);
  const command = program
    .command('export')
    .description('write the report of a case; preliminary while findings are pending')
    .requiredOption('--case <id>', 'case id, or its Study Instance UID (regio studies)')
    .addOption(formats.default(exportFormat.options, 'all'))
    .requiredOption('--out <folder>', 'where to write');
  commands.add<Options>(
    command,
    'regio export --case ID --format pdf,sr --out out',
    async (context, _, options) => {
      const folder = context.path(options.out);
      const result = await withServices(context, async (services) => {
        const study = findCase(await services.handlers['studies.list'](undefined), options.case);
        const request = { studyId: study.studyId, formats: options.format, folder };
        const started = await services.handlers['export.start'](request);
        if (!started) throw new Error('an export to a given folder asks nobody');
        return (await finishedJob(services, started.jobId)).result;
      });
      if (result?.kind !== 'export') throw new Error('an export job ended without a result');
      const { preliminary } = result;
      const files = result.files.map((name) => join(result.folder, name));
      if (context.json) printJson(context.io, { folder: result.folder, files, preliminary });
      else {
        context.io.out(files.map((file) => `${file}\n`).join(''));
        if (preliminary) context.io.err('Preliminary: nobody has signed this case yet.\n');
      }
      return exitCode.done;
    },
  );
}

function parseFormats(list: string): ExportFormat[] {
  const parsed = exportFormat
    .array()
    .min(1)
    .safeParse([...new Set(list.split(',').map((f) => f.trim()))]);
  if (!parsed.success) throw new InvalidArgumentError(`Give any of ${exportFormat.options.join(',')}.`);
  return parsed.data;
}

function findCase(studies: readonly StudySummary[], asked: string): StudySummary {
  const found = studies.find((s) => s.studyId === asked || s.studyInstanceUid === asked);
  if (found) return found;
  throw new AppError('not-found', `There is no case "${asked}".`, 'See regio studies for the ids.');
}
