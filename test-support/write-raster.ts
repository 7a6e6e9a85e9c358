import { writeFileSync } from 'node:fs';
import { encode as encodePng } from 'fast-png';
import jpeg from 'jpeg-js';
import type { Photo } from './phantoms';

export function writePng(file: string, photo: Photo): string {
  writeFileSync(file, encodePng({ ...photo, channels: 3, depth: 8 }));
  return file;
}

/** JPEG bytes; with an EXIF orientation (1 to 8) where one is given. */
export function jpegBytes(photo: Photo, orientation?: number): Buffer {
  const rgba = Buffer.alloc(photo.width * photo.height * 4, 255);
  for (let n = 0; n < photo.width * photo.height; n++) {
    for (let c = 0; c < 3; c++) rgba[4 * n + c] = photo.data[3 * n + c]!;
  }
  const { data } = jpeg.encode({ width: photo.width, height: photo.height, data: rgba }, 95);
  return orientation === undefined
    ? data
    : Buffer.concat([data.subarray(0, 2), exif(orientation), data.subarray(2)]);
}

export function writeJpeg(file: string, photo: Photo, orientation?: number): string {
  writeFileSync(file, jpegBytes(photo, orientation));
  return file;
}

/** A TIFF structure with one IFD of one entry, Orientation: what every EXIF block is. */
export function exifTiff(orientation: number): Buffer {
  const tiff = Buffer.alloc(26);
  tiff.write('II*\0', 0, 'latin1');
  tiff.writeUInt32LE(8, 4);
  tiff.writeUInt16LE(1, 8);
  tiff.writeUInt16LE(0x0112, 10);
  tiff.writeUInt16LE(3, 12);
  tiff.writeUInt32LE(1, 14);
  tiff.writeUInt16LE(orientation, 18);
  return tiff;
}

/** APP1 with that. */
function exif(orientation: number): Buffer {
  const body = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), exifTiff(orientation)]);
  const head = Buffer.from([0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([head, body]);
}
