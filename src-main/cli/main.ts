import { processIo } from './io';
import { runCli } from './program';

/** Entry of dist/main/cli.cjs. The exit code is set, not forced: what is written to a pipe is written to its end. */
void runCli(process.argv.slice(2), processIo()).then((code) => {
  process.exitCode = code;
});
