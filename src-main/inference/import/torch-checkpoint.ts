import { halvesToFloats } from '../half';
import { readPickle } from './pickle';
import { PickleTensor, type PickleDict, type PickleValue } from './pickle-values';
import { refuse } from './refuse';
import { isZip, openZip, type ZipArchive } from './zip';

/** A tensor of a checkpoint; its values are read when asked for. */
export interface StoredTensor {
  readonly shape: readonly number[];
  /** Row-major and contiguous, whatever the strides were. @throws AppError model.invalid */
  values(): Float32Array;
}

/** What a checkpoint of a detector may expand to. */
const maxElements = 2 ** 28;
const maxTotalElements = 2 ** 29;
const maxPickleBytes = 16 * 2 ** 20;

/**
 * Reads the state dict out of a PyTorch zip checkpoint (torch.save since 1.6): `<root>/data.pkl` and `<root>/data/<key>`.
 * A dict around it with the key state_dict or model is looked through.
 *
 * @throws AppError model.invalid; nothing in the file is ever called or executed
 */
export function readTorchCheckpoint(bytes: Uint8Array, file: string): Map<string, StoredTensor> {
  if (!isZip(bytes)) throw refuse(file, 'The checkpoint', whyNotZip(bytes), resave);
  const zip = openZip(bytes, file);
  const root = findRoot(zip, file);
  checkByteOrder(zip, root, file);
  const state = findState(readPickle(zip.read(`${root}/data.pkl`, maxPickleBytes), file), file);
  const tensors = new Map<string, StoredTensor>();
  const storages = new Map<string, Uint8Array>();
  let total = 0;
  for (const [name, value] of state) {
    if (typeof name !== 'string' || !(value instanceof PickleTensor)) continue;
    const count = checkTensor(value, name, file);
    total += count;
    if (total > maxTotalElements) throw refuse(file, name, `the tensors exceed ${maxTotalElements} elements`);
    tensors.set(name, {
      shape: value.shape,
      values: () => readTensor(zip, root, storages, value, count, name, file),
    });
  }
  if (tensors.size === 0) throw refuse(file, 'The checkpoint', 'it holds no tensors', resave);
  return tensors;
}

const resave = 'Save the state dict again with PyTorch 1.6 or later: torch.save(network.state_dict(), path).';

function whyNotZip(bytes: Uint8Array): string {
  // Protocol 2, then the long 0x1950a86a20f9469cfc6c: torch.save's magic number before 1.6.
  const legacy = [0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];
  if (legacy.every((b, n) => bytes[n] === b))
    return 'it is a legacy PyTorch file (not a zip), from before 1.6';
  if (bytes[0] === 0x80) return 'it is a bare pickle and not a PyTorch zip checkpoint';
  return 'it is not a PyTorch zip checkpoint';
}

function findRoot(zip: ZipArchive, file: string): string {
  const roots = zip.names.flatMap((n) => /^([^/\\]+)\/data\.pkl$/.exec(n)?.[1] ?? []);
  if (roots.length !== 1) throw refuse(file, 'data.pkl', `the archive holds ${roots.length} of them`, resave);
  if (zip.has(`${roots[0]}/constants.pkl`))
    throw refuse(file, 'constants.pkl', 'this is a TorchScript program and not a checkpoint', resave);
  return roots[0]!;
}

function checkByteOrder(zip: ZipArchive, root: string, file: string): void {
  const name = `${root}/byteorder`;
  if (!zip.has(name)) return;
  const order = new TextDecoder().decode(zip.read(name, 16)).trim();
  if (order !== 'little')
    throw refuse(file, 'byteorder', `it is ${JSON.stringify(order)}, not "little"`, resave);
}

function findState(top: PickleValue, file: string): PickleDict {
  let value: PickleValue | undefined = top;
  for (let depth = 0; depth < 3; depth++) {
    if (!(value instanceof Map)) break;
    if ([...value.values()].some((v) => v instanceof PickleTensor)) return value;
    value = value.get('state_dict') ?? value.get('model') ?? value.get('network');
  }
  throw refuse(
    file,
    'The checkpoint',
    'it is no state dict, nor holds one under "state_dict" or "model"',
    resave,
  );
}

