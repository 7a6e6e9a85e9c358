import { execFileSync } from 'node:child_process';
import * as os from 'node:os';
import { describe, expect, it } from 'vitest';
import { processorCount } from './processors';

describe('processorCount', () => {
  it('is at least one and no more than the machine has', () => {
    expect(processorCount()).toBeGreaterThanOrEqual(1);
    expect(processorCount()).toBeLessThanOrEqual(os.cpus().length);
  });

  it.runIf(process.platform === 'linux' && os.cpus().length > 1)(
    'counts what the process is pinned to',
    () => {
      // What the function stands on: libuv reads the affinity mask.
      const script = 'console.log(require("node:os").availableParallelism())';
      expect(execFileSync('taskset', ['-c', '0', process.execPath, '-e', script], { encoding: 'utf8' })).toBe(
        '1\n',
      );
    },
  );
});
