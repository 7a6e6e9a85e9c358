import { keyCaps } from '../i18n/areas/keys';
import { t } from '../i18n/i18n.svelte';
import { programCommands } from '../program/program.svelte';
import { keysOf, type Command } from './commands';
import { openScreen } from './open-screen.svelte';

/** `Ctrl+Shift+Z` as the keys of the reader's country say it: `Strg+Umschalt+Z`. */
export const keyText = (key: string): string =>
  (key === '+' ? ['+'] : key.split(/\+(?!$)/))
    .map((part) => (Object.hasOwn(keyCaps, part) ? t(keyCaps[part as keyof typeof keyCaps]) : part))
    .join('+');

/** The one of a command's keys to show beside a button: a letter or sign before Enter, Backspace and the like. Empty: none. */
export function keyHint(command: Command): string {
  const keys = keysOf(command);
  const key = keys.find((known) => [...known].length === 1) ?? keys[0];
  return key === undefined ? '' : keyText(key);
}

/** The same of a command of the screen that is open, or of the program. Follows the settings. */
export function keyOf(commandId: string): string {
  const command = [...openScreen.commands, ...programCommands.list].find((c) => c.commandId === commandId);
  return command ? keyHint(command) : '';
}

/** Tooltip of a button whose name a narrow window hides. */
export const nameAndKey = (name: string, commandId: string): string =>
  [name, keyOf(commandId)].filter(Boolean).join(' · ');
