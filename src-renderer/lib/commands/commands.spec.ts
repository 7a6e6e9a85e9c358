import { afterEach, describe, expect, it, vi } from 'vitest';
import { CommandSet, keyName, keysOf, type Command } from './commands';
import { userKeys } from './user-keys.svelte';

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

const event = (key: string, code: string, more: Partial<KeyboardEvent> = {}): KeyboardEvent =>
  ({ key, code, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...more }) as KeyboardEvent;

describe('keyboards of other countries', () => {
  const set = new CommandSet([command('one', ['1']), command('bracket', ['[']), command('help', ['?'])]);
  const found = (...pressed: Parameters<typeof event>) => set.commandOf(event(...pressed))?.commandId;

  it('find digits by the cap of a French keyboard, where they need Shift', () => {
    expect(found('&', 'Digit1')).toBe('one');
    expect(found('1', 'Digit1', { shiftKey: true })).toBe('one');
    // Of a German or US keyboard the shifted digit is another sign.
    expect(found('!', 'Digit1', { shiftKey: true })).toBeUndefined();
    const signs = new CommandSet([command('six', ['6']), command('minus', ['-'])]);
    expect(signs.commandOf(event('-', 'Digit6'))?.commandId, 'a sign goes before a cap').toBe('minus');
  });

  it('find signs by what they type, AltGr or not', () => {
    const graph = { ctrlKey: true, altKey: true, getModifierState: (key: string) => key === 'AltGraph' };
    expect(found('[', 'Digit8', graph)).toBe('bracket');
    expect(found('?', 'Minus', { shiftKey: true })).toBe('help');
  });
});

describe('keys that the user changed', () => {
  afterEach(() => (userKeys.current = {}));

  it('take the place of ours, at once', () => {
    const [a, b] = [command('a', ['N']), command('b', ['X'])];
    const set = new CommandSet([a, b]);
    const of = (key: string) => set.commandOf(event(key, ''))?.commandId;
    userKeys.current = { a: ['Q'], b: [] };
    expect([of('q'), of('n'), of('x')]).toEqual(['a', undefined, undefined]);
    expect(keysOf(a)).toEqual(['Q']);
    userKeys.current = {};
    expect([of('q'), of('n'), of('x')]).toEqual([undefined, 'a', 'b']);
  });

  it('stand against what a newer version of ours wants', () => {
    userKeys.current = { b: ['N'] };
    const set = new CommandSet([command('a', ['N']), command('b', ['X'])]);
    expect(set.commandOf(event('n', ''))?.commandId).toBe('b');
  });
});
