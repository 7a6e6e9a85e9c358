/**
 * Blanks what a compressed frame says beside its pixels, in place, so that no offset changes: comments and application
 * segments of JPEG and JPEG-LS (ITU-T T.81 B.1.1.3), comments of JPEG 2000 (ISO/IEC 15444-1 A.9.2), and what follows the end.
 *
 * @returns how many were blanked; null for what is no bare stream of these: boxes around it may hold text
 */
export function blankComments(frame: Uint8Array): number | null {
  if (frame[0] !== 0xff) return null;
  if (frame[1] === 0xd8) return blankJpeg(frame);
  return frame[1] === 0x4f ? blankJpeg2000(frame) : null;
}

function blankJpeg(bytes: Uint8Array): number {
  let blanked = 0;
  const segments = jpegSegments(bytes);
  for (;;) {
    const next = segments.next();
    if (next.done) return blanked + blankBehind(bytes, next.value);
    const keep = keptBytes(bytes, next.value);
    if (keep === null) continue;
    const from = next.value.start + 4 + keep;
    if (from < next.value.end) {
      bytes.fill(0, from, next.value.end);
      blanked++;
    }
  }
}

/** What follows the end marker is no part of the picture. */
function blankBehind(bytes: Uint8Array, end: number): number {
  if (bytes.subarray(end).every((b) => b === 0)) return 0;
  bytes.fill(0, end);
  return 1;
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

/**
 * Marker segments of a JPEG or JPEG-LS stream, those between scans too; entropy-coded data are passed over.
 *
 * @returns the byte after the end marker, or after the last byte where there is none.
 */
export function* jpegSegments(bytes: Uint8Array): Generator<Segment, number> {
  for (let at = 2; at + 1 < bytes.length;) {
    const marker = bytes[at + 1]!;
    if (bytes[at] !== 0xff || marker < 0x80 || marker === 0xff || (marker >= 0xd0 && marker <= 0xd8)) {
      // Entropy-coded bytes, fill bytes and restart markers.
      at += 1;
      continue;
    }
    if (marker === 0xd9) return at + 2;
    const length = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
    const end = at + 2 + length;
    if (length < 2 || end > bytes.length) return bytes.length;
    yield { start: at, end, marker };
    at = end;
  }
  return bytes.length;
}

/** Main header, then each tile-part's: a tile-part says how long it is (Psot), so its data are stepped over. */
function blankJpeg2000(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let blanked = 0;
  let tileEnd = bytes.length;
  let open = 2;
  for (let at = 2; at + 4 <= bytes.length;) {
    const marker = view.getUint16(at);
    if (marker === 0xffd9) return blanked + blankBehind(bytes, at + 2);
    if (marker === 0xff93) {
      at = tileEnd;
      // A tile-part that does not say its length runs up to the end marker, which coded data never hold (A.1.2).
      for (; at === bytes.length && open < at - 1; open++)
        if (bytes[open] === 0xff && bytes[open + 1] === 0xd9) at = open;
      continue;
    }
    const end = at + 2 + view.getUint16(at + 2);
    if (end > bytes.length || end < at + 4) break;
    if (marker === 0xff90 && end >= at + 12) {
      const length = view.getUint32(at + 6);
      tileEnd = length === 0 ? bytes.length : Math.min(bytes.length, Math.max(end, at + length));
      open = end;
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
