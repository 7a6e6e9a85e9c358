import { describe, expect, it } from 'vitest';
import { AppError } from '../core/app-error';
import type { CliIo } from './io';
import { printError, table } from './output';
import { startProgress } from './progress';

function capture(overrides: Partial<CliIo> = {}): CliIo & { text: () => string } {
  let text = '';
  const write = (more: string): void => void (text += more);
  const io = {
    cwd: '/',
    env: {},
    signal: new AbortController().signal,
    now: () => 0,
    errIsTerminal: false,
    openEngine: () => Promise.reject(new Error('no engine')),
  };
  return { ...io, out: write, err: write, ...overrides, text: () => text };
}

describe('table', () => {
  it('aligns columns, numbers to the right, and leaves no blanks at line ends', () => {
    expect(
      table(
        ['name', 'n', 'x'],
        [
          ['a', 10, null],
          ['long name', 9, 'y'],
        ],
      ),
    ).toBe('name        n  x\na          10  -\nlong name   9  y\n');
  });

  it('never sends control sequences of a file to the terminal', () => {
    expect(table(['name'], [['\u001b]0;owned\u0007\r\n']])).toBe('name\n?]0;owned???\n');
  });
});

describe('printError', () => {
  const error = new AppError('file.malformed', 'It is broken.', 'Mend it.', { file: 'a.nrrd' });

  it('says message, file and hint, or one line of JSON', () => {
    const people = capture();
    printError(people, error, false);
    expect(people.text()).toBe('Error: It is broken. (a.nrrd)\n  Mend it.\n');
    const programs = capture();
    printError(programs, error, true);
    expect(JSON.parse(programs.text())).toEqual({ error: error.toShape() });
  });
});

describe('startProgress', () => {
  it('rewrites one line on a terminal', () => {
    let time = 0;
    const io = capture({ errIsTerminal: true, now: () => time });
    const progress = startProgress(io, false);
    progress.report(0.1, 'slice 1');
    time = 50;
    progress.report(0.2, 'slice 2');
    time = 200;
    progress.report(0.5, 'slice 5');
    progress.end();
    expect(io.text()).toBe('\r\u001b[2K 10 %  slice 1\r\u001b[2K 50 %  slice 5\r\u001b[2K');
  });

  it('writes a line every few seconds into a log, and nothing with --json', () => {
    let time = 0;
    const io = capture({ now: () => time });
    const quiet = capture({ now: () => time });
    const [progress, silent] = [startProgress(io, false), startProgress(quiet, true)];
    for (time = 0; time <= 12_000; time += 1000) {
      progress.report(time / 12_000, 'work');
      silent.report(time / 12_000, 'work');
    }
    expect(io.text()).toBe(' 42 %  work\n 83 %  work\n');
    expect(quiet.text()).toBe('');
  });
});
