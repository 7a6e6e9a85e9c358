import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '../../src-main/core/seeded-random';
import { scanPaths } from '../../src-main/imaging';
import { judgeImport } from '../../test-support/judge-import';
import { mutate, mutations } from '../../test-support/mutate-dicom';

/**
 * Child of hostile-dicom.mjs: imports mutants `from` to `to` (half-open) of the real files in the folders, one line
 * before each and one after it, so that the parent knows which one ended this process.
 */
const [fromText, toText, largestText, ...folders] = process.argv.slice(2);
const [from, to, largest] = [fromText, toText, largestText].map(Number) as [number, number, number];

const cpuMs = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1000;
const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
void (async () => {
  // Images alone: what import refuses whole teaches nothing about the reader behind the door.
  const { series } = await scanPaths(folders);
  const files = [...new Set(series.filter((s) => s.format === 'dicom').flatMap((s) => s.files))]
    .filter((file) => statSync(file).size <= largest)
    .sort()
    .map((file) => readFileSync(file));
  say({ files: files.length });
  const mutant = join(tmpdir(), `regio-mutant-${process.pid}.dcm`);
  for (let n = from; n < to; n++) {
    const mutation = mutations[n % mutations.length]!;
    const turn = Math.floor(n / mutations.length);
    // Drawn by its number alone, so that any one can be made again.
    const bytes = mutate(
      files[turn % files.length]!,
      mutation,
      seededRandom(n + 1),
      files,
      Math.floor(turn / files.length),
    );
    writeFileSync(mutant, bytes);
    say({ start: n });
    const before = process.memoryUsage().rss;
    const used = process.cpuUsage();
    const judged = await judgeImport(mutant);
    say({
      end: n,
      mutation,
      ...judged,
      // Of the processor: on a busy machine the clock says nothing of the file.
      ms: Math.round(cpuMs(process.cpuUsage(used))),
      // The most this process ever held, less what it held before: too much only for the mutant that raised it.
      megabytes: Math.round((process.resourceUsage().maxRSS * 1024 - before) / 2 ** 20),
    });
  }
  rmSync(mutant, { force: true });
})();
