/**
 * Protocol Buffers' wire format (protobuf.dev, "Encoding"), as much of it as a TensorFlow graph needs: writing only.
 * A message is a list of byte chunks, so that megabytes of weights are copied once, at the end.
 */
export type Message = Uint8Array[];

const byteLength = (message: Message): number => message.reduce((sum, chunk) => sum + chunk.length, 0);

export function varint(value: number | bigint): Uint8Array {
  // Negative numbers are written as 64-bit two's complement: ten bytes.
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

const tag = (field: number, wireType: number): Uint8Array => varint((field << 3) | wireType);

/** int32, int64, bool, enum. */
export const integer = (field: number, value: number): Message => [tag(field, 0), varint(value)];

export const bytes = (field: number, value: Uint8Array): Message => [
  tag(field, 2),
  varint(value.length),
  value,
];

export const text = (field: number, value: string): Message => bytes(field, Buffer.from(value, 'utf8'));

export const nested = (field: number, value: Message): Message => [
  tag(field, 2),
  varint(byteLength(value)),
  ...value,
];

export function float(field: number, value: number): Message {
  const data = Buffer.alloc(4);
  data.writeFloatLE(value);
  return [tag(field, 5), data];
}

/** A repeated varint field. */
export const packed = (field: number, values: readonly number[]): Message =>
  nested(field, values.map(varint));

/** One entry of a map<string, message>. */
export const entry = (field: number, key: string, value: Message): Message =>
  nested(field, [...text(1, key), ...nested(2, value)]);
