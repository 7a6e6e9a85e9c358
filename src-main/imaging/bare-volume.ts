import { pipeline, Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { Vec3 } from '../core/geometry/vec3';
import type { ByteSource } from './dicom/byte-source';
import { openMetaImage, metaImageVoxels } from './metaimage/read';
import type { MetaImageHeader } from './metaimage/header';
import { bareNiftiHeader } from './nifti/bare-header';
import { niftiVoxels, openNifti } from './nifti/read';
import type { NrrdHeader } from './nrrd/header';
import { nrrdVoxels, openNrrd } from './nrrd/read';
import { openFileSource } from './open-source';
import { fileTypeBytes } from './raw-voxels';
import { voxelPieces, type VoxelPlace } from './voxel-bytes';

/**
 * A volume file (all its volumes) as a new file that holds numbers alone: a header made of what places, sizes and scales the
 * voxels, and the voxels as they are stored. Free text, extensions, key/value pairs, names of other files and what follows
 * the voxels stay behind.
 */
export interface BareVolume {
  /** With which the new file's name ends. */
  readonly ending: 'nii.gz' | 'nrrd' | 'mha';
  /** What a report calls what may have been left out. */
  readonly removed: readonly string[];
  /** The file of the voxels too, where it is another one. */
  readonly files: readonly string[];
  /** The new file, once. @throws AppError file.malformed where there are fewer voxels than promised. */
  bytes(): AsyncGenerator<Uint8Array>;
}

/** @throws AppError file.malformed | file.unsupported | file.too-large naming the field */
export async function bareVolume(file: string, format: 'nifti' | 'nrrd' | 'metaimage'): Promise<BareVolume> {
  switch (format) {
    case 'nifti': {
      const { header, head, dataFile } = await openNifti(file);
      const { dims, volumes, type } = header;
      const size = dims[0] * dims[1] * dims[2] * volumes * fileTypeBytes[type];
      const place = async (source: ByteSource): Promise<VoxelPlace> => ({
        ...(await niftiVoxels(source, header)),
        size,
        field: 'dim',
      });
      const bytes = (): AsyncGenerator<Uint8Array> =>
        gzipped(joined(bareNiftiHeader(head, header), dataFile, place));
      const removed = ['descrip', 'aux_file', 'intent_name', 'db_name', 'header extensions'];
      return { ending: 'nii.gz', removed, files: filesOf(file, dataFile), bytes };
    }
    case 'nrrd': {
      const { header, dataFile } = await openNrrd(file);
      const place = (source: ByteSource): VoxelPlace => nrrdVoxels(file, source, header);
      const bytes = (): AsyncGenerator<Uint8Array> => joined(bareNrrdHeader(header), dataFile, place);
      const removed = ['content', 'comments', 'key/value pairs', 'other fields'];
      return { ending: 'nrrd', removed, files: filesOf(file, dataFile), bytes };
    }
    case 'metaimage': {
      const { header, dataFile } = await openMetaImage(file);
      const place = (source: ByteSource): VoxelPlace => metaImageVoxels(file, source, header);
      const bytes = (): AsyncGenerator<Uint8Array> => joined(bareMetaImageHeader(header), dataFile, place);
      return { ending: 'mha', removed: ['Comment', 'other fields'], files: filesOf(file, dataFile), bytes };
    }
  }
}

const filesOf = (file: string, dataFile: string): string[] => (dataFile === file ? [file] : [file, dataFile]);

async function* joined(
  header: Uint8Array,
  dataFile: string,
  place: (source: ByteSource) => VoxelPlace | Promise<VoxelPlace>,
): AsyncGenerator<Uint8Array> {
  yield header;
  const source = await openFileSource(dataFile);
  try {
    yield* voxelPieces(await place(source));
  } finally {
    await source.close();
  }
}

/** Without a name or time in the gzip header: Node writes none. */
async function* gzipped(bytes: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  const out = createGzip({ level: 6 });
  let failed: unknown = null;
  pipeline(Readable.from(bytes), out, (error) => (failed = error ?? null));
  for await (const piece of out) yield piece as Buffer;
  // A destroyed stream may end its loop without a word.
  if (failed !== null) throw failed as Error;
}

const spaceName = ([x, y]: Vec3): string =>
  x > 0 ? (y > 0 ? 'left-posterior-superior' : 'left-anterior-superior') : 'right-anterior-superior';

/** Fields of nrrd.h's format 5, written from numbers. */
function bareNrrdHeader(h: NrrdHeader): Buffer {
  const list = h.volumes > 1;
  const around = <T>(three: readonly T[], fourth: T): T[] =>
    !list ? [...three] : h.interleaved ? [fourth, ...three] : [...three, fourth];
  const vector = (v: readonly number[]): string => `(${v.join(',')})`;
  const space = h.toLps && spaceName(h.toLps);
  const placed = h.directions !== null;
  const lines = [
    'NRRD0005',
    `type: ${h.type === 'float32' ? 'float' : h.type === 'float64' ? 'double' : h.type}`,
    `dimension: ${list ? 4 : 3}`,
    ...(space ? [`space: ${space}`] : placed ? ['space dimension: 3'] : []),
    `sizes: ${around(h.dims, h.volumes).join(' ')}`,
    ...(h.directions ? [`space directions: ${around(h.directions.map(vector), 'none').join(' ')}`] : []),
    ...(!placed && h.spacings
      ? [
          `spacings: ${around(
            h.dims.map((_, a) => h.spacings![a] ?? 1),
            NaN,
          )
            .join(' ')
            .replace('NaN', 'nan')}`,
        ]
      : []),
    ...(list ? [`kinds: ${around(['domain', 'domain', 'domain'], 'list').join(' ')}`] : []),
    ...(fileTypeBytes[h.type] > 1 ? [`endian: ${h.littleEndian ? 'little' : 'big'}`] : []),
    'encoding: raw',
    ...(h.hasOrigin && (space || placed) ? [`space origin: ${vector(h.origin)}`] : []),
  ];
  return Buffer.from(`${lines.join('\n')}\n\n`, 'latin1');
}

const metaTypes = {
  int8: 'MET_CHAR',
  uint8: 'MET_UCHAR',
  int16: 'MET_SHORT',
  uint16: 'MET_USHORT',
  int32: 'MET_INT',
  uint32: 'MET_UINT',
  float32: 'MET_FLOAT',
  float64: 'MET_DOUBLE',
} as const;

function bareMetaImageHeader(h: MetaImageHeader): Buffer {
  const four = h.volumes > 1;
  const rank = four ? 4 : 3;
  const more = (three: readonly number[], fourth: number): string =>
    [...three, ...(four ? [fourth] : [])].join(' ');
  const rows = h.directions && (four ? [...h.directions.map((d) => [...d, 0]), [0, 0, 0, 1]] : h.directions);
  const lines = [
    'ObjectType = Image',
    `NDims = ${rank}`,
    'BinaryData = True',
    `BinaryDataByteOrderMSB = ${h.littleEndian ? 'False' : 'True'}`,
    'CompressedData = False',
    ...(rows ? [`TransformMatrix = ${rows.flat().join(' ')}`] : []),
    `Offset = ${more(h.origin, 0)}`,
    ...(h.spacing ? [`ElementSpacing = ${more(h.spacing, 1)}`] : []),
    `DimSize = ${more(h.dims, h.volumes)}`,
    `ElementType = ${metaTypes[h.type]}`,
    'ElementDataFile = LOCAL',
  ];
  return Buffer.from(`${lines.join('\n')}\n`, 'latin1');
}
