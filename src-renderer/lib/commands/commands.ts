import type { commandGroups } from '../i18n/areas/commands';
import type { Message } from '../i18n/messages';

/** One thing a person can do. Buttons, keys, menu and tests all run it through {@link CommandSet}. */
export interface Command {
  readonly commandId: string;
  readonly title: Message;
  /** As shown in help, e.g. `Shift+N`, `Ctrl+Z`, `1`; empty for buttons only. */
  readonly keys: readonly string[];
  readonly group: keyof typeof commandGroups;
  /** False hides nothing but makes keys and buttons do nothing. */
  readonly enabled?: () => boolean;
  readonly run: () => void | Promise<void>;
}

/** `Ctrl+Shift+N` form of a key event; Cmd counts as Ctrl. Letters are upper case. */
export function keyName(
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>,
): string {
  const key = event.key === ' ' ? 'Space' : event.key.length === 1 ? event.key.toUpperCase() : event.key;
  const isLetter = /^[A-Z]$/.test(key);
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push('Ctrl');
  if (event.altKey) parts.push('Alt');
  // A shifted sign such as ? is its own key already.
  if (event.shiftKey && (isLetter || key.length > 1)) parts.push('Shift');
  return [...parts, key].join('+');
}

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

export class CommandSet {
  private readonly byKey = new Map<string, Command>();
  private readonly byId = new Map<string, Command>();

  /** @throws Error when two commands share a key or an id: that is a mistake of ours, not of the person. */
  constructor(readonly list: readonly Command[]) {
    for (const command of list) {
      if (this.byId.has(command.commandId)) throw new Error(`two commands are called ${command.commandId}`);
      this.byId.set(command.commandId, command);
      for (const key of command.keys) {
        if (this.byKey.has(key)) throw new Error(`two commands want the key ${key}`);
        this.byKey.set(key, command);
      }
    }
  }

  /** @throws Error for an unknown id. */
  run(commandId: string): void {
    const command = this.byId.get(commandId);
    if (!command) throw new Error(`no command ${commandId}`);
    if (command.enabled?.() ?? true) void command.run();
  }

  /** Runs the command of a key event; false when there is none. */
  handle(event: KeyboardEvent): boolean {
    if (isTyping(event.target)) return false;
    const command = this.byKey.get(keyName(event));
    if (!command) return false;
    event.preventDefault();
    if (command.enabled?.() ?? true) void command.run();
    return true;
  }
}
