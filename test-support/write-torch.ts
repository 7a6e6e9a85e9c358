import { deflateRawSync } from 'node:zlib';
import { crc32 } from '../src-main/core/crc32';

/** Zip archives and PyTorch checkpoints, written byte by byte as torch.save and zip write them. */
export interface MadeZipEntry {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly deflated?: boolean;
  /** Unix mode, file type included: 0o120777 is a link. */
  readonly mode?: number;
  /** General purpose flags: 1 is encrypted, 0x800 a name in UTF-8. */
  readonly flags?: number;
  readonly method?: number;
  /** What the headers say in place of the truth. */
  readonly claims?: { readonly size?: number; readonly crc?: number };
  /** The entry shares the bytes of this earlier one. */
  readonly sharedWith?: number;
}

/** @param wrap lets the 16 bits of the count run over, where there are more entries. */
export function makeZip(entries: readonly MadeZipEntry[], wrap = false): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  const places: number[] = [];
  let at = 0;
  for (const { name, bytes, deflated, mode = 0, flags = 0, method, claims, sharedWith } of entries) {
    const packed = deflated ? deflateRawSync(bytes) : Buffer.from(bytes);
    const encoded = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(flags, 2);
    common.writeUInt16LE(method ?? (deflated ? 8 : 0), 4);
    common.writeUInt32LE(claims?.crc ?? crc32(bytes), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(claims?.size ?? bytes.length, 18);
    common.writeUInt16LE(encoded.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, encoded, packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(mode * 0x10000, 6);
    const place = sharedWith === undefined ? at : places[sharedWith]!;
    places.push(place);
    tail.writeUInt32LE(place, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, tail, encoded]));
    if (sharedWith !== undefined) continue;
    parts.push(local);
    at += local.length;
  }
  const listing = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  const count = wrap ? entries.length & 0xffff : entries.length;
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(listing.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, listing, end]);
}

export interface MadeTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Pickle opcodes, one function each: tests put hostile pickles together from them. */
export const op = {
  proto: Buffer.from([0x80, 2]),
  stop: Buffer.from('.'),
  mark: Buffer.from('('),
  tuple: Buffer.from('t'),
  reduce: Buffer.from('R'),
  build: Buffer.from('b'),
  emptyDict: Buffer.from('}'),
  emptyList: Buffer.from(']'),
  emptyTuple: Buffer.from(')'),
  setItem: Buffer.from('s'),
  setItems: Buffer.from('u'),
  append: Buffer.from('a'),
  persistentId: Buffer.from('Q'),
  no: Buffer.from([0x89]),
  global: (module: string, name: string): Buffer => Buffer.from(`c${module}\n${name}\n`),
  text(value: string): Buffer {
    const encoded = Buffer.from(value);
    const head = Buffer.from([0x58, 0, 0, 0, 0]);
    head.writeUInt32LE(encoded.length, 1);
    return Buffer.concat([head, encoded]);
  },
  int(value: number): Buffer {
    const out = Buffer.from([0x4a, 0, 0, 0, 0]);
    out.writeInt32LE(value, 1);
    return out;
  },
  put: (index: number): Buffer => Buffer.from([0x71, index]),
  get: (index: number): Buffer => Buffer.from([0x68, index]),
};

const ints = (values: readonly number[]): Buffer => Buffer.concat([op.mark, ...values.map(op.int), op.tuple]);

/** The opcodes that rebuild one float32 tensor from storage `key`. */
export function tensorOpcodes(
  key: string,
  shape: readonly number[],
  strides: readonly number[],
  count: number,
  offset = 0,
): Buffer {
  const storage = [
    op.mark,
    op.text('storage'),
    op.global('torch', 'FloatStorage'),
    op.text(key),
    op.text('cpu'),
  ];
  return Buffer.concat([
    op.global('torch._utils', '_rebuild_tensor_v2'),
    op.mark,
    ...storage,
    op.int(count),
    op.tuple,
    op.persistentId,
    op.int(offset),
    ints(shape),
    ints(strides),
    op.no,
    op.global('collections', 'OrderedDict'),
    op.emptyTuple,
    op.reduce,
    op.tuple,
    op.reduce,
  ]);
}

/** A checkpoint of this pickle and these storages. */
export const makeTorchZip = (
  pickle: Uint8Array,
  storages: Readonly<Record<string, Uint8Array>> = {},
  more: readonly MadeZipEntry[] = [],
): Buffer =>
  makeZip([
    { name: 'model/data.pkl', bytes: pickle },
    ...Object.entries(storages).map(([key, bytes]) => ({ name: `model/data/${key}`, bytes })),
    ...more,
  ]);

/** What torch.save(state_dict, path) writes of float32 tensors. */
export function makeTorchCheckpoint(tensors: ReadonlyMap<string, MadeTensor>): Buffer {
  const items: Buffer[] = [];
  const storages: Record<string, Uint8Array> = {};
  let key = 0;
  for (const [name, { shape, data }] of tensors) {
    const strides = shape.map((_, d) => shape.slice(d + 1).reduce((a, b) => a * b, 1));
    items.push(op.text(name), tensorOpcodes(String(key), shape, strides, data.length));
    storages[key++] = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }
  const pickle = Buffer.concat([
    op.proto,
    op.global('collections', 'OrderedDict'),
    op.emptyTuple,
    op.reduce,
    op.mark,
    ...items,
    op.setItems,
    op.stop,
  ]);
  return makeTorchZip(pickle, storages);
}
