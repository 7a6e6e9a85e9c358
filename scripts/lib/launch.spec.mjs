import { expect, test } from 'vitest';
import { hasDisplay, nodeIsNewEnough } from '../setup.mjs';
import { electronFlags, softwareGlFlags } from './electron-launch.mjs';
import { megabytes, seconds } from './progress.mjs';

test('only root gives up the sandbox, and only a virtual display draws in software', () => {
  expect(electronFlags({ root: false, software: false })).toEqual([]);
  expect(electronFlags({ root: true, software: false })).toEqual(['--no-sandbox']);
  expect(electronFlags({ root: false, software: true })).toEqual(softwareGlFlags);
});

test('a display is a variable on Linux and always there elsewhere', () => {
  expect(hasDisplay({}, 'linux')).toBe(false);
  expect(hasDisplay({ DISPLAY: ':0' }, 'linux')).toBe(true);
  expect(hasDisplay({ WAYLAND_DISPLAY: 'wayland-0' }, 'linux')).toBe(true);
  expect(hasDisplay({}, 'win32')).toBe(true);
});

test('Node 20.19 is the oldest that will do', () => {
  expect(nodeIsNewEnough('20.18.3')).toBe(false);
  expect(nodeIsNewEnough('20.19.0')).toBe(true);
  expect(nodeIsNewEnough('24.0.0')).toBe(true);
});

test('times and sizes are short', () => {
  expect(seconds(1234)).toBe('1.2 s');
  expect(seconds(119_900)).toBe('2 min 0 s');
  expect(seconds(125_000)).toBe('2 min 5 s');
  expect(megabytes(102_360_040)).toBe('102 MB');
});
