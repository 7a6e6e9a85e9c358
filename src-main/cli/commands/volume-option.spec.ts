import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { captureCli } from '../../../test-support/captured-cli';
import { fakeDetection } from '../../../test-support/fake-detection';
import { ctPhantom } from '../../../test-support/phantoms';
import { niftiBytes } from '../../../test-support/write-grid';
import { scanResult } from '../../contract/entities';

const engine = fakeDetection(() => []);
let cwd: string;
beforeEach(() => (cwd = mkdtempSync(join(tmpdir(), 'regio-volume-'))));
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

it('reads the volume that is asked for of a file of several, counted from 1', async () => {
  const v = ctPhantom({ dims: [4, 5, 6] });
  const one = niftiBytes(v, {
    edit: (h) => {
      h.writeInt16LE(4, 40);
      h.writeInt16LE(2, 48);
    },
  });
  writeFileSync(join(cwd, 'four.nii'), Buffer.concat([one, one.subarray(352)]));
  const inspect = (...argv: string[]) =>
    captureCli(['inspect', 'four.nii', ...argv], { cwd, openEngine: engine });
  expect((await inspect()).out).toMatch(/holds 2 volumes; the first is shown/);
  const second = await inspect('--volume', '2', '--json');
  expect(scanResult.parse(JSON.parse(second.out)).series[0]!.volume).toEqual({ index: 1, count: 2 });
  const third = await inspect('--volume', '3');
  expect(third.err).toMatch(/holds 2 volumes; there is no number 3/);
  expect(third.code).toBe(1);
  expect((await inspect('--volume', '0')).code).toBe(2);
});
