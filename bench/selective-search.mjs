#!/usr/bin/env node
/**
 * Our selective search against OpenCV's fast mode, on the same pixels, in one run, each picture one after the other:
 *   node bench/selective-search.mjs [--data ../shared/data] [--repeats 3] [--every 1] [--only time|recall] [--json]
 * `--every n` takes every n-th val picture. Installs opencv-contrib-python-headless, pinned, into .cache on first use.
 * Wall time suffers from whatever else runs; CPU time (all threads of the process) is printed beside it.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'vite';

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const cache = join(root, '.cache', 'bench-selective-search');
const pins = ['opencv-contrib-python-headless==4.10.0.84', 'numpy==1.26.4'];
const sets = ['polyp-kvasir-seg', 'breast-us-busi'];
const { values: args } = parseArgs({
  options: {
    data: { type: 'string', default: resolve(root, '../shared/data') },
    repeats: { type: 'string', default: '3' },
    every: { type: 'string', default: '1' },
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});

function python() {
  const path = join(cache, 'venv', 'bin', 'python');
  const run = (command, rest) => {
    const { status } = spawnSync(command, rest, { stdio: ['ignore', 2, 2] });
    if (status !== 0) throw new Error(`${command} ${rest.join(' ')} ended with ${status}`);
  };
  mkdirSync(cache, { recursive: true });
  if (!existsSync(path)) run('python3', ['-m', 'venv', join(cache, 'venv')]);
  if (spawnSync(path, ['-c', 'import cv2']).status !== 0) run(path, ['-m', 'pip', 'install', '-q', ...pins]);
  return path;
}

async function ours() {
  const entry = join(cache, 'entry.ts');
  const core = join(root, 'src-main', 'core', 'proposals');
  const lines = ['selective-search-2d', 'recall'].map(
    (file) => `export * from ${JSON.stringify(join(core, file))};`,
  );
  writeFileSync(entry, lines.join('\n'));
  const lib = { entry, formats: ['es'], fileName: 'ours' };
  await build({
    configFile: false,
    logLevel: 'error',
    root: cache,
    build: { lib, outDir: join(cache, 'dist'), minify: false, target: 'node16', ssr: true, rollupOptions: { input: entry, output: { entryFileNames: 'ours.mjs' } } }, // prettier-ignore
  });
  return import(pathToFileURL(join(cache, 'dist', 'ours.mjs')).href);
}

function startPeer() {
  const peer = spawn(python(), [join(here, 'selective-search-peer.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const answers = createInterface({ input: peer.stdout })[Symbol.asyncIterator]();
  const ask = async (request) => {
    peer.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await answers.next();
    if (done) throw new Error('The Python side ended early; its message is above.');
    return JSON.parse(value);
  };
  return { ask, end: () => peer.stdin.end() };
}

const pixels = join(cache, `pixels-${process.pid}.rgb`); // two runs at once must not share it
const valOf = (set) => {
  const { images, annotations } = JSON.parse(readFileSync(join(args.data, set, 'val.json'), 'utf8'));
  return images.map(({ id, file_name }) => ({
    file: join(args.data, set, 'images', file_name),
    truth: annotations
      .filter(({ image_id, iscrowd }) => image_id === id && !iscrowd)
      .flatMap(({ bbox: [x, y, w, h] }) => [x, y, x + w, y + h]),
  }));
};

/** A 512 x 512 picture that needs no data: textured ground, 40 discs of other colours. */
function madePicture() {
  const size = 512;
  let state = 12345;
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const discs = Array.from({ length: 40 }, () => ({ x: random() * size, y: random() * size, r: 8 + random() * 50, c: [0, 0, 0].map(() => random() * 255) })); // prettier-ignore
  const data = new Uint8Array(size * size * 3);
  for (let y = 0, at = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      const disc = discs.find((d) => (x - d.x) ** 2 + (y - d.y) ** 2 < d.r ** 2);
      const ground = [150 + 40 * Math.sin(x / 60), 110 + 30 * Math.sin(y / 45), 90];
      for (let c = 0; c < 3; c++)
        data[at++] = Math.max(0, Math.min(255, (disc?.c ?? ground)[c] + 20 * (random() - 0.5)));
    }
  writeFileSync(join(cache, 'made.rgb'), data);
  return { name: 'made', request: { raw: join(cache, 'made.rgb'), width: size, height: size } };
}

