import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** What can go wrong with a DICOM file on a disk, a wire or in a hostile hand; each the same for the same seed. */
export const mutations = ['bit-flips', 'cut', 'length', 'vr', 'splice'] as const;
type Mutation = (typeof mutations)[number];

/** Where an element starts, and where its length stands. */
interface Spot {
  readonly at: number;
  readonly lengthAt: number;
  /** Bytes of the length field. */
  readonly wide: 2 | 4;
  /** Whether two letters of a VR stand at `at` + 4. */
  readonly explicit: boolean;
}

const vrs =
  'AE AS AT CS DA DS DT FD FL IS LO LT OB OD OF OL OV OW PN SH SL SQ SS ST SV TM UC UI UL UN UR US UT UV ZZ'.split(
    ' ',
  );
const longVrs = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);
const pick = <T>(list: readonly T[], random: () => number): T => list[Math.floor(random() * list.length)]!;
const upTo = (n: number, random: () => number): number => Math.floor(random() * n);

/**
 * One mutant of a Part 10 file. Cuts go through all elements in turn as `turn` counts up, the rest is drawn.
 *
 * @param others files to take pieces of
 */
export function mutate(
  file: Buffer,
  mutation: Mutation,
  random: () => number,
  others: readonly Buffer[],
  turn: number,
): Buffer {
  const packed = deflatedFrom(file);
  // Half of the mutants of a deflated file are damaged inside the stream, not in its compressed bytes.
  if (packed !== null && random() < 0.5) {
    const inner = mutateBytes(inflateRawSync(file.subarray(packed)), 0, mutation, random, others, turn);
    return Buffer.concat([file.subarray(0, packed), deflateRawSync(inner)]);
  }
  return mutateBytes(file, 132, mutation, random, others, turn);
}

function mutateBytes(
  file: Buffer,
  start: number,
  mutation: Mutation,
  random: () => number,
  others: readonly Buffer[],
  turn: number,
): Buffer {
  const spots = elementSpots(file, start);
  if (spots.length === 0 || mutation === 'splice') return splice(file, random, others);
  const spot = mutation === 'cut' ? spots[turn % spots.length]! : pick(spots, random);
  const out = Buffer.from(file);
  switch (mutation) {
    case 'bit-flips':
      for (let n = 1 + upTo(8, random); n > 0; n--) {
        // Headers are few bytes of many: half of the flips go there.
        const at = random() < 0.5 ? pick(spots, random).at + upTo(12, random) : upTo(out.length, random);
        if (at < out.length) out[at]! ^= 1 << upTo(8, random);
      }
      return out;
    case 'cut':
      return out.subarray(0, Math.min(out.length - 1, spot.at + pick([0, 1, 4, 6, 8, 12, 13, 40], random)));
    case 'length': {
      const old = spot.wide === 2 ? out.readUInt16LE(spot.lengthAt) : out.readUInt32LE(spot.lengthAt);
      const value = pick(
        [
          0,
          1,
          2,
          old + 1,
          old - 1,
          old * 2,
          out.length,
          0x7fff,
          0xffff,
          0x7fffffff,
          0xfffffffe,
          0xffffffff,
          upTo(2 ** 32, random),
        ],
        random,
      );
      if (spot.wide === 2) out.writeUInt16LE(value & 0xffff, spot.lengthAt);
      else out.writeUInt32LE(value >>> 0, spot.lengthAt);
      return out;
    }
    case 'vr': {
      const explicit = spots.filter((s) => s.explicit);
      if (explicit.length === 0) return splice(file, random, others);
      out.write(pick(vrs, random), pick(explicit, random).at + 4, 'latin1');
      return out;
    }
  }
}

/** A piece of this or another file put in, written over, or left out. */
function splice(file: Buffer, random: () => number, others: readonly Buffer[]): Buffer {
  const from = random() < 0.5 ? file : pick(others, random);
  const start = upTo(from.length, random);
  const piece = from.subarray(start, start + 1 + upTo(Math.min(4096, from.length), random));
  const at = 132 + upTo(Math.max(1, file.length - 132), random);
  const until = pick([at, at + piece.length, at + upTo(2048, random)], random);
  const kept = random() < 0.25 ? Buffer.alloc(0) : piece;
  return Buffer.concat([file.subarray(0, at), kept, file.subarray(until)]);
}

/** Where the deflated data set starts, or null. */
function deflatedFrom(file: Buffer): number | null {
  const uid = file.indexOf('1.2.840.10008.1.2.1.99');
  if (uid < 0 || uid > 1000) return null;
  return 132 + 12 + file.readUInt32LE(140);
}

/** Element and item headers, found by walking lengths and into sequences as far as that goes. */
function elementSpots(file: Buffer, start: number): Spot[] {
  const spots: Spot[] = [];
  // A big-endian or implicit body walks badly as explicit little endian: what it finds is still in the file.
  for (let at = start; at + 8 <= file.length && spots.length < 5000;) {
    const group = file.readUInt16LE(at);
    const vr = file.toString('latin1', at + 4, at + 6);
    const explicit = group !== 0xfffe && /^[A-Z]{2}$/.test(vr);
    const long = explicit && longVrs.has(vr);
    const lengthAt = explicit ? (long ? at + 8 : at + 6) : at + 4;
    const wide = explicit && !long ? 2 : 4;
    if (lengthAt + wide > file.length) break;
    spots.push({ at, lengthAt, wide, explicit });
    const length = wide === 2 ? file.readUInt16LE(lengthAt) : file.readUInt32LE(lengthAt);
    // Sequences and items are walked into, not over.
    const inside = group === 0xfffe || vr === 'SQ' || length === 0xffffffff;
    at =
      lengthAt + wide + (inside && length !== 0 && spots.length < 4000 ? 0 : Math.min(length, file.length));
  }
  return spots;
}
