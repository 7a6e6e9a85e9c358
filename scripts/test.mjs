#!/usr/bin/env node
/*
 * `npm test`: set up, then every check and test; a failure does not stop the rest. The last line is `N passed, N failed`:
 * tests of the unit and e2e steps, and each other check as one. `--only unit,e2e` runs some of them.
 */
import { performance } from 'node:perf_hooks';
import { chosen, laterChecks, staticChecks } from './lib/checks.mjs';
import { lastLine, noCounts, plus } from './lib/counts.mjs';
import { seconds } from './lib/progress.mjs';
import { SetupError } from './lib/setup-error.mjs';
import { explain, setup } from './setup.mjs';

const say = (text) => process.stdout.write(`${text}\n`);

function onlyFrom(args) {
  const at = args.findIndex((arg) => arg === '--only' || arg.startsWith('--only='));
  if (at < 0) return null;
  const words = (args[at].includes('=') ? args[at].slice('--only='.length) : (args[at + 1] ?? ''))
    .split(',')
    .filter(Boolean);
  if (chosen([...staticChecks, ...laterChecks], words).length === 0)
    throw new SetupError(
      '--only names no check',
      `Checks: ${[...staticChecks, ...laterChecks].map(({ name }) => name).join(', ')}`,
    );
  return words;
}

/** Runs one check, tells its outcome in a line, and shows what it printed only when it failed. */
async function perform({ name, work }) {
  const began = performance.now();
  const beat = setInterval(() => say(`  ${name} ... ${seconds(performance.now() - began)}`), 30_000);
  let result;
  try {
    result = await work();
  } catch (error) {
    result = { counts: { passed: 0, failed: 1, notRun: 0 }, output: String(error?.stack ?? error) };
  } finally {
    clearInterval(beat);
  }
  const { counts, output } = result;
  if (counts.failed > 0) say(`${output.trimEnd()}\n`);
  const left = counts.notRun > 0 ? `, ${counts.notRun} not run` : '';
  say(
    `${counts.failed > 0 ? 'FAIL' : 'ok  '}  ${name}: ${lastLine(counts)}${left} (${seconds(performance.now() - began)})`,
  );
  return counts;
}

/** Takes from one queue with two hands: these checks use one core each. */
async function performTwoAtATime(checks) {
  const queue = [...checks];
  let sum = noCounts();
  const hand = async () => {
    for (let check = queue.shift(); check; check = queue.shift()) {
      const counts = await perform(check);
      sum = plus(sum, counts);
    }
  };
  await Promise.all([hand(), hand()]);
  return sum;
}

async function main(args) {
  const only = onlyFrom(args);
  await setup({ part: 'none', virtualDisplay: true });
  const began = performance.now();
  let sum = await performTwoAtATime(chosen(staticChecks, only));
  for (const check of chosen(laterChecks, only)) {
    const counts = await perform(check);
    sum = plus(sum, counts);
  }
  if (sum.notRun > 0) say(`${sum.notRun} tests were not run`);
  say(`all checks in ${seconds(performance.now() - began)}`);
  say(lastLine(sum));
  return sum.failed > 0 || sum.passed === 0 ? 1 : 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.exitCode = explain(error, 'test');
  say(lastLine({ passed: 0, failed: 1 }));
}
