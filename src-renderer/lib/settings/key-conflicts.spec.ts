import { afterEach, describe, expect, it } from 'vitest';
import type { Command } from '../commands/commands';
import { userKeys } from '../commands/user-keys.svelte';
import { commandScreens } from './command-screens';
import { holderOf, isReserved, type CommandScreen } from './key-conflicts';

const words = { en: 'x', de: 'x', es: 'x', fr: 'x', zh: 'x' };
const command = (commandId: string, ...keys: string[]): Command => ({
  commandId,
  title: words,
  keys,
  group: 'View',
  run: () => undefined,
});
const screens: readonly CommandScreen[] = [
  { screenId: 'a', title: words, commands: [command('a.next', 'N'), command('a.draw', 'D')] },
  { screenId: 'b', title: words, commands: [command('b.models', 'M')] },
  { screenId: 'all', title: words, everywhere: true, commands: [command('all.help', '?')] },
];
const holder = (commandId: string, key: string) => holderOf(screens, commandId, key)?.commandId;

describe('who has a key', () => {
  afterEach(() => (userKeys.current = {}));

  it('is asked within a screen and of what holds everywhere', () => {
    expect(holder('a.draw', 'N')).toBe('a.next');
    expect(holder('a.draw', 'D'), 'its own').toBeUndefined();
    expect(holder('a.draw', 'M'), 'of another screen').toBeUndefined();
    expect(holder('a.draw', '?')).toBe('all.help');
    expect(holder('all.help', 'M')).toBe('b.models');
  });

  it('follows what the user changed', () => {
    userKeys.current = { 'a.next': ['Q'] };
    expect([holder('a.draw', 'N'), holder('a.draw', 'Q')]).toEqual([undefined, 'a.next']);
  });

  it('never gives away keys of the window', () => {
    expect(['Tab', 'Shift+Tab', 'Shift+Shift'].every(isReserved)).toBe(true);
    expect(['N', 'Shift+N', 'Ctrl+K', 'F1', 'Space'].some(isReserved)).toBe(false);
  });
});

it('no two commands of ours share a key where both count', () => {
  const all = commandScreens();
  expect(all.map(({ commands }) => commands.length).every((count) => count > 0)).toBe(true);
  const shared = all.flatMap(({ commands }) =>
    commands.flatMap((c) => c.keys.flatMap((key) => holderOf(all, c.commandId, key) ?? [])),
  );
  expect(shared.map((c) => c.commandId)).toEqual([]);
});
