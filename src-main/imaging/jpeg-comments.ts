/**
 * Blanks what a compressed frame says beside its pixels, in place, so that no offset changes: comments and application
 * segments of JPEG and JPEG-LS (ITU-T T.81 B.1.1.3), comments of JPEG 2000 (ISO/IEC 15444-1 A.9.2).
 *
 * @returns how many segments were blanked
 */
export function blankComments(frame: Uint8Array): number {
  if (frame[0] !== 0xff) return 0;
  if (frame[1] === 0xd8) return blankJpeg(frame);
  return frame[1] === 0x4f ? blankJpeg2000(frame) : 0;
}

function blankJpeg(bytes: Uint8Array): number {
  let blanked = 0;
  for (const segment of jpegSegments(bytes)) {
    const keep = keptBytes(bytes, segment);
    if (keep === null) continue;
    const from = segment.start + 4 + keep;
    if (from < segment.end) {
      bytes.fill(0, from, segment.end);
      blanked++;
    }
  }
  return blanked;
}

/** Bytes of an application segment's body that say how to read the pixels; null for other segments. */
function keptBytes(bytes: Uint8Array, { start, end, marker }: Segment): number | null {
  if (marker === 0xfe) return 0;
  if (marker < 0xe0 || marker > 0xef) return null;
  const name = String.fromCharCode(...bytes.subarray(start + 4, Math.min(end, start + 9)));
  if (marker === 0xe0 && name === 'JFIF\0') return 12;
  if (marker === 0xee && name === 'Adobe') return 12;
  // The colour transform of HP's JPEG-LS coder.
  return marker === 0xe8 && name.startsWith('mrfx') ? 5 : 0;
}

export interface Segment {
  /** Of the marker's FF. */
  readonly start: number;
  readonly end: number;
  readonly marker: number;
}

/** Marker segments of a JPEG or JPEG-LS stream, those between scans too; entropy-coded data are passed over. */
export function* jpegSegments(bytes: Uint8Array): Generator<Segment> {
  for (let at = 2; at + 1 < bytes.length;) {
    const marker = bytes[at + 1]!;
    if (bytes[at] !== 0xff || marker < 0x80 || marker === 0xff || (marker >= 0xd0 && marker <= 0xd8)) {
      // Entropy-coded bytes, fill bytes and restart markers.
      at += 1;
      continue;
    }
    if (marker === 0xd9) return;
    const length = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
    const end = at + 2 + length;
    if (length < 2 || end > bytes.length) return;
    yield { start: at, end, marker };
    at = end;
  }
}

/** Main header, then each tile-part's: a tile-part says how long it is (Psot), so its data are stepped over. */
function blankJpeg2000(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let blanked = 0;
  let tileEnd = bytes.length;
  for (let at = 2; at + 4 <= bytes.length;) {
    const marker = view.getUint16(at);
    if (marker === 0xffd9) break;
    if (marker === 0xff93) {
      at = tileEnd;
      continue;
    }
    const end = at + 2 + view.getUint16(at + 2);
    if (end > bytes.length || end < at + 4) break;
    if (marker === 0xff90 && end >= at + 12) {
      const length = view.getUint32(at + 6);
      tileEnd = length === 0 ? bytes.length : Math.max(end, at + length);
    }
    if (marker === 0xff64) {
      // Rcme says whether it is text; the text is what may name somebody.
      bytes.fill(0x20, Math.min(end, at + 6), end);
      blanked++;
    }
    at = end;
  }
  return blanked;
}
