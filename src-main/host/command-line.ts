import { resolve } from 'node:path';

export interface CommandLine {
  /** Import the demo volumes when they are not there yet. */
  demo: boolean;
  /** Run the demo without a person and exit. */
  demoHeadless: boolean;
  /** Where the headless demo writes. */
  out: string | null;
  /** Files and folders to import, absolute. */
  paths: string[];
}

/**
 * What the person asked for. Electron, its test driver and Chromium put switches of their own into argv (before and
 * after the folder of the program), which are not ours and are skipped.
 *
 * @param argv as process.argv.
 * @param appPath the program's folder; what stands before it is not for us. Null when packaged.
 */
export function parseCommandLine(argv: readonly string[], appPath: string | null, cwd: string): CommandLine {
  const own = appPath === null ? -1 : argv.findIndex((arg) => resolve(cwd, arg) === appPath);
  const args = argv.slice(Math.max(own, 0) + 1);
  const out = args.find((arg) => arg.startsWith('--out='));
  return {
    demo: args.includes('--demo'),
    demoHeadless: args.includes('--demo-headless'),
    out: out === undefined ? null : resolve(cwd, out.slice('--out='.length)),
    paths: args.filter((arg) => !arg.startsWith('-')).map((arg) => resolve(cwd, arg)),
  };
}
