import { spawn } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeFilesAtomically } from './write-files';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'regio-export-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('writeFilesAtomically', () => {
  it('writes all files, replaces old ones and leaves nothing else', async () => {
    writeFileSync(join(folder, 'a.pdf'), 'old');
    const paths = await writeFilesAtomically(folder, [
      { name: 'a.pdf', bytes: bytes('new') },
      { name: 'b.csv', bytes: bytes('x') },
    ]);
    expect(paths).toEqual([join(folder, 'a.pdf'), join(folder, 'b.csv')]);
    expect(readdirSync(folder).sort()).toEqual(['a.pdf', 'b.csv']);
    expect(readFileSync(join(folder, 'a.pdf'), 'utf8')).toBe('new');
  });

  it('cleans up and keeps the old file when a rename fails', async () => {
    writeFileSync(join(folder, 'a.pdf'), 'old');
    mkdirSync(join(folder, 'b.csv'));
    const files = [
      { name: 'b.csv', bytes: bytes('x') },
      { name: 'a.pdf', bytes: bytes('new') },
    ];
    await expect(writeFilesAtomically(folder, files)).rejects.toMatchObject({ code: 'export.failed' });
    expect(readdirSync(folder).sort()).toEqual(['a.pdf', 'b.csv']);
    expect(readFileSync(join(folder, 'a.pdf'), 'utf8')).toBe('old');
  });

  it('names a folder that is missing', async () => {
    const files = [{ name: 'a.pdf', bytes: bytes('x') }];
    await expect(writeFilesAtomically(join(folder, 'gone'), files)).rejects.toMatchObject({
      code: 'export.failed',
      message: 'The folder does not exist.',
    });
  });

  it('refuses names that leave the folder or collide', async () => {
    for (const name of ['../a.pdf', 'a/b.pdf', '.hidden', 'C:a', 'a\u0000.pdf', '']) {
      await expect(writeFilesAtomically(folder, [{ name, bytes: bytes('x') }])).rejects.toThrow(RangeError);
    }
    const same = ['A.pdf', 'a.pdf'].map((name) => ({ name, bytes: bytes('x') }));
    await expect(writeFilesAtomically(folder, same)).rejects.toThrow(RangeError);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('removes what a killed export left, but not what runs now', async () => {
    const stale = join(folder, '.regio-export-0123456789abcdef-0.tmp');
    const running = join(folder, '.regio-export-fedcba9876543210-0.tmp');
    writeFileSync(stale, 'x');
    writeFileSync(running, 'x');
    utimesSync(stale, new Date(0), new Date(0));
    await writeFilesAtomically(folder, [{ name: 'a.pdf', bytes: bytes('x') }]);
    expect(readdirSync(folder).sort()).toEqual(['.regio-export-fedcba9876543210-0.tmp', 'a.pdf']);
  });

  it('never shows a partial file, killed at every step of an export', { timeout: 120_000 }, async () => {
    const program = compiledWriter();
    const size = 300_000;
    const contents = [1, 2].map((value) => Buffer.alloc(size, value));
    const seen = { old: 0, new: 0, killed: 0 };
    for (let step = 1, finished = false; !finished; step++) {
      const target = join(folder, `run-${step}`);
      mkdirSync(target);
      for (const name of ['a.bin', 'b.bin']) writeFileSync(join(target, name), contents[0]!);
      finished = await runKilledAt(program, target, size, step);
      if (!finished) seen.killed++;
      for (const name of ['a.bin', 'b.bin']) {
        const which = contents.findIndex((content) => content.equals(readFileSync(join(target, name))));
        expect(which, `${name} killed at step ${step}`).not.toBe(-1);
        seen[which === 0 ? 'old' : 'new']++;
      }
      rmSync(target, { recursive: true });
    }
    process.stdout.write(
      `killed at ${seen.killed} steps: ${seen.old} files still old, ${seen.new} new, 0 partial\n`,
    );
    expect(seen.killed).toBeGreaterThanOrEqual(12);
    expect(seen.old).toBeGreaterThan(10);
    expect(seen.new).toBeGreaterThan(4);
  });
});

/** The very source under test as plain JavaScript, to run in a process that can be killed. */
function compiledWriter(): string {
  for (const path of ['exporters/write-files', 'core/app-error']) {
    const source = readFileSync(join(__dirname, '..', `${path}.ts`), 'utf8');
    const out = join(folder, 'program', `${path}.js`);
    mkdirSync(dirname(out), { recursive: true });
    const options = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 };
    writeFileSync(out, ts.transpileModule(source, { compilerOptions: options }).outputText);
  }
  const main = join(folder, 'program', 'main.js');
  writeFileSync(
    main,
    `const fs = require('node:fs/promises');
     const [target, size, killAt] = process.argv.slice(2);
     let step = 0;
     // Every call that touches the disk is a step; the step to die at does half of a write, or nothing.
     const counted = (object, name) => {
       const original = object[name];
       object[name] = async function (...args) {
         if (++step === Number(killAt)) {
           if (name === 'writeFile') await original.call(this, args[0].subarray(0, args[0].length / 2));
           process.kill(process.pid, 'SIGKILL');
           await new Promise(() => setInterval(() => undefined, 1000));
         }
         const result = await original.apply(this, args);
         if (name === 'open') for (const method of ['writeFile', 'sync', 'close']) counted(result, method);
         return result;
       };
     };
     for (const name of ['open', 'rename', 'readdir', 'rm', 'stat']) counted(fs, name);
     const { writeFilesAtomically } = require('./exporters/write-files.js');
     const bytes = new Uint8Array(Number(size)).fill(2);
     writeFilesAtomically(target, ['a.bin', 'b.bin'].map((name) => ({ name, bytes })));`,
  );
  return main;
}

/** True where the writer reached its end before the step to be killed at. */
function runKilledAt(program: string, target: string, size: number, step: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, target, String(size), String(step)], {
      stdio: 'inherit',
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (code === 0 || signal === 'SIGKILL') resolve(code === 0);
      else reject(new Error(`the writer ended with ${code}`));
    });
  });
}
