import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bytesUnder, moveIntoPlace, scratch } from './files.mjs';
import { downloads } from './paths.mjs';
import { megabytes } from './progress.mjs';
import { findPython } from './python.mjs';
import { mustRun } from './run.mjs';
import { matchesPin, requirePin } from './verify.mjs';

/** pip's arguments for one pinned file. `--require-hashes` makes pip itself check before it opens the file. */
export function pipArguments(pin, requirements, folder, [major, minor]) {
  const args = [
    '-m',
    'pip',
    'download',
    '--no-deps',
    '--require-hashes',
    '--progress-bar',
    'off',
    '--no-input',
  ];
  args.push('--disable-pip-version-check', '-d', folder, '-r', requirements);
  // pip can continue a broken transfer only from 25.1 on; before that it starts the file again.
  if (major > 25 || (major === 25 && minor >= 1)) args.push('--resume-retries', '5');
  if (pin.wheelFor) {
    args.push('--only-binary=:all:');
    if (pin.wheelFor.python)
      args.push('--python-version', pin.wheelFor.python, '--platform', pin.wheelFor.platform);
  } else {
    args.push('--no-build-isolation', '--no-binary', ':all:');
  }
  return args;
}

/** What `pip` fetches: the real thing. Tests put another in its place. */
async function fetchWithPip(pin, folder, note, env) {
  const python = await findPython();
  const requirements = join(folder, 'requirements.txt');
  writeFileSync(requirements, `${pin.requirement} --hash=sha256:${pin.sha256}\n`);
  let arrived = 0;
  const timer = setInterval(async () => (arrived = await bytesUnder(folder)), 1000);
  note(
    () => `downloading ${pin.file}, ${megabytes(Math.min(arrived, pin.bytes))} of ${megabytes(pin.bytes)}`,
  );
  try {
    await mustRun(
      `the download of ${pin.title}`,
      python.command,
      pipArguments(pin, requirements, folder, python.pip),
      {
        // pip's partial files lie in TMPDIR: ours, so that progress can be seen and a killed run leaves nothing behind.
        env: { ...process.env, TMPDIR: folder, ...env },
        hint: 'The package index could not serve it. Check the network (or PIP_INDEX_URL) and run the command again; finished parts are kept.',
      },
    );
  } finally {
    clearInterval(timer);
  }
}

/**
 * The pinned file in .cache/downloads, fetched when it is not there whole. It gets its final name only after its hash
 * was checked, so a file under that name is never partial; it is hashed again before each use all the same.
 * @returns {Promise<string>} its path
 */
export async function obtain(
  pin,
  note = () => {},
  { folder = downloads, fetch = fetchWithPip, env = {}, makeScratch = scratch } = {},
) {
  const target = join(folder, pin.file);
  if (await matchesPin(target, pin)) return target;
  rmSync(target, { force: true });
  mkdirSync(folder, { recursive: true });
  const partial = makeScratch(`download-${pin.file}`);
  try {
    await fetch(pin, partial, note, env);
    await requirePin(join(partial, pin.file), pin);
    moveIntoPlace(join(partial, pin.file), target);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return target;
}
