import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run, mustRun } from './run.mjs';
import { SetupError } from './setup-error.mjs';

/** Shared libraries Electron opens on Linux, and Debian 12's packages; they bring the X libraries, CUPS and fonts along. */
export const windowLibraries = [
  { library: 'libnss3.so', package: 'libnss3' },
  { library: 'libgtk-3.so.0', package: 'libgtk-3-0', t64: true },
  { library: 'libgbm.so.1', package: 'libgbm1' },
  { library: 'libasound.so.2', package: 'libasound2', t64: true },
  { library: 'libatk-bridge-2.0.so.0', package: 'libatk-bridge2.0-0', t64: true },
];
const virtualDisplay = { command: 'Xvfb', package: 'xvfb' };
const compiler = { command: 'g++', package: 'g++' };
const python = [
  { command: 'python3', package: 'python3' },
  { pip: true, package: 'python3-pip' },
];
const unpacking = { command: 'tar', package: 'tar' };

/** What this set-up needs of the system. */
export function systemNeeds({ window, display, compile, download }) {
  const needs = window ? [...windowLibraries] : [];
  if (window && !display) needs.push(virtualDisplay);
  if (compile) needs.push(compiler);
  if (download) needs.push(...python, unpacking);
  return needs;
}

export const librariesListed = (ldconfigOutput) =>
  new Set(ldconfigOutput.split('\n').map((line) => line.trim().split(' ')[0]));

/** Debian 13 and Ubuntu 24.04 renamed the packages whose time_t grew. */
export function renamedForT64(osRelease) {
  const field = (name) => new RegExp(`^${name}="?([^"\\n]*)`, 'm').exec(osRelease)?.[1] ?? '';
  const version = Number(field('VERSION_ID'));
  return (field('ID') === 'debian' && version >= 13) || (field('ID') === 'ubuntu' && version >= 24.04);
}

export const aptPackages = (needs, t64 = false) => [
  ...new Set(needs.map((need) => (need.t64 && t64 ? `${need.package}t64` : need.package))),
];
export const aptLine = (packages) => `apt-get install -y --no-install-recommends ${packages.join(' ')}`;

const onPath = (command) =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => folder && existsSync(join(folder, command)));

async function missing(needs) {
  let libraries = null;
  const absent = [];
  for (const need of needs) {
    if (need.command && !onPath(need.command)) absent.push(need);
    if (need.pip && (await run('python3', ['-m', 'pip', '--version'])).code !== 0) absent.push(need);
    if (need.library) {
      if (!libraries) {
        const ldconfig = existsSync('/sbin/ldconfig') ? '/sbin/ldconfig' : 'ldconfig';
        const { code, output } = await run(ldconfig, ['-p']);
        if (code !== 0) return absent; // not glibc's loader: nothing to compare with
        libraries = librariesListed(output);
      }
      if (!libraries.has(need.library)) absent.push(need);
    }
  }
  return absent;
}

/** Names what the system lacks with the line that installs it; as root on Debian, installs it. Linux only. */
export async function setUpSystemLibraries(needs, progress) {
  if (process.platform !== 'linux') return;
  let absent = await missing(needs);
  if (absent.length === 0) return;
  const osRelease = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  const packages = aptPackages(absent, renamedForT64(osRelease));
  const line = aptLine(packages);
  const names = absent.map((need) => need.library ?? need.command ?? 'pip').join(', ');
  if (process.getuid?.() !== 0 || !onPath('apt-get'))
    throw new SetupError(
      `the system lacks ${names}`,
      `Install them, then run the command again: sudo apt-get update && sudo ${line}`,
    );
  progress.say(`the system lacks ${names}; as root, running: apt-get update && ${line}`);
  await progress.step('system libraries', async () => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update', '-q'], { env });
    await mustRun(line, 'apt-get', line.split(' ').slice(1), { env });
    await run('/sbin/ldconfig', []);
  });
  absent = await missing(needs);
  if (absent.length > 0)
    throw new SetupError(
      `still missing after ${line}: ${absent.map((need) => need.library ?? need.command ?? 'pip').join(', ')}`,
    );
}
