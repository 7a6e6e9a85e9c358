import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keptSecret, newSecret } from './deidentification-key';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'regio-key-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a key file', () => {
  it('is made on first use with its folder, readable by its owner alone, and kept from then on', async () => {
    const file = join(folder, 'deep', 'er', 'trial.key');
    const secret = await keptSecret(file);
    expect(secret).toMatch(/^[0-9a-f]{64}$/);
    expect(readFileSync(file, 'utf8')).toBe(`${secret}\n`);
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await keptSecret(file)).toBe(secret);
    expect(await keptSecret(join(folder, 'other.key'))).not.toBe(secret);
  });

  it.each([
    ['empty', ''],
    ['too short', 'ab'.repeat(31)],
    ['no hex digits', 'xy'.repeat(32)],
    ['followed by something', `${'ab'.repeat(32)}\nmore`],
  ])('that is %s is refused and left as it is', async (_, text) => {
    const file = join(folder, 'a.key');
    writeFileSync(file, text);
    await expect(keptSecret(file)).rejects.toMatchObject({ code: 'file.malformed', details: { file } });
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('that is a folder, or lies in a file, is refused', async () => {
    mkdirSync(join(folder, 'a.key'));
    await expect(keptSecret(join(folder, 'a.key'))).rejects.toMatchObject({ code: 'file.unreadable' });
    writeFileSync(join(folder, 'file'), '');
    await expect(keptSecret(join(folder, 'file', 'b.key'))).rejects.toMatchObject({
      code: 'file.unreadable',
    });
    expect(existsSync(join(folder, 'file', 'b.key'))).toBe(false);
  });

  it('of one run is another each time', () => {
    expect(newSecret()).not.toBe(newSecret());
  });
});
