import type { commandGroups } from '../i18n/areas/commands';
import type { Message } from '../i18n/messages';
import { userKeys } from './user-keys.svelte';

/** One thing a person can do. Buttons, keys, menu and tests all run it through {@link CommandSet}. */
export interface Command {
  readonly commandId: string;
  readonly title: Message;
  /** As shown in help, e.g. `Shift+N`, `Ctrl+Z`, `1`; empty for buttons only. The user may have others: {@link keysOf}. */
  readonly keys: readonly string[];
  readonly group: keyof typeof commandGroups;
  /** False hides nothing but makes keys and buttons do nothing. */
  readonly enabled?: () => boolean;
  readonly run: () => void | Promise<void>;
}

type Pressed = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'> &
  Partial<Pick<KeyboardEvent, 'code' | 'getModifierState'>>;

/**
 * `Ctrl+Shift+N` form of a key event; Cmd counts as Ctrl. Letters are upper case. What AltGr makes is a sign of its own:
 * `[` on a German keyboard.
 */
export function keyName(event: Pressed): string {
  const key = event.key === ' ' ? 'Space' : event.key.length === 1 ? event.key.toUpperCase() : event.key;
  const isLetter = /^[A-Z]$/.test(key);
  // Windows says Ctrl and Alt are down, too.
  const graph = event.key.length === 1 && (event.getModifierState?.('AltGraph') ?? false);
  const parts = [];
  if ((event.ctrlKey || event.metaKey) && !graph) parts.push('Ctrl');
  if (event.altKey && !graph) parts.push('Alt');
  // A shifted sign such as ? is its own key already.
  if (event.shiftKey && (isLetter || key.length > 1)) parts.push('Shift');
  return [...parts, key].join('+');
}

/** The digit on the cap of a key that types a sign without Shift: the upper row of a French keyboard. */
function digitName(event: Pressed): string | null {
  const digit = /^Digit([0-9])$/.exec(event.code ?? '')?.[1];
  if (digit === undefined || event.shiftKey || /^[0-9]$/.test(event.key)) return null;
  return keyName({ ...modifiersOf(event), key: digit });
}

const modifiersOf = ({ ctrlKey, metaKey, altKey }: Pressed) => ({
  ctrlKey,
  metaKey,
  altKey,
  shiftKey: false,
});

/** The keys of a command: the user's, where they changed them. */
export const keysOf = (command: Command): readonly string[] =>
  userKeys.current[command.commandId] ?? command.keys;

export const isEnabled = (command: Command): boolean => command.enabled?.() ?? true;

/** True where the person is typing, so that letters are text and not commands. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (
    target.isContentEditable ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
  )
    return true;
  return (
    target instanceof HTMLInputElement && !['range', 'checkbox', 'radio', 'button'].includes(target.type)
  );
}

/** True while a dialog lies over the window: then keys are for it. */
const dialogOpen = (): boolean =>
  typeof document !== 'undefined' && document.querySelector('dialog[open]') !== null;

export class CommandSet {
  private readonly byId = new Map<string, Command>();
  private byKey: { readonly of: typeof userKeys.current; readonly map: ReadonlyMap<string, Command> };

  /**
   * @param evenTyping for keys that no text has (`Ctrl+K`), which also work while the person types
   * @throws Error when two commands share a key or an id: that is a mistake of ours, not of the person.
   */
  constructor(
    readonly list: readonly Command[],
    private readonly evenTyping = false,
  ) {
    const taken = new Set<string>();
    for (const command of list) {
      if (this.byId.has(command.commandId)) throw new Error(`two commands are called ${command.commandId}`);
      this.byId.set(command.commandId, command);
      for (const key of command.keys) {
        if (taken.has(key)) throw new Error(`two commands want the key ${key}`);
        taken.add(key);
      }
    }
    this.byKey = { of: userKeys.current, map: this.mapped() };
  }

  /** @throws Error for an unknown id. */
  run(commandId: string): void {
    const command = this.byId.get(commandId);
    if (!command) throw new Error(`no command ${commandId}`);
    if (isEnabled(command)) void command.run();
  }

  /** Runs the command of a key event; false when there is none. */
  handle(event: KeyboardEvent): boolean {
    if (dialogOpen()) return false;
    if (isTyping(event.target) && !(this.evenTyping && /^(Ctrl\+|F\d)/.test(keyName(event)))) return false;
    const command = this.commandOf(event);
    if (!command) return false;
    event.preventDefault();
    if (isEnabled(command)) void command.run();
    return true;
  }

  /** By the sign that the key types; of the row of digits also by its cap, where no command has the sign. */
  commandOf(event: Pressed): Command | undefined {
    if (this.byKey.of !== userKeys.current) this.byKey = { of: userKeys.current, map: this.mapped() };
    const digit = digitName(event);
    return this.byKey.map.get(keyName(event)) ?? (digit === null ? undefined : this.byKey.map.get(digit));
  }

  /** What the user chose goes before what a newer version of ours may want. */
  private mapped(): ReadonlyMap<string, Command> {
    const map = new Map<string, Command>();
    const chosen = this.list.filter((command) => command.commandId in userKeys.current);
    for (const command of [...chosen, ...this.list])
      for (const key of keysOf(command)) if (!map.has(key)) map.set(key, command);
    return map;
  }
}
