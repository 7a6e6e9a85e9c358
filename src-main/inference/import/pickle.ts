import { refuse } from './refuse';
import { opcodeName } from './pickle-opcodes';

import {
  PickleGlobal,
  PickleStorage,
  PickleTensor,
  PickleTuple,
  storageTypes,
  type PickleDict,
  type PickleValue,
} from './pickle-values';

const allowedGlobals = new Set<string>([
  'collections.OrderedDict',
  'torch._utils._rebuild_tensor_v2',
  'torch._utils._rebuild_parameter',
  ...storageTypes.map((t) => `torch.${t}`),
]);

/** A state dict of 10,000 tensors takes about 400,000 operations; each may make an object of some 200 bytes. */
const maxOperations = 500_000;
const maxRank = 8;

class Mark {}
const mark = new Mark();
type Slot = PickleValue | Mark;

/**
 * A pickle interpreter (Python's pickletools, protocols 2 to 5) for what torch.save writes of a state dict, and no more:
 * numbers, strings, tuples, lists, dicts, and the few globals that stand for tensors. It never calls anything; every other
 * opcode, class and call is refused by name and byte offset.
 *
 * @param file for messages
 * @throws AppError model.invalid, naming the opcode or class and its byte offset
 */
export function readPickle(bytes: Uint8Array, file: string): PickleValue {
  return new Interpreter(bytes, file).run();
}

class Interpreter {
  private readonly view: DataView;
  private readonly stack: Slot[] = [];
  private readonly memo = new Map<number, PickleValue>();
  private at = 0;
  /** Where the opcode being run lies. */
  private opcodeAt = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly file: string,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  run(): PickleValue {
    for (let n = 0; n < maxOperations; n++) {
      this.opcodeAt = this.at;
      const opcode = this.view.getUint8(this.take(1));
      if (opcode === 0x2e) {
        const result = this.pop();
        if (this.stack.length > 0) throw this.bad('STOP comes with values left over');
        return result;
      }
      this.step(opcode);
    }
    throw this.bad(`it has more than ${maxOperations} operations`);
  }

  private step(opcode: number): void {
    const { view } = this;
    switch (opcode) {
      case 0x80: {
        const version = view.getUint8(this.take(1));
        if (version < 2 || version > 5) throw this.bad(`protocol ${version} is not 2 to 5`);
        return;
      }
      case 0x95: // FRAME only says how many bytes may be read ahead.
        if (view.getBigUint64(this.take(8), true) > BigInt(this.bytes.length - this.at))
          throw this.bad('FRAME is longer than the file');
        return;
      case 0x28:
        this.stack.push(mark);
        return;
      case 0x4e:
        return this.push(null);
      case 0x88:
        return this.push(true);
      case 0x89:
        return this.push(false);
      case 0x4a:
        return this.push(view.getInt32(this.take(4), true));
      case 0x4b:
        return this.push(view.getUint8(this.take(1)));
      case 0x4d:
        return this.push(view.getUint16(this.take(2), true));
      case 0x8a:
        return this.push(this.long(view.getUint8(this.take(1))));
      case 0x47:
        return this.push(view.getFloat64(this.take(8), false));
      case 0x58:
        return this.push(this.text(view.getUint32(this.take(4), true)));
      case 0x8c:
        return this.push(this.text(view.getUint8(this.take(1))));
      case 0x29:
        return this.push(new PickleTuple([]));
      case 0x85:
      case 0x86:
      case 0x87:
        return this.push(new PickleTuple(this.popMany(opcode - 0x84)));
      case 0x74:
        return this.push(new PickleTuple(this.popToMark()));
      case 0x5d:
        return this.push([]);
      case 0x7d:
        return this.push(new Map());
      case 0x61: {
        const value = this.pop();
        this.list().push(value);
        return;
      }
      case 0x65: {
        const values = this.popToMark();
        const list = this.list();
        for (const value of values) list.push(value);
        return;
      }
      case 0x73: {
        const [key, value] = this.popMany(2);
        this.setItem(this.dict(), key!, value!);
        return;
      }
      case 0x75: {
        const pairs = this.popToMark();
        if (pairs.length % 2 !== 0) throw this.bad('SETITEMS lacks a value');
        const dict = this.dict();
        for (let n = 0; n < pairs.length; n += 2) this.setItem(dict, pairs[n]!, pairs[n + 1]!);
        return;
      }
      case 0x71:
        return this.memorize(view.getUint8(this.take(1)));
      case 0x72:
        return this.memorize(view.getUint32(this.take(4), true));
      case 0x94:
        return this.memorize(this.memo.size);
      case 0x68:
        return this.recall(view.getUint8(this.take(1)));
      case 0x6a:
        return this.recall(view.getUint32(this.take(4), true));
      case 0x63:
        return this.lookUp(this.line(), this.line());
      case 0x93: {
        const [module, name] = this.popMany(2);
        if (typeof module !== 'string' || typeof name !== 'string')
          throw this.bad('STACK_GLOBAL names no class');
        return this.lookUp(module, name);
      }
      case 0x51:
        return this.push(this.storage(this.pop()));
      case 0x52: {
        const [callable, args] = this.popMany(2);
        return this.push(this.reduce(callable!, args!));
      }
      case 0x62: {
        const [object, state] = this.popMany(2);
        return this.push(this.build(object!, state!));
      }
      default:
        throw this.bad(`the opcode ${opcodeName(opcode)} is not one that a state dict needs`);
    }
  }

  private lookUp(module: string, name: string): void {
    const full = `${module}.${name}`;
    if (!allowedGlobals.has(full)) {
      throw this.bad(
        `it asks for ${printable(full)}, and only tensors are read`,
        'Save the state dict alone: torch.save(network.state_dict(), path).',
      );
    }
    this.push(new PickleGlobal(full));
  }