interface Layout {
  readonly bytes: number;
  readonly decode: (own: ArrayBuffer, count: number) => ArrayLike<number>;
}

const layouts: Readonly<Record<string, Layout>> = {
  FloatStorage: { bytes: 4, decode: (b) => new Float32Array(b) },
  DoubleStorage: { bytes: 8, decode: (b) => new Float64Array(b) },
  HalfStorage: { bytes: 2, decode: (b) => halvesToFloats(new Uint16Array(b)) },
  BFloat16Storage: { bytes: 2, decode: (b, n) => bfloatsToFloats(new Uint16Array(b), n) },
  LongStorage: { bytes: 8, decode: (b) => Float64Array.from(new BigInt64Array(b), Number) },
  IntStorage: { bytes: 4, decode: (b) => new Int32Array(b) },
  ShortStorage: { bytes: 2, decode: (b) => new Int16Array(b) },
  CharStorage: { bytes: 1, decode: (b) => new Int8Array(b) },
  ByteStorage: { bytes: 1, decode: (b) => new Uint8Array(b) },
  BoolStorage: { bytes: 1, decode: (b) => new Uint8Array(b) },
};

/** bfloat16 is the upper half of a float32. */
function bfloatsToFloats(halves: Uint16Array, count: number): Float32Array {
  const bits = new Uint32Array(count);
  for (let n = 0; n < count; n++) bits[n] = halves[n]! << 16;
  return new Float32Array(bits.buffer);
}

/** @returns elements */
function checkTensor({ shape, strides, offset, storage }: PickleTensor, name: string, file: string): number {
  const count = shape.reduce((a, b) => a * b, 1);
  if (!(count <= maxElements)) throw refuse(file, name, `it has more than ${maxElements} elements`);
  const last = shape.reduce((sum, side, n) => sum + (side - 1) * strides[n]!, offset);
  if (count > 0 && !(last < storage.count)) throw refuse(file, name, 'it reaches beyond its storage');
  return count;
}

function readTensor(
  zip: ZipArchive,
  root: string,
  storages: Map<string, Uint8Array>,
  { storage, shape, strides, offset }: PickleTensor,
  count: number,
  name: string,
  file: string,
): Float32Array {
  const layout = layouts[storage.type]!;
  const entry = `${root}/data/${storage.key}`;
  const expected = storage.count * layout.bytes;
  if (!zip.has(entry)) throw refuse(file, entry, `the archive does not hold it, and ${name} needs it`);
  if (zip.sizeOf(entry) !== expected)
    throw refuse(file, entry, `it has ${zip.sizeOf(entry)} bytes and ${name} says ${expected}`);
  let bytes = storages.get(entry);
  if (!bytes) storages.set(entry, (bytes = zip.read(entry, maxElements * 8)));
  // Copied: a typed array needs an aligned start.
  const from = offset * layout.bytes;
  const span = count === 0 ? 0 : shape.reduce((sum, side, n) => sum + (side - 1) * strides[n]!, 1);
  const own = new Uint8Array(bytes.subarray(from, from + span * layout.bytes)).buffer;
  return gather(layout.decode(own, span), shape, strides, count);
}

/** The elements in row-major order. */
function gather(
  values: ArrayLike<number>,
  shape: readonly number[],
  strides: readonly number[],
  count: number,
): Float32Array {
  if (isContiguous(shape, strides) || count === 0)
    return values instanceof Float32Array ? values : new Float32Array(values);
  const out = new Float32Array(count);
  const index = new Array<number>(shape.length).fill(0);
  let at = 0;
  for (let n = 0; n < count; n++) {
    out[n] = values[at]!;
    for (let d = shape.length - 1; d >= 0; d--) {
      at += strides[d]!;
      if (++index[d]! < shape[d]!) break;
      at -= strides[d]! * shape[d]!;
      index[d] = 0;
    }
  }
  return out;
}

function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1;
  for (let d = shape.length - 1; d >= 0; d--) {
    if (shape[d] !== 1 && strides[d] !== expected) return false;
    expected *= shape[d]!;
  }
  return true;
}
