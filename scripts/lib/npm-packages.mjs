import { join } from 'node:path';
import { readJson } from './files.mjs';
import { fromRoot, modules, root } from './paths.mjs';
import { mustRunAlone } from './orphans.mjs';

const lists = (rules, value) =>
  !rules ||
  ((rules.some((r) => !r.startsWith('!')) ? rules.includes(value) : true) && !rules.includes(`!${value}`));

/** Does npm install this package here at all? */
const belongsHere = (entry, { platform, arch }) => lists(entry.os, platform) && lists(entry.cpu, arch);

/**
 * Does the tree that npm last installed (node_modules/.package-lock.json, which npm writes at its very end) hold exactly
 * what package-lock.json asks for? A run of npm that was killed leaves no such file.
 */
export function installedMatchesLock(lock, installed, machine = process) {
  if (!lock?.packages || !installed?.packages) return false;
  for (const [path, entry] of Object.entries(lock.packages)) {
    if (path === '' || entry.link) continue;
    const found = installed.packages[path];
    if (!found && (entry.optional || !belongsHere(entry, machine))) continue;
    if (found?.version !== entry.version || (entry.integrity && found.integrity !== entry.integrity))
      return false;
  }
  return true;
}

export const npmPackagesReady = () =>
  installedMatchesLock(
    readJson(fromRoot('package-lock.json')),
    readJson(join(modules, '.package-lock.json')),
  );

/** Dependencies' install scripts stay off: they fetch from hosts that may not answer; set-up does their work itself. */
export async function setUpNpmPackages() {
  const npm = process.env.npm_execpath?.endsWith('npm-cli.js')
    ? [process.execPath, [process.env.npm_execpath]]
    : [process.platform === 'win32' ? 'npm.cmd' : 'npm', []];
  await mustRunAlone(
    'npm ci',
    npm[0],
    [...npm[1], 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline'],
    {
      cwd: root,
      shell: npm[0] === 'npm.cmd',
      hint: 'Check that the npm registry can be reached (npm ping), then run the command again; what was fetched is kept.',
    },
  );
}
