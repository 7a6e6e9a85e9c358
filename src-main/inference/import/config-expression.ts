/**
 * The `$...` and `@...` values of a MONAI bundle's configuration, read as data. MONAI evaluates them as Python; here only
 * literals, references and the outer form of calls are understood, and nothing is ever called.
 */
export interface ConfigCall {
  readonly kind: 'call';
  /** As written, e.g. monai.networks.nets.resnet.resnet50 or @detector.set_target_keys. */
  readonly name: string;
  readonly args: readonly ConfigValue[];
  readonly kwargs: Readonly<Record<string, ConfigValue>>;
}

export interface ConfigReference {
  readonly kind: 'reference';
  /** Keys from the top, e.g. ['preprocessing', 'transforms', '0']. */
  readonly path: readonly string[];
}

export type ConfigValue =
  number | string | boolean | null | readonly ConfigValue[] | ConfigCall | ConfigReference;

const maxLength = 4000;
const maxDepth = 16;

/** @param text behind the `$`. @returns null where it is anything but literals, references and calls of them */
export function parseExpression(text: string): ConfigValue | null {
  if (text.length > maxLength) return null;
  try {
    const parser = new Parser(text);
    const value = parser.value(0);
    parser.end();
    return value;
  } catch (error) {
    if (error instanceof NotData) return null;
    throw error;
  }
}

/** `@a#b::c` -> its keys; null where it is no reference. */
export function parseReference(text: string): ConfigReference | null {
  const match = /^@([A-Za-z_]\w*(?:(?:#|::)\w+)*)$/.exec(text);
  return match ? { kind: 'reference', path: match[1]!.split(/#|::/) } : null;
}

class NotData extends Error {}

class Parser {
  private at = 0;
  constructor(private readonly text: string) {}

  value(depth: number): ConfigValue {
    if (depth > maxDepth) throw new NotData();
    const number = this.match(/-?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/y);
    if (number !== null) return Number(number);
    const string = this.match(/'[^'\\\n]*'|"[^"\\\n]*"/y);
    if (string !== null) return string.slice(1, -1);
    if (this.match(/\[/y) !== null) return this.list(/\]/y, depth);
    if (this.match(/\(/y) !== null) return this.list(/\)/y, depth);
    const reference = this.match(/@[A-Za-z_]\w*(?:(?:#|::)\w+)*/y);
    const name = `${reference ?? ''}${this.match(reference === null ? /[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*/y : /(?:\.[A-Za-z_]\w*)*/y) ?? ''}`;
    if (this.match(/\(/y) !== null && name !== '') return this.call(name, depth);
    if (reference !== null && name === reference) return parseReference(reference)!;
    if (name === 'True') return true;
    if (name === 'False') return false;
    if (name === 'None') return null;
    throw new NotData();
  }

  end(): void {
    this.match(/$/y);
    if (this.at !== this.text.length) throw new NotData();
  }

  private list(close: RegExp, depth: number): ConfigValue[] {
    const items: ConfigValue[] = [];
    while (this.match(close) === null) {
      items.push(this.value(depth + 1));
      if (this.match(/,/y) !== null) continue;
      if (this.match(close) === null) throw new NotData();
      break;
    }
    return items;
  }

  private call(name: string, depth: number): ConfigCall {
    const args: ConfigValue[] = [];
    const kwargs: Record<string, ConfigValue> = Object.create(null) as Record<string, ConfigValue>;
    while (this.match(/\)/y) === null) {
      const key = this.match(/[A-Za-z_]\w*\s*=(?!=)/y);
      const value = this.value(depth + 1);
      if (key === null) args.push(value);
      else kwargs[key.slice(0, -1).trim()] = value;
      if (this.match(/,/y) !== null) continue;
      if (this.match(/\)/y) === null) throw new NotData();
      break;
    }
    return { kind: 'call', name, args, kwargs };
  }

  /** Takes what matches here, after spaces; null where nothing does. */
  private match(pattern: RegExp): string | null {
    while (this.text[this.at] === ' ') this.at++;
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (!found) return null;
    this.at += found[0].length;
    return found[0];
  }
}
