import { resolve } from 'node:path';
import type { Command } from 'commander';
import { AppError } from '../core/app-error';
import { exitCode, type CliIo, type ExitCode } from './io';
import { printError } from './output';
import { startProgress, type Progress } from './progress';

/** The command line makes no sense: exit code 2. */
export class UsageError extends AppError {
  constructor(message: string, hint: string) {
    super('request.invalid', message, hint);
  }
}

/** What a command's work gets: the process, how to answer, and where it stands. */
export interface CommandContext {
  readonly io: CliIo;
  /** Answer as JSON on stdout, errors as JSON on stderr. */
  readonly json: boolean;
  readonly progress: Progress;
  /** An absolute path from what the person typed. */
  path(typed: string): string;
}

/** Where a command leaves its exit code for {@link runCli}. */
export interface CommandResult {
  code: ExitCode;
}

/** The parts of every command: `--json`, an example under its help, errors on stderr, exit codes. */
export class CommandSet {
  constructor(
    private readonly io: CliIo,
    private readonly result: CommandResult,
  ) {}

  /** Gives `command` its work: `run` answers with the exit code, or throws AppError. */
  add<O extends object>(
    command: Command,
    example: string,
    run: (context: CommandContext, operands: string[], options: O) => Promise<ExitCode>,
  ): void {
    command.option('--json', 'answer as JSON; errors as one line of JSON on stderr');
    command.addHelpText('after', `\nExample:\n  $ ${example}`);
    command.action(async () => {
      const options = command.opts<O & { json?: boolean }>();
      const json = options.json === true;
      const progress = startProgress(this.io, json);
      const context = { io: this.io, json, progress, path: (typed: string) => resolve(this.io.cwd, typed) };
      try {
        this.result.code = await run(context, command.args, options);
        progress.end();
      } catch (error) {
        progress.end();
        this.result.code = this.fail(error, json);
      }
    });
  }

  private fail(error: unknown, json: boolean): ExitCode {
    if (this.io.signal.aborted) {
      printError(
        this.io,
        new AppError('job.cancelled', 'Cancelled.', 'Run the command again to start over.'),
        json,
      );
      return exitCode.cancelled;
    }
    printError(this.io, error, json);
    return error instanceof UsageError ? exitCode.usage : exitCode.failed;
  }
}
