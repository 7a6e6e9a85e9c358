import type { Engine } from '../contract/engine-protocol';

/** What a command may touch of the process: injected, so that tests run commands in-process and read what they print. */
export interface CliIo {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborts on Ctrl+C. */
  readonly signal: AbortSignal;
  /** Milliseconds; only differences are used. */
  now(): number;
  out(text: string): void;
  err(text: string): void;
  /** Whether stderr is a terminal: progress is then rewritten in place. */
  readonly errIsTerminal: boolean;
  openEngine(modelsFolder: string, ownModelsFolder: string): Promise<Engine>;
}

/** What a command tells its caller through the exit status. */
export const exitCode = { done: 0, refused: 1, usage: 2, failed: 3, cancelled: 130 } as const;
export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** The CliIo of this process. The first Ctrl+C asks the command to stop, the second ends the process at once. */
export function processIo(): CliIo {
  const controller = new AbortController();
  process.on('SIGINT', () => {
    if (controller.signal.aborted) process.exit(exitCode.cancelled);
    controller.abort();
  });
  process.on('SIGTERM', () => controller.abort());
  // `regio ... | head` closes the pipe early; that is no failure of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(exitCode.done);
    throw error;
  });
  return {
    cwd: process.cwd(),
    env: process.env,
    signal: controller.signal,
    now: () => performance.now(),
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    errIsTerminal: process.stderr.isTTY === true,
    // Loaded late: pixel decoders and TensorFlow take a second, and help, usage errors and scores of files need none.
    openEngine: async (modelsFolder, ownModelsFolder) =>
      (await import('../engine/in-process')).createInProcessEngine({ modelsFolder, ownModelsFolder }),
  };
}
