import { Command, CommanderError } from 'commander';
import { softwareVersion } from './app-root';
import { CommandSet, UsageError, type CommandResult } from './command';
import { addAnchors } from './commands/anchors';
import { addDeidentify } from './commands/deidentify';
import { addDemo } from './commands/demo';
import { addDetect } from './commands/detect';
import { addEvaluate } from './commands/evaluate';
import { addExport } from './commands/export';
import { addImport } from './commands/import';
import { addInspect } from './commands/inspect';
import { addModels } from './commands/models';
import { addStudies } from './commands/studies';
import { addTrain } from './commands/train';
import { exitCode, type CliIo, type ExitCode } from './io';
import { printError } from './output';

/** Runs one command line (without node and the script's name) and answers with its exit code; never throws. */
export async function runCli(argv: readonly string[], io: CliIo): Promise<ExitCode> {
  const result: CommandResult = { code: exitCode.done };
  const program = buildProgram(io, result, argv.includes('--json'));
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    // Commander has already printed help, version or what is wrong with the arguments.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.done : exitCode.usage;
    io.err(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return exitCode.failed;
  }
  return result.code;
}

function buildProgram(io: CliIo, result: CommandResult, json: boolean): Command {
  const program = new Command('regio')
    .description(
      'Find possible lesions in medical images, offline. Research use only, not for primary diagnosis.',
    )
    .version(softwareVersion())
    .showHelpAfterError('(run with --help for usage)')
    .addHelpText('after', helpFooter)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.out(text),
      writeErr: (text) => (json ? undefined : io.err(text)),
      outputError: (text) => (json ? printError(io, usageError(text), true) : io.err(text)),
    });
  const commands = new CommandSet(io, result);
  addInspect(program, commands);
  addDetect(program, commands);
  addImport(program, commands);
  addStudies(program, commands);
  addExport(program, commands);
  addEvaluate(program, commands);
  addTrain(program, commands);
  addAnchors(program, commands);
  addModels(program, commands);
  addDeidentify(program, commands);
  addDemo(program, commands);
  return program;
}

const usageError = (text: string): UsageError =>
  new UsageError(text.replace(/^error: /, '').trim(), 'Run with --help for usage.');

const helpFooter = `
Exit codes:
  0  done        1  some inputs were refused (stderr says which and why)
  2  wrong usage 3  failed        130  cancelled with Ctrl+C

Environment:
  REGIO_DATA_DIR  folder of the store that import, studies, export and demo use

Example:
  $ regio detect scan.nrrd --out out`;
