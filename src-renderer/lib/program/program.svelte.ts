import { CommandSet, type Command } from '../commands/commands';
import { people } from '../i18n/areas/people';
import { commands as titles } from '../i18n/areas/commands';
import { session } from '../state/session.svelte';

/** What lies over whatever screen is open. */
class Program {
  dialog = $state<'settings' | 'palette' | 'help' | null>(null);
}
export const program = new Program();

const open = (dialog: NonNullable<Program['dialog']>) => (): void => {
  program.dialog = dialog;
};

export const lockCommand: Command = {
  commandId: 'program.lock',
  title: people.lockScreen,
  keys: ['Ctrl+L'],
  group: 'Program',
  run: () => session.lock(),
};

/** The same on every screen. */
export const programCommands = new CommandSet(
  [
    {
      commandId: 'program.palette',
      title: titles.palette,
      keys: ['Ctrl+K'],
      group: 'Program',
      run: open('palette'),
    },
    {
      commandId: 'program.settings',
      title: titles.settings,
      keys: ['Ctrl+,'],
      group: 'Program',
      run: open('settings'),
    },
    lockCommand,
    { commandId: 'program.help', title: titles.help, keys: ['?', 'F1'], group: 'Program', run: open('help') },
  ],
  true,
);
