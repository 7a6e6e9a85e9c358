import { keysOf, type Command } from '../commands/commands';
import type { Message } from '../i18n/messages';

/** Commands whose keys count at the same time. */
export interface CommandScreen {
  readonly screenId: string;
  readonly title: Message;
  readonly commands: readonly Command[];
  /** Also while another screen is open. */
  readonly everywhere?: boolean;
}

/** Keys that move the focus or close dialogs. */
const reserved =
  /^(Ctrl\+|Alt\+|Shift\+)*(Tab|Meta|Control|Alt|AltGraph|Shift|CapsLock|Dead|Process|Unidentified)$/;
export const isReserved = (key: string): boolean => reserved.test(key);

/** The command that has a key already where `commandId` would want it; null where it is free. */
export function holderOf(screens: readonly CommandScreen[], commandId: string, key: string): Command | null {
  const own = screens.filter(({ commands }) => commands.some((c) => c.commandId === commandId));
  const everywhere = own.some((screen) => screen.everywhere);
  const beside = screens.filter((screen) => everywhere || screen.everywhere || own.includes(screen));
  for (const { commands } of beside)
    for (const command of commands)
      if (command.commandId !== commandId && keysOf(command).includes(key)) return command;
  return null;
}
