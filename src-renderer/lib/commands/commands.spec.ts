import { describe, expect, it, vi } from 'vitest';
import { CommandSet, keyName, type Command } from './commands';

const press = (key: string, more: Partial<KeyboardEvent> = {}) =>
  keyName({ key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...more });

const command = (commandId: string, keys: string[], run = vi.fn()): Command => ({
  commandId,
  title: { en: commandId, de: commandId, es: commandId, fr: commandId, zh: commandId },
  keys,
  group: 'View',
  run,
});

describe('keyName', () => {
  it.each([
    ['n', {}, 'N'],
    ['N', { shiftKey: true }, 'Shift+N'],
    ['z', { ctrlKey: true }, 'Ctrl+Z'],
    ['z', { metaKey: true }, 'Ctrl+Z'],
    ['?', { shiftKey: true }, '?'],
    ['Enter', { shiftKey: true }, 'Shift+Enter'],
    ['1', {}, '1'],
  ])('%s %o is %s', (key, more, name) => expect(press(key, more)).toBe(name));
});

describe('CommandSet', () => {
  it('refuses two commands with one key or one id', () => {
    expect(() => new CommandSet([command('a', ['N']), command('b', ['N'])])).toThrow('the key N');
    expect(() => new CommandSet([command('a', []), command('a', [])])).toThrow('called a');
  });

  it('runs by id and leaves disabled ones alone', () => {
    const run = vi.fn();
    const off = { ...command('off', ['X'], vi.fn()), enabled: () => false };
    const set = new CommandSet([command('on', ['N'], run), off]);
    set.run('on');
    set.run('off');
    expect(run).toHaveBeenCalledOnce();
    expect(off.run).not.toHaveBeenCalled();
    expect(() => set.run('none')).toThrow('no command none');
  });
});
