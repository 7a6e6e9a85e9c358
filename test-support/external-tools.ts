import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'vitest';

const debianPackage: Readonly<Record<string, string>> = {
  dciodvfy: 'dicom3tools',
  dsrdump: 'dcmtk',
  dcmdump: 'dcmtk',
  dcmftest: 'dcmtk',
  pdftotext: 'poppler-utils',
  pdffonts: 'poppler-utils',
};

const hasTool = (tool: string): boolean => spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0;

/** Whether all of them are installed. */
export const hasTools = (...tools: string[]): boolean => tools.every(hasTool);

/** A test by other people's programs; where one is not installed, a test of another name says so instead. */
export function itWithTools(name: string, tools: readonly string[], test: () => unknown): void {
  const missing = tools.find((tool) => !hasTool(tool));
  if (missing === undefined) it(name, async () => void (await test()));
  else {
    it(`not run: needs ${missing} of Debian's ${debianPackage[missing] ?? missing} (${name})`, () =>
      console.log(`not run: ${name}`));
  }
}

/** stdout and stderr together, at most 1 MB and 10 s: some checkers print without end on odd input. */
export function runTool(
  tool: string,
  args: readonly string[],
  bytes: Uint8Array,
): { code: number; output: string } {
  const folder = mkdtempSync(join(tmpdir(), 'regio-tool-'));
  try {
    const file = join(folder, 'input');
    const log = join(folder, 'log');
    writeFileSync(file, bytes);
    const quoted = [tool, ...args].map((word) => `'${word === '{}' ? file : word}'`).join(' ');
    const { status } = spawnSync('bash', [
      '-c',
      `set -o pipefail; timeout 10 ${quoted} 2>&1 | head -c 1M > '${log}'`,
    ]);
    return { code: status ?? -1, output: readFileSync(log, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
