#!/usr/bin/env node
/**
 * Reading of DICOM against its peers, one process a measurement, all in turn in each round so that other work on the
 * machine weighs on all: headers a file (dicom-parser, pydicom), and whole JPEG-LS chest CTs from folder to int16
 * volume (pydicom with three plug-ins, SimpleITK), with first image and peak memory; then the same volumes out of an engine
 * process as the window asks for them, with one to four calls at once, and out of encrypted copies by one thread and more.
 *   node bench/reading.mjs [--rounds 3] [--threads 2] [--only headers | load | window | copies] [FOLDER ...]
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { loadavg } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { fromRoot } from '../scripts/lib/paths.mjs';
import { mustRun } from '../scripts/lib/run.mjs';
import { bundle } from './lib/bundle.mjs';
import { benchCache } from './lib/peers.mjs';
import { readingPython as python, setUpReadingPython } from './lib/reading-peers.mjs';
import { median } from './lib/statistics.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    threads: { type: 'string', default: '2' },
    only: { type: 'string' },
  },
});
const lidc = (name) => fromRoot('..', 'shared', 'data', 'lung-ct-lidc', name);
const folders = positionals.length > 0 ? positionals : [lidc('LIDC-IDRI-0002'), lidc('LIDC-IDRI-0003')];

const parser = join(benchCache, 'node_modules', 'dicom-parser');

async function setUp() {
  await setUpReadingPython();
  if (!existsSync(parser)) {
    const args = [
      'install',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--no-save',
      'dicom-parser@1.8.21',
    ];
    await mustRun('installing dicom-parser', 'npm', args, { cwd: benchCache });
  }
}

await setUp();
const ours = await bundle('reading', 'reading/ours.ts');
await bundle('decode-worker', '../src-main/imaging/decode-worker.ts');
const windowed = await bundle('reading-window', 'reading/window.ts');
const engine = await bundle('engine', '../src-main/engine/entry.ts');
const peer = fromRoot('bench', 'reading', 'peer.py');
const run = (command, ...args) =>
  JSON.parse(
    execFileSync(command, args, { encoding: 'utf8', env: { ...process.env, DICOM_PARSER: parser } })
      .trim()
      .split('\n')
      .pop(),
  );

const headerSides = {
  ours: (folder) => run(process.execPath, ours, 'headers', folder, 'ours'),
  'dicom-parser': (folder) => run(process.execPath, ours, 'headers', folder, 'dicom-parser'),
  pydicom: (folder) => run(python, peer, 'headers', folder),
};
const loadSides = {
  ours: (folder) => run(process.execPath, ours, 'load', folder, values.threads),
  'pydicom + pyjpegls': (folder) => run(python, peer, 'load', folder, 'pyjpegls'),
  'pydicom + GDCM': (folder) => run(python, peer, 'load', folder, 'gdcm'),
  'pydicom + pylibjpeg': (folder) => run(python, peer, 'load', folder, 'pylibjpeg'),
  SimpleITK: (folder) => run(python, peer, 'load', folder, 'sitk'),
};

const callsAtOnce = [1, 2, 3, 4];
const windowSides = Object.fromEntries(
  callsAtOnce.map((limit) => [
    limit,
    (folder) => run(process.execPath, windowed, folder, engine, String(limit)),
  ]),
);
const copySides = Object.fromEntries(
  ['1', values.threads].map((threads) => [
    threads,
    (folder) => run(process.execPath, ours, 'copies', folder, threads),
  ]),
);
const wanting = (what, sides) => (values.only && values.only !== what ? {} : sides);

for (const folder of folders) {
  const headers = {};
  const loads = {};
  const windows = {};
  const copied = {};
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const [all, sides] of [
      [headers, wanting('headers', headerSides)],
      [loads, wanting('load', loadSides)],
      [windows, wanting('window', windowSides)],
      [copied, wanting('copies', copySides)],
    ])
      for (const [name, side] of Object.entries(sides)) (all[name] ??= []).push(side(folder));
  }
  const of = (list, key) => median(list.map((r) => r[key]));
  const ratio = (all, name, key) => median(all.ours.map((r, n) => r[key] / all[name][n][key]));
  console.log(
    `\n${basename(folder)}, load ${loadavg()[0].toFixed(1)}, ${values.rounds} rounds, ${values.threads} threads`,
  );
  for (const name of Object.keys(headers)) {
    const by =
      name === 'ours'
        ? ''
        : `  ours / it: wall ${ratio(headers, name, 'msPerFile').toFixed(2)}, processor ${ratio(headers, name, 'cpuMsPerFile').toFixed(2)}`;
    const [wall, processor] = ['msPerFile', 'cpuMsPerFile'].map((key) => of(headers[name], key).toFixed(3));
    console.log(`header  ${name.padEnd(20)} ${wall} ms a file, processor ${processor}${by}`);
  }
  const sums = new Set(Object.values(loads).map((list) => list[0].sum));
  for (const [name, list] of Object.entries(loads)) {
    const by =
      name === 'ours'
        ? ''
        : `  ours / it: wall ${ratio(loads, name, 'totalMs').toFixed(2)}, processor ${ratio(loads, name, 'cpuMs').toFixed(2)}`;
    console.log(
      `volume  ${name.padEnd(20)} ${of(list, 'totalMs').toFixed(0).padStart(6)} ms, processor ${of(list, 'cpuMs').toFixed(0).padStart(5)} ms, ` +
        `idle ${of(list, 'idleMb')} MB, peak ${of(list, 'peakMb')} MB${by}`,
    );
  }
  for (const [limit, list] of Object.entries(windows)) {
    const byOne = median(list.map((r, n) => r.fillMs / windows[1][n].fillMs));
    console.log(
      `window  ${limit} at once: first image ${of(list, 'firstMs').toFixed(0)} ms, all ${of(list, 'fillMs').toFixed(0)} ms ` +
        `(over one at once ${byOne.toFixed(2)}), engine's processor ${of(list, 'cpuMs').toFixed(0)} ms, its peak ${of(list, 'peakMb')} MB`,
    );
  }
  for (const [threads, list] of Object.entries(copied)) {
    const byOne = median(list.map((r, n) => r.loadMs / copied[1][n].loadMs));
    console.log(
      `copies  ${threads} threads: ${of(list, 'loadMs').toFixed(0)} ms (over one thread ${byOne.toFixed(2)}), processor ${of(list, 'cpuMs').toFixed(0)} ms`,
    );
  }
  const own = loads.ours;
  if (!own) continue;
  const { volumeMb } = own[0];
  const above = median(own.map((r) => (r.peakMb - r.idleMb) / volumeMb));
  console.log(
    `ours: first image ${of(own, 'firstMs').toFixed(0)} ms, scan ${of(own, 'scanMs').toFixed(0)} ms, load ${of(own, 'loadMs').toFixed(0)} ms; ` +
      `peak above idle ${above.toFixed(2)} of the ${volumeMb} MB volume; ${sums.size === 1 ? 'all volumes have the same sum' : 'VOLUMES DIFFER'}`,
  );
  if (sums.size > 1) process.exitCode = 1;
}