const mean = (list) => list.reduce((sum, v) => sum + v, 0) / list.length;
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

async function main() {
  const { selectiveSearch2, recallByProposalCount, averageRecallByProposalCount } = await ours();
  const peer = startPeer();
  const present = sets.filter((set) => existsSync(join(args.data, set, 'val.json')));
  const result = { node: process.version, opencv: '', time: [], recall: [] };
  const search = ({ width, height }, options) => {
    const data = new Uint8Array(readFileSync(pixels));
    const cpu = process.cpuUsage();
    const start = performance.now();
    const { boxes } = selectiveSearch2({ data, width, height, channels: 3 }, options);
    const wallMs = performance.now() - start;
    const { user, system } = process.cpuUsage(cpu);
    return { boxes, wallMs, cpuMs: (user + system) / 1000 };
  };

  if (args.only !== 'recall') {
    const pictures = [
      madePicture(),
      ...present.flatMap((set) =>
        valOf(set)
          .slice(0, 2)
          .map(({ file }, n) => ({ name: `${set} ${n}`, request: { file, size: 512 } })),
      ),
    ];
    for (const { name, request } of pictures) {
      const size = await peer.ask({ do: 'load', ...request, out: pixels });
      const runs = [];
      search(size); // once unmeasured: the JIT compiles it
      for (let n = 0; n < Number(args.repeats); n++) {
        const mine = search(size);
        const one = await peer.ask({ do: 'search', threads: 1 });
        const many = await peer.ask({ do: 'search' });
        result.opencv = one.version;
        runs.push({
          mine,
          one,
          ratio: mine.wallMs / one.wallMs,
          cpuRatio: mine.cpuMs / one.cpuMs,
          many: many.wallMs,
        });
      }
      const of = (get) => Math.round(mean(runs.map(get)));
      result.time.push({
        picture: name,
        oursMs: of((r) => r.mine.wallMs),
        opencv1ThreadMs: of((r) => r.one.wallMs),
        opencvDefaultThreadsMs: of((r) => r.many),
        ratioMedian: +median(runs.map((r) => r.ratio)).toFixed(3),
        oursCpuMs: of((r) => r.mine.cpuMs),
        opencvCpuMs: of((r) => r.one.cpuMs),
        cpuRatioMedian: +median(runs.map((r) => r.cpuRatio)).toFixed(3),
      });
    }
  }

  if (args.only !== 'time') {
    for (const set of present) {
      const val = valOf(set).filter((_, n) => n % Number(args.every) === 0);
      const found = { ours: [], opencv: [] };
      for (const { file } of val) {
        const size = await peer.ask({ do: 'load', file, out: pixels });
        found.ours.push(search(size, { limit: 1000 }).boxes);
        const theirs = await peer.ask({ do: 'search', threads: 1, limit: 1000 });
        result.opencv = theirs.version;
        found.opencv.push(theirs.boxes);
      }
      const truth = val.map((image) => image.truth);
      const counts = [100, 300, 1000];
      for (const [who, boxes] of Object.entries(found)) {
        const at50 = recallByProposalCount(truth, boxes, counts, 0.5);
        const { recall: average } = averageRecallByProposalCount(truth, boxes, counts);
        result.recall.push({
          set,
          who,
          pictures: val.length,
          boxes: at50.truthCount,
          proposals: Math.round(mean(boxes.map((b) => b.length / 4))),
          ...Object.fromEntries(counts.map((count, n) => [`R50@${count}`, +at50.recall[n].toFixed(4)])),
          ...Object.fromEntries(counts.map((count, n) => [`AR@${count}`, +average[n].toFixed(4)])),
        });
      }
    }
  }
  peer.end();
  rmSync(pixels, { force: true });
  if (args.json) console.log(JSON.stringify(result, null, 2));
  else {
    console.log(`Node ${result.node}, OpenCV ${result.opencv}; sets found: ${present.join(', ') || 'none'}`);
    if (result.time.length) console.table(result.time);
    if (result.recall.length) console.table(result.recall);
  }
}

await main();
