import { runCli } from '../src-main/cli/program';
import type { CliIo } from '../src-main/cli/io';

export interface CliRun {
  code: number;
  out: string;
  err: string;
}

/** Runs one command line in this process; `overrides` stand in for the terminal, Ctrl+C, folder and environment. */
export async function captureCli(argv: readonly string[], overrides: Partial<CliIo> = {}): Promise<CliRun> {
  const run: CliRun = { code: -1, out: '', err: '' };
  run.code = await runCli(argv, {
    cwd: process.cwd(),
    env: {},
    signal: new AbortController().signal,
    now: () => 0,
    out: (text) => void (run.out += text),
    err: (text) => void (run.err += text),
    errIsTerminal: false,
    openEngine: () => Promise.reject(new Error('this command opened the engine')),
    ...overrides,
  });
  return run;
}
