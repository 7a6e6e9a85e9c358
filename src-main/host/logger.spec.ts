import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openLog } from './logger';

it('writes each line at once and sets a large log aside at the next start', () => {
  const folder = mkdtempSync(join(tmpdir(), 'regio-log-'));
  try {
    const file = join(folder, 'logs', 'regio.log');
    openLog(folder).info({ port: 1 }, 'started');
    const line = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    expect(line).toMatchObject({ msg: 'started', port: 1 });
    expect(statSync(file).mode & 0o077).toBe(0);
    writeFileSync(file, 'x'.repeat(6 * 2 ** 20));
    openLog(folder).info('again');
    expect(statSync(file).size).toBeLessThan(1000);
    expect(statSync(`${file}.1`).size).toBe(6 * 2 ** 20);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