  private reduce(callable: PickleValue, args: PickleValue): PickleValue {
    if (!(callable instanceof PickleGlobal) || !(args instanceof PickleTuple))
      throw this.bad('REDUCE calls what is no function');
    const { items } = args;
    if (callable.name === 'collections.OrderedDict' && items.length === 0) return new Map();
    if (callable.name === 'torch._utils._rebuild_tensor_v2') return this.tensor(items);
    if (callable.name === 'torch._utils._rebuild_parameter' && items[0] instanceof PickleTensor)
      return items[0];
    throw this.bad(`REDUCE calls ${callable.name} as no state dict does`);
  }

  private tensor(items: readonly PickleValue[]): PickleTensor {
    const [storage, offset, shape, strides] = items;
    const sizes = (value: PickleValue | undefined): readonly number[] => {
      if (!(value instanceof PickleTuple) || value.items.length > maxRank || !value.items.every(isSize))
        throw this.bad('a tensor has no proper shape');
      return value.items as number[];
    };
    if (!(storage instanceof PickleStorage) || items.length < 6 || items.length > 7 || !isSize(offset))
      throw this.bad('REDUCE makes a tensor of something else');
    const [s, t] = [sizes(shape), sizes(strides)];
    if (s.length !== t.length) throw this.bad('a tensor has not one stride for each side');
    return new PickleTensor(storage, offset, s, t);
  }

  private storage(id: PickleValue): PickleStorage {
    if (!(id instanceof PickleTuple) || id.items.length !== 5) throw this.bad('BINPERSID names no storage');
    const [kind, type, key, location, count] = id.items;
    const known = type instanceof PickleGlobal && /^torch\.(\w+Storage)$/.exec(type.name);
    if (kind !== 'storage' || !known || typeof location !== 'string' || !isSize(count))
      throw this.bad('BINPERSID names no storage');
    if (typeof key !== 'string' || !/^\d{1,9}$/.test(key))
      throw this.bad(`a storage is called ${printable(String(key))}, which is no number`);
    return new PickleStorage(known[1]!, key, count);
  }

  /** torch hangs module versions on the dict as `_metadata`; nothing else may be set. */
  private build(object: PickleValue, state: PickleValue): PickleValue {
    const harmless =
      object instanceof Map && state instanceof Map && [...state.keys()].every((k) => k === '_metadata');
    if (!harmless) throw this.bad('BUILD changes an object that is no state dict');
    return object;
  }

  private setItem(dict: PickleDict, key: PickleValue, value: PickleValue): void {
    if (typeof key !== 'string' && typeof key !== 'number')
      throw this.bad('a dict has a key that is neither text nor number');
    dict.set(key, value);
  }

  private memorize(index: number): void {
    const top = this.stack[this.stack.length - 1];
    if (top === undefined || top instanceof Mark) throw this.bad('there is nothing to memorize');
    this.memo.set(index, top);
  }

  private recall(index: number): void {
    const value = this.memo.get(index);
    if (value === undefined) throw this.bad(`memo ${index} was never set`);
    this.push(value);
  }

  private push(value: PickleValue): void {
    this.stack.push(value);
  }

  private pop(): PickleValue {
    const value = this.stack.pop();
    if (value === undefined || value instanceof Mark) throw this.bad('its stack is empty');
    return value;
  }

  private popMany(count: number): PickleValue[] {
    return Array.from({ length: count }, () => this.pop()).reverse();
  }

  private popToMark(): PickleValue[] {
    const from = this.stack.lastIndexOf(mark);
    if (from < 0) throw this.bad('a mark is missing');
    const values = this.stack.splice(from) as PickleValue[];
    values.shift();
    return values;
  }

  private list(): PickleValue[] {
    const top = this.stack[this.stack.length - 1];
    if (!Array.isArray(top)) throw this.bad('there is no list to append to');
    return top;
  }

  private dict(): PickleDict {
    const top = this.stack[this.stack.length - 1];
    if (!(top instanceof Map)) throw this.bad('there is no dict to fill');
    return top;
  }

  /** @returns where the next `count` bytes start */
  private take(count: number): number {
    if (count > this.bytes.length - this.at) throw this.bad('it is cut short');
    const from = this.at;
    this.at += count;
    return from;
  }

  private text(length: number): string {
    const from = this.take(length);
    return new TextDecoder().decode(this.bytes.subarray(from, from + length));
  }

  private line(): string {
    const end = this.bytes.indexOf(0x0a, this.at);
    if (end < 0 || end - this.at > 1000) throw this.bad('a name does not end');
    const text = this.text(end - this.at);
    this.take(1);
    return text;
  }

  /** Two's complement, little endian; what no double holds exactly is refused. */
  private long(length: number): number {
    if (length > 8) throw this.bad('a number is too large');
    const from = this.take(length);
    let value = 0n;
    for (let n = 0; n < length; n++) value |= BigInt(this.bytes[from + n]!) << BigInt(8 * n);
    const number = Number(BigInt.asIntN(8 * length, value));
    if (!Number.isSafeInteger(number)) throw this.bad('a number is too large');
    return number;
  }

  private bad(why: string, hint?: string): Error {
    return refuse(this.file, `The pickle at byte ${this.opcodeAt}`, why, hint);
  }
}

const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** Names come from the file: nothing that a terminal would act on, and not too long. */
const printable = (text: string): string =>
  text.length > 100 ? JSON.stringify(`${text.slice(0, 100)}...`) : JSON.stringify(text);
