/** Of a byte followed by none to seven others: eight bytes are taken in at once (Kounavis and Berry, "slicing by eight", 2005). */
const tables = ((): readonly Int32Array[] => {
  const first = Int32Array.from({ length: 256 }, (_, n) => {
    let c = n;
    for (let bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    return c;
  });
  const made = [first];
  for (let t = 1; t < 8; t++) made.push(made[t - 1]!.map((before) => first[before & 0xff]! ^ (before >>> 8)));
  return made;
})();
const [t0, t1, t2, t3, t4, t5, t6, t7] = tables as unknown as Record<number, Int32Array> & Int32Array[];

/** CRC-32 (ISO 3309, as in zlib and PNG) of the bytes, as 8 hex digits: lets a test compare shown pixels with a file. */
export function crc32(bytes: Uint8Array): string {
  let crc = -1;
  let n = 0;
  for (; n + 8 <= bytes.length; n += 8) {
    const low = crc ^ (bytes[n]! | (bytes[n + 1]! << 8) | (bytes[n + 2]! << 16) | (bytes[n + 3]! << 24));
    crc =
      t7![low & 0xff]! ^
      t6![(low >>> 8) & 0xff]! ^
      t5![(low >>> 16) & 0xff]! ^
      t4![low >>> 24]! ^
      t3![bytes[n + 4]!]! ^
      t2![bytes[n + 5]!]! ^
      t1![bytes[n + 6]!]! ^
      t0![bytes[n + 7]!]!;
  }
  for (; n < bytes.length; n++) crc = t0![(crc ^ bytes[n]!) & 0xff]! ^ (crc >>> 8);
  return ((crc ^ -1) >>> 0).toString(16).padStart(8, '0');
}
