import { expect, test } from 'vitest';
import { installedMatchesLock } from './npm-packages.mjs';

const machine = { platform: 'linux', arch: 'x64' };
const lock = {
  packages: {
    '': { name: 'regio' },
    'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
    'node_modules/mac': { version: '1.0.0', integrity: 'sha512-m', os: ['darwin'] },
    'node_modules/maybe': { version: '2.0.0', optional: true },
  },
};
const tree = (a) => ({ packages: { 'node_modules/a': a } });

test('the same versions match; what belongs to another system or is optional may be absent', () => {
  expect(installedMatchesLock(lock, tree({ version: '1.0.0', integrity: 'sha512-a' }), machine)).toBe(true);
});

test('another version, other bytes, an absent package or an unfinished install do not match', () => {
  expect(installedMatchesLock(lock, tree({ version: '1.0.1', integrity: 'sha512-a' }), machine)).toBe(false);
  expect(installedMatchesLock(lock, tree({ version: '1.0.0', integrity: 'sha512-b' }), machine)).toBe(false);
  expect(installedMatchesLock(lock, { packages: {} }, machine)).toBe(false);
  expect(installedMatchesLock(lock, null, machine)).toBe(false);
});

test('a package for another system is needed on that system', () => {
  const here = tree({ version: '1.0.0', integrity: 'sha512-a' });
  expect(installedMatchesLock(lock, here, { platform: 'darwin', arch: 'arm64' })).toBe(false);
});
