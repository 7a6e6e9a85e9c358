import { createHash } from 'node:crypto';
import { encode } from 'fast-png';
import type { DeidentifyReport } from '../contract/deidentification';
import { AppError } from '../core/app-error';
import {
  bareVolume,
  hashFiles,
  openRaster,
  readOrientation,
  readSmallFile,
  withoutMetadata,
} from '../imaging';

/** What is written in place of a file that is no DICOM: pixels and voxels, and what it takes to show them. */
export interface BareFile {
  readonly folder: 'photos' | 'volumes';
  readonly format: DeidentifyReport['files'][number]['format'];
  /** Of the source's bytes: the same content gets the same name. */
  readonly contentHash: string;
  /** What was left out, by name; never what it said. */
  readonly removed: readonly string[];
  /** Endings and bytes of the new files: the pages of a TIFF are several. */
  readonly outputs: readonly { readonly ending: string; bytes(): AsyncIterable<Uint8Array> }[];
  /** The source, and what else was read with it. */
  readonly sources: readonly string[];
  /** What nobody looked at in the pixels. */
  readonly suspect: string;
}

export type BareKind = 'png' | 'jpeg' | 'tiff' | 'webp' | 'nifti' | 'nrrd' | 'metaimage';
const kinds: readonly string[] = ['png', 'jpeg', 'tiff', 'webp', 'nifti', 'nrrd', 'metaimage'];
export const isBareKind = (kind: string): kind is BareKind => kinds.includes(kind);

/** Largest photograph that is read whole. */
const maxPhotoBytes = 512 * 2 ** 20;
const textInPhoto = 'A photograph says nothing of text in it.';
const faceInVolume = 'A volume of a head can show the face.';

/** @throws AppError file.malformed | file.unsupported | file.too-large naming the field */
export async function bareFile(file: string, kind: BareKind): Promise<BareFile> {
  switch (kind) {
    case 'png':
    case 'jpeg':
      return barePhoto(file, kind);
    case 'tiff':
    case 'webp':
      return redrawn(file, kind);
    case 'nifti':
    case 'nrrd':
    case 'metaimage': {
      const bare = await bareVolume(file, kind);
      return {
        folder: 'volumes',
        format: kind,
        contentHash: await hashFiles(bare.files),
        removed: bare.removed,
        outputs: [{ ending: bare.ending, bytes: () => bare.bytes() }],
        sources: bare.files,
        suspect: faceInVolume,
      };
    }
  }
}

async function barePhoto(file: string, format: 'png' | 'jpeg'): Promise<BareFile> {
  const bytes = await readSmallFile(file, maxPhotoBytes);
  const bare = withoutMetadata(file, bytes, await readOrientation(bytes));
  return {
    folder: 'photos',
    format,
    contentHash: createHash('sha256').update(bytes).digest('hex'),
    removed: bare.removed,
    outputs: [{ ending: format === 'png' ? 'png' : 'jpg', bytes: () => once(bare.bytes) }],
    sources: [file],
    suspect: textInPhoto,
  };
}

/**
 * TIFF and WebP have text in too many places to be cut out of them: their pixels, upright, are written as PNG. Pages are
 * decoded one by one, when they are written.
 */
async function redrawn(file: string, kind: 'tiff' | 'webp'): Promise<BareFile> {
  const raster = await openRaster(file, kind);
  const { frames, contentHash } = raster;
  await raster.close();
  const page = async function* (index: number): AsyncGenerator<Uint8Array> {
    const again = await openRaster(file, kind);
    try {
      if (again.contentHash !== contentHash) throw changed(file);
      yield pngOf(file, await again.readFrame(index));
    } finally {
      await again.close();
    }
  };
  return {
    folder: 'photos',
    format: 'png',
    contentHash,
    removed: [kind === 'tiff' ? 'all TIFF fields but the pixels' : 'EXIF, XMP, ICCP and unknown chunks'],
    outputs: Array.from({ length: frames }, (_, n) => ({ ending: 'png', bytes: () => page(n) })),
    sources: [file],
    suspect: textInPhoto,
  };
}

function pngOf(
  file: string,
  { width, height, channels, data }: Awaited<ReturnType<Awaited<ReturnType<typeof openRaster>>['readFrame']>>,
): Uint8Array {
  if (data instanceof Uint8Array) return encode({ width, height, channels, data, depth: 8 });
  if (data instanceof Uint16Array) return encode({ width, height, channels, data, depth: 16 });
  throw new AppError(
    'file.unsupported',
    'The samples are neither of 8 nor of 16 bits.',
    'Write the picture as PNG first.',
    { file, field: 'BitsPerSample' },
  );
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

const changed = (file: string): AppError =>
  new AppError('file.malformed', 'The file changed while it was read.', 'Try again.', { file });
