import { parseExpression, parseReference, type ConfigCall, type ConfigValue } from './config-expression';
import { refuse } from './refuse';

type Raw = Readonly<Record<string, unknown>>;
const isObject = (v: unknown): v is Raw => typeof v === 'object' && v !== null && !Array.isArray(v);

const maxReferences = 20;

/** A value of a configuration file with the name of its place, so that whatever is wrong can be named. */
export class ConfigField {
  constructor(
    private readonly config: MonaiConfig,
    readonly field: string,
    private readonly raw: unknown,
  ) {}

  get isMissing(): boolean {
    return this.raw === undefined || this.raw === null;
  }

  bad(why: string): Error {
    return refuse(this.config.file, this.field, why);
  }

  or(fallback: unknown): ConfigField {
    return this.isMissing ? new ConfigField(this.config, this.field, fallback) : this;
  }

  number(low = -Infinity, high = Infinity): number {
    if (typeof this.raw !== 'number' || !Number.isFinite(this.raw)) throw this.bad(this.expected('a number'));
    if (this.raw < low || this.raw > high) throw this.bad(`${this.raw} is not between ${low} and ${high}`);
    return this.raw;
  }

  integer(low: number, high: number): number {
    const value = this.number(low, high);
    if (!Number.isInteger(value)) throw this.bad(this.expected('a whole number'));
    return value;
  }

  text(): string {
    if (typeof this.raw !== 'string' || this.raw === '') throw this.bad(this.expected('text'));
    return this.raw;
  }

  boolean(): boolean {
    if (typeof this.raw !== 'boolean') throw this.bad(this.expected('true or false'));
    return this.raw;
  }

  list(): ConfigField[] {
    if (!Array.isArray(this.raw)) throw this.bad(this.expected('a list'));
    return this.raw.map((_, n) => this.item(String(n)));
  }

  /** Three numbers; MONAI also takes one for all three. */
  triple(low: number, high: number): [number, number, number] {
    if (typeof this.raw === 'number') {
      const one = this.number(low, high);
      return [one, one, one];
    }
    const values = this.list().map((v) => v.number(low, high));
    if (values.length !== 3) throw this.bad(this.expected('three numbers'));
    return values as [number, number, number];
  }

  /** What is built here, by `_target_` or by a `$` expression: its name and arguments. */
  call(): { readonly name: string; argument(key: string, position?: number): ConfigField } {
    const at = (key: string): string => `${this.field}.${key}`;
    if (isObject(this.raw) && this.raw['kind'] === 'call') {
      const call = this.raw as unknown as ConfigCall;
      return {
        name: call.name,
        argument: (key, position) =>
          this.config.resolve(
            at(key),
            call.kwargs[key] ?? (position === undefined ? undefined : call.args[position]),
          ),
      };
    }
    if (isObject(this.raw) && typeof this.raw['_target_'] === 'string')
      return { name: this.raw['_target_'], argument: (key) => this.item(key) };
    throw this.bad(this.expected('an object with _target_, or a call'));
  }

  item(key: string): ConfigField {
    const inner = (this.raw as Readonly<Record<string, unknown>> | null | undefined)?.[key];
    return this.config.resolve(`${this.field}.${key}`, inner);
  }

  private expected(what: string): string {
    return this.isMissing ? 'it is missing' : `it is not ${what} that can be read without running code`;
  }
}

/** A MONAI bundle's configuration (docs.monai.io, "MONAI Bundle Configuration"), with references followed. */
export class MonaiConfig {
  constructor(
    readonly file: string,
    private readonly top: Raw,
  ) {}

  get(key: string): ConfigField {
    return this.resolve(key, Object.prototype.hasOwnProperty.call(this.top, key) ? this.top[key] : undefined);
  }

  /** Follows `@` and reads `$`; what cannot be read stays as it is and fails where it is used. */
  resolve(field: string, raw: unknown): ConfigField {
    let value = raw;
    for (let n = 0; n < maxReferences; n++) {
      const read: ConfigValue | unknown =
        typeof value === 'string' && value.startsWith('$')
          ? (parseExpression(value.slice(1)) ?? value)
          : typeof value === 'string' && value.startsWith('@')
            ? (parseReference(value) ?? value)
            : value;
      if (!isObject(read) || read['kind'] !== 'reference') return new ConfigField(this, field, read);
      value = this.lookUp(read['path'] as readonly string[]);
    }
    throw refuse(this.file, field, 'its references go round in a circle');
  }

  private lookUp(path: readonly string[]): unknown {
    return path.reduce<unknown>(
      (value, key) =>
        typeof value === 'object' && value !== null && Object.prototype.hasOwnProperty.call(value, key)
          ? (value as Raw)[key]
          : undefined,
      this.top,
    );
  }
}
