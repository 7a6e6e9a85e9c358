import { isAbsolute, relative, resolve } from 'node:path';
import { Option, type Command } from 'commander';
import type { DeidentifyReport } from '../../contract/deidentification';
import { optionWords } from '../../core/deidentification/option-words';
import { profileOptions } from '../../core/deidentification/profile';
import { keptSecret, newSecret } from '../../services/deidentification-key';
import { softwareVersion } from '../app-root';
import { UsageError, type CommandContext, type CommandSet } from '../command';
import { exitCode } from '../io';
import { inert, printJson } from '../output';
import { printSkipped } from '../series';
import { withEngine } from '../session';

interface Options {
  out: string;
  profile: 'basic';
  keyFile?: string;
  keepBurnedIn?: boolean;
  [option: string]: unknown;
}

export function addDeidentify(program: Command, commands: CommandSet): void {
  const command = program
    .command('deidentify')
    .description(
      'write de-identified copies of DICOM files (PS3.15 Annex E), pictures and volumes; sources stay as they are',
    )
    .argument('<path...>', 'files, folders and zip archives')
    .requiredOption('--out <folder>', 'folder for the copies and the report')
    .addOption(new Option('--profile <name>', 'confidentiality profile').choices(['basic']).default('basic'))
    .option(
      '--key-file <file>',
      'secret to keep: the same one gives the same UIDs, names and dates in every run',
    )
    .option('--keep-burned-in', 'write pictures that say they show text, too');
  for (const option of profileOptions) command.option(`--${option}`, optionWords[option]);
  commands.add<Options>(
    command,
    'regio deidentify scans/ --out shared/ --profile basic --retain-long-modified-dates',
    async (context, operands, options) => {
      const outFolder = context.path(options.out);
      const report = await withEngine(context, async (engine, call) =>
        engine.call(
          'deidentify',
          {
            paths: operands.map(context.path),
            outFolder,
            options: profileOptions.filter((o) => options[camelCase(o)] === true),
            keepBurnedIn: options.keepBurnedIn === true,
            secret: await secretOf(context, options.keyFile, outFolder),
            secretKept: options.keyFile !== undefined,
            software: `Regio ${softwareVersion()}`,
          },
          call,
        ),
      );
      if (context.json) printJson(context.io, report);
      else context.io.out(asText(report));
      printSkipped(context, report.skipped);
      return report.skipped.length > 0 || report.files.length === 0 ? exitCode.refused : exitCode.done;
    },
  );
}

/** A secret among the files that are given away would undo the pseudonyms. */
function secretOf(
  context: CommandContext,
  typed: string | undefined,
  outFolder: string,
): string | Promise<string> {
  if (typed === undefined) return newSecret();
  const file = context.path(typed);
  const inside = relative(outFolder, resolve(file));
  if (inside === '' || !(inside.startsWith('..') || isAbsolute(inside)))
    throw new UsageError('The key file lies in the output folder.', 'Keep it where it is not given away.');
  return keptSecret(file);
}

const camelCase = (option: string): string => option.replace(/-(\w)/g, (_, c: string) => c.toUpperCase());

function asText({ files }: DeidentifyReport): string {
  const masked = files.filter((f) => f.masked).length;
  const lines = [`${files.length} ${files.length === 1 ? 'file' : 'files'} written.`];
  if (masked > 0) lines.push(`${masked} with everything outside the ultrasound regions blanked.`);
  const reasons = new Map<string, number>();
  for (const { burnedIn } of files)
    if (burnedIn !== '') reasons.set(burnedIn, (reasons.get(burnedIn) ?? 0) + 1);
  for (const [reason, count] of reasons) lines.push(`Look at ${count}: ${inert(reason)}`);
  return lines.join('\n') + '\n';
}
