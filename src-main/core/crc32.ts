/** Four tables: a checkpoint of a hundred megabytes is checked in a fraction of a second. */
const tables = makeTables();

function makeTables(): Uint32Array[] {
  const first = Uint32Array.from({ length: 256 }, (_, n) => {
    let c = n;
    for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
    return c;
  });
  const all = [first];
  for (let t = 1; t < 4; t++) all.push(all[t - 1]!.map((c) => (c >>> 8) ^ first[c & 255]!));
  return all;
}

/** CRC-32 as zip and PNG have it (ISO 3309), four bytes at a time; zlib.crc32 needs Node 22. */
export function crc32(bytes: Uint8Array): number {
  const [t0, t1, t2, t3] = tables as [Uint32Array, Uint32Array, Uint32Array, Uint32Array];
  let c = 0xffffffff;
  let n = 0;
  for (; n + 4 <= bytes.length; n += 4) {
    c ^= bytes[n]! | (bytes[n + 1]! << 8) | (bytes[n + 2]! << 16) | (bytes[n + 3]! << 24);
    c = t3[c & 255]! ^ t2[(c >>> 8) & 255]! ^ t1[(c >>> 16) & 255]! ^ t0[c >>> 24]!;
  }
  for (; n < bytes.length; n++) c = (c >>> 8) ^ t0[(c ^ bytes[n]!) & 255]!;
  return ~c >>> 0;
}
