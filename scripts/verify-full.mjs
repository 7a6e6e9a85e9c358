/** `npm run verify:full`: everything of `npm run verify`, then the suites that take minutes each. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { longSuites } from './lib/long-suites.mjs';
import { root } from './lib/paths.mjs';

const run = (args, env = {}) =>
  spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } })
    .status === 0;

const failed = run(['scripts/test.mjs', '--verify']) ? [] : ['verify'];
for (const { name, args, needs, env } of longSuites) {
  if (needs && !existsSync(join(root, needs))) {
    console.log(`not run  ${name}: ${needs} is not here`);
    continue;
  }
  console.log(`\n${name}: node ${args.join(' ')}`);
  if (!run(args, env)) failed.push(name);
}
console.log(failed.length === 0 ? 'ok    verify:full' : `FAIL  ${failed.join('; ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
