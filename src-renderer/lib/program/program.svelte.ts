import { CommandSet } from '../commands/commands';
import { commands as titles } from '../i18n/areas/commands';

/** What lies over whatever screen is open. */
class Program {
  dialog = $state<'settings' | 'palette' | 'help' | null>(null);
}
export const program = new Program();

const open = (dialog: NonNullable<Program['dialog']>) => (): void => {
  program.dialog = dialog;
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
    { commandId: 'program.help', title: titles.help, keys: ['?', 'F1'], group: 'Program', run: open('help') },
  ],
  true,
);
