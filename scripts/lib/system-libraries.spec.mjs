import { expect, test } from 'vitest';
import {
  aptLine,
  aptPackages,
  librariesListed,
  renamedForT64,
  systemNeeds,
  windowLibraries,
} from './system-libraries.mjs';

const all = { window: true, display: false, compile: true, download: true };

test('a fresh machine without a display is told one line with everything', () => {
  expect(aptLine(aptPackages(systemNeeds(all)))).toBe(
    'apt-get install -y --no-install-recommends libnss3 libgtk-3-0 libgbm1 libasound2 libatk-bridge2.0-0 xvfb g++ python3 python3-pip tar',
  );
});

test('what is done already asks for nothing', () => {
  expect(systemNeeds({ window: false, display: false, compile: false, download: false })).toEqual([]);
  expect(aptPackages(systemNeeds({ ...all, display: true }))).not.toContain('xvfb');
});

test('newer distributions renamed some packages', () => {
  expect(renamedForT64('ID=debian\nVERSION_ID="12"\n')).toBe(false);
  expect(renamedForT64('ID=debian\nVERSION_ID="13"\n')).toBe(true);
  expect(renamedForT64('NAME="Ubuntu"\nID=ubuntu\nVERSION_ID="24.04"\n')).toBe(true);
  expect(renamedForT64('')).toBe(false);
  expect(aptPackages(windowLibraries, true)).toEqual([
    'libnss3',
    'libgtk-3-0t64',
    'libgbm1',
    'libasound2t64',
    'libatk-bridge2.0-0t64',
  ]);
});

test("ldconfig's list is read by file name", () => {
  const listed = librariesListed(
    '2 libs found\n\tlibnss3.so (libc6,x86-64) => /lib/x86_64-linux-gnu/libnss3.so\n',
  );
  expect(listed.has('libnss3.so')).toBe(true);
  expect(listed.has('libgbm.so.1')).toBe(false);
});
