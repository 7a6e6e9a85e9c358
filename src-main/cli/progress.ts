import type { CliIo } from './io';
import { inert } from './output';

const linesEveryMs = 5000;
const redrawEveryMs = 100;

export interface Progress {
  report(fraction: number, step: string): void;
  /** Clears the line of a terminal. */
  end(): void;
}

/**
 * Progress on stderr: one line rewritten on a terminal, else a line every few seconds, so that a log stays short.
 * With `--json` and no terminal nothing is said: stderr is then for errors, as JSON.
 */
export function startProgress(io: CliIo, json: boolean): Progress {
  if (json && !io.errIsTerminal) return { report: () => undefined, end: () => undefined };
  // Quick work says nothing in a log; on a terminal the first report shows at once.
  let last = io.errIsTerminal ? -Infinity : io.now();
  let drawn = false;
  return {
    report(fraction, step) {
      const now = io.now();
      if (now - last < (io.errIsTerminal ? redrawEveryMs : linesEveryMs)) return;
      last = now;
      const line = `${String(Math.round(fraction * 100)).padStart(3)} %  ${inert(step)}`;
      io.err(io.errIsTerminal ? `\r\u001b[2K${line}` : `${line}\n`);
      drawn = true;
    },
    end() {
      if (drawn && io.errIsTerminal) io.err('\r\u001b[2K');
    },
  };
}
