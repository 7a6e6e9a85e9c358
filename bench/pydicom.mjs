#!/usr/bin/env node
/**
 * Samples and patient names of DICOM files against pydicom itself (bench/README.md).
 *   node bench/pydicom.mjs [FOLDER]   without a folder: the test files in pydicom's own package
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { bundle } from './lib/bundle.mjs';
import { readingPython, setUpReadingPython } from './lib/reading-peers.mjs';
import { fromRoot } from '../scripts/lib/paths.mjs';
import { mustRun } from '../scripts/lib/run.mjs';

const folder = process.argv[2] === undefined ? 'package' : resolve(process.argv[2]);
await setUpReadingPython();
const ours = await bundle('pydicom', 'pydicom/ours.ts');
const raw = mkdtempSync(join(tmpdir(), 'regio-pydicom-'));
try {
  const peer = fromRoot('bench', 'pydicom', 'peer.py');
  const list = join(raw, 'list.json');
  // Codecs of either side write complaints to standard output.
  const lastLine = (output) => output.trim().split('\n').pop();
  writeFileSync(list, lastLine(await mustRun('reading with pydicom', readingPython, [peer, folder, raw])));
  const { outcomes, names, lines } = JSON.parse(
    lastLine(await mustRun('reading', process.execPath, [ours, list])),
  );
  for (const line of lines) console.log(line);
  for (const [outcome, files] of Object.entries(outcomes)) console.log(`${outcome.padEnd(22)} ${files}`);
  console.log(`${'patient names equal'.padEnd(22)} ${names.equal} of ${names.of}`);
  if (outcomes['differs'] || outcomes['refused by us alone']) process.exitCode = 1;
} finally {
  rmSync(raw, { recursive: true });
}
