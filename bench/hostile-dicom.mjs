#!/usr/bin/env node
/* RELIABILITY F2: seeded mutants of real DICOM files through import, each with its outcome (bench/README.md). */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { bundle } from './lib/bundle.mjs';
import { fromRoot } from '../scripts/lib/paths.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: 'string', default: '30000' },
    first: { type: 'string', default: '0' },
    largest: { type: 'string', default: '2000000' },
  },
});
const folders = positionals.length > 0 ? positionals : [fromRoot('..', 'shared', 'data', 'dicom-corpus')];
const [first, last] = [Number(values.first), Number(values.first) + Number(values.count)];
const slowest = 10_000;
const patience = 12 * slowest;
const mostMegabytes = 512;

const child = await bundle('hostile-dicom', 'hostile-dicom/run.ts');
const outcomes = {};
const broken = { crash: [], hang: [], memory: [], 'no reason or place': [] };
let [files, most, longest, peak] = [0, 0, 0, 0];

/** Runs mutants from `from` on until all are done or one ends the child. @returns where to go on */
function runFrom(from) {
  return new Promise((resolve) => {
    const run = spawn(process.execPath, [child, String(from), String(last), values.largest, ...folders], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let current = from;
    let hung = false;
    let watchdog;
    const watch = () => {
      clearTimeout(watchdog);
      // Long after the limit: a busy machine is no hang, and `ms` says what a mutant took of the processor.
      watchdog = setTimeout(() => {
        hung = true;
        run.kill('SIGKILL');
      }, patience);
    };
    createInterface({ input: run.stdout }).on('line', (line) => {
      const said = JSON.parse(line);
      if (said.files !== undefined) files = said.files;
      else if (said.start !== undefined) {
        current = said.start;
        watch();
      } else {
        clearTimeout(watchdog);
        const { end, mutation, outcome, complaint, ms, megabytes } = said;
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
        if (complaint) broken['no reason or place'].push(`${end} (${mutation}): ${complaint}`);
        if (ms > slowest) broken.hang.push(`${end} (${mutation}): ${ms} ms`);
        if (megabytes > mostMegabytes && megabytes > peak)
          broken.memory.push(`${end} (${mutation}): ${megabytes} MB`);
        peak = Math.max(peak, megabytes);
        longest = Math.max(longest, ms);
        most = Math.max(most, end + 1);
        if ((end + 1) % 1000 === 0) console.error(`${end + 1} of ${last}`);
      }
    });
    run.on('close', (code) => {
      clearTimeout(watchdog);
      if (code === 0) return resolve(last);
      (hung ? broken.hang : broken.crash).push(
        `${current}: ${hung ? `no answer in ${patience} ms` : `exit ${code}`}`,
      );
      resolve(current + 1);
    });
  });
}

for (let at = first; at < last;) at = await runFrom(at);
console.log(`${most - first} mutants of ${files} real files, seeds ${first + 1} to ${last}`);
for (const [outcome, count] of Object.entries(outcomes)) console.log(`${outcome.padEnd(24)} ${count}`);
for (const [what, list] of Object.entries(broken)) {
  console.log(`${what.padEnd(24)} ${list.length}`);
  for (const line of list.slice(0, 20)) console.log(`  ${line}`);
}
console.log(`slowest ${longest} ms of the processor; most memory above the rest of the process ${peak} MB`);
process.exitCode = Object.values(broken).some((list) => list.length > 0) ? 1 : 0;
