import { afterEach, describe, expect, it } from 'vitest';
import { language } from '../i18n/i18n.svelte';
import type { Command } from './commands';
import { keyHint, keyOf, keyText } from './key-text';
import { openScreen } from './open-screen.svelte';
import { CommandSet } from './commands';
import { userKeys } from './user-keys.svelte';

const command = (commandId: string, ...keys: string[]): Command => ({
  commandId,
  title: { en: commandId, de: commandId, es: commandId, fr: commandId, zh: commandId },
  keys,
  group: 'View',
  run: () => undefined,
});

afterEach(() => {
  userKeys.current = {};
  language.current = 'en';
});

describe('keyText', () => {
  it.each([
    ['en', 'Ctrl+Shift+Z', 'Ctrl+Shift+Z'],
    ['de', 'Ctrl+Shift+Z', 'Strg+Umschalt+Z'],
    ['es', 'Shift+Delete', 'Mayús+Supr'],
    ['fr', 'Escape', 'Échap'],
    ['zh', 'Space', '空格'],
    ['de', '+', '+'],
    ['de', 'Ctrl++', 'Strg++'],
    ['en', 'constructor', 'constructor'],
  ] as const)('%s says %s as %s', (current, key, text) => {
    language.current = current;
    expect(keyText(key)).toBe(text);
  });
});

describe('the key beside a button', () => {
  it('is a letter before Enter, the user’s where they chose one, and none where they took it away', () => {
    const accept = command('decision.accept', 'Enter', 'A');
    expect(keyHint(accept)).toBe('A');
    userKeys.current = { 'decision.accept': ['F2'] };
    expect(keyHint(accept)).toBe('F2');
    userKeys.current = { 'decision.accept': [] };
    expect(keyHint(accept)).toBe('');
  });

  it('is found among the commands of the open screen and of the program', () => {
    const close = openScreen.add({ set: new CommandSet([command('view.x', 'Delete')]), places: () => [] });
    expect([keyOf('view.x'), keyOf('program.palette'), keyOf('view.none')]).toEqual(['Del', 'Ctrl+K', '']);
    close();
    expect(keyOf('view.x')).toBe('');
  });
});
