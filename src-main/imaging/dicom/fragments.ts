import { malformed } from '../errors';
import { peek } from './byte-source';
import type { OpenDicom } from './open';
import { formatTag, tags } from './tags';

/** One piece of a compressed frame in the source. */
interface Fragment {
  readonly offset: number;
  readonly length: number;
  /** Offset of its item tag, counted from the first item after the offset table (PS3.5 A.4). */
  readonly relative: number;
}

const itemTag = 0xfffee000;
const sequenceEnd = 0xfffee0dd;

/**
 * Finds which fragments make up each frame: by the extended or basic offset table, else one fragment a
 * frame, else by the marker that starts a JPEG or JPEG 2000 code stream.
 *
 * @throws AppError file.malformed naming the byte.
 */
export async function findFrames(dicom: OpenDicom, frames: number): Promise<Fragment[][]> {
  const { source, dataset } = dicom;
  const place = dicom.pixelData!;
  const field = (at: number): string => `${formatTag(tags.pixelData)}, item at byte ${at}`;
  const fragments: Fragment[] = [];
  let table: number[] = [];
  let firstItem = -1;
  for (let at = place.offset; ;) {
    if (at + 8 > source.size) {
      // Without a sequence delimiter the fragments read so far may still be whole.
      if (fragments.length > 0 && at >= source.size) break;
      throw malformed(source.file, field(at), 'the fragments have no end');
    }
    const head = await peek(source, at, 8, field(at));
    const tag = ((head.readUInt16LE(0) << 16) | head.readUInt16LE(2)) >>> 0;
    const length = head.readUInt32LE(4);
    if (tag === sequenceEnd) break;
    if (tag !== itemTag)
      throw malformed(source.file, field(at), `${formatTag(tag)} stands where a fragment should`);
    if (at + 8 + length > source.size)
      throw malformed(source.file, field(at), `a fragment of ${length} bytes runs over the end`);
    if (firstItem < 0) {
      const bytes = length <= 4 * 100_000 ? await source.read(at + 8, length, field(at)) : Buffer.alloc(0);
      table = Array.from({ length: bytes.length >> 2 }, (_, n) => bytes.readUInt32LE(4 * n));
      firstItem = at + 8 + length;
    } else {
      fragments.push({ offset: at + 8, length, relative: at - firstItem });
    }
    at += 8 + length;
  }
  if (fragments.length === 0) throw malformed(source.file, field(place.offset), 'there are no fragments');
  if (frames === 1) return [fragments];
  const extended = dataset.uint64s(tags.extendedOffsetTable);
  for (const offsets of [extended, table]) {
    const grouped = offsets.length === frames ? byOffsets(fragments, offsets) : null;
    if (grouped) return grouped;
  }
  if (fragments.length === frames) return fragments.map((f) => [f]);
  const grouped = await byStartMarkers(dicom, fragments);
  if (grouped.length === frames) return grouped;
  throw malformed(
    source.file,
    dataset.place(tags.numberOfFrames),
    `${frames} frames, but ${fragments.length} fragments and no usable offset table`,
  );
}

function byOffsets(fragments: readonly Fragment[], offsets: readonly number[]): Fragment[][] | null {
  const starts = new Set(fragments.map((f) => f.relative));
  if (!offsets.every((o, n) => starts.has(o) && (n === 0 ? o === 0 : o > offsets[n - 1]!))) return null;
  return offsets.map((from, n) => {
    const to = offsets[n + 1] ?? Infinity;
    return fragments.filter((f) => f.relative >= from && f.relative < to);
  });
}

async function byStartMarkers(dicom: OpenDicom, fragments: readonly Fragment[]): Promise<Fragment[][]> {
  const frames: Fragment[][] = [];
  for (const fragment of fragments) {
    const head = await dicom.source.read(fragment.offset, Math.min(3, fragment.length), 'fragment');
    const starts =
      head[0] === 0xff && ((head[1] === 0xd8 && head[2] === 0xff) || (head[1] === 0x4f && head[2] === 0xff));
    if (starts || frames.length === 0) frames.push([]);
    frames[frames.length - 1]!.push(fragment);
  }
  return frames;
}

/** The compressed bytes of one frame, not to be changed. */
export async function readFragments(dicom: OpenDicom, frame: readonly Fragment[]): Promise<Buffer> {
  const parts = await Promise.all(
    frame.map((f) => peek(dicom.source, f.offset, f.length, formatTag(tags.pixelData))),
  );
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}
