import { dicomBytes, type DicomFileOptions, type DicomSyntax, type WrittenElement } from './write-dicom';

/** One DICOM picture or loop of any pixel form: elements that a real file of its kind has, and made samples. */
export interface MadePicture extends Pick<DicomFileOptions, 'fragmentBytes' | 'offsetTable'> {
  syntax?: DicomSyntax;
  modality?: string;
  columns?: number;
  rows?: number;
  frames?: number;
  components?: number;
  /** Of each sample in the file: 8 or 16. */
  bitsAllocated?: 8 | 16;
  bitsStored?: number;
  signed?: boolean;
  photometric?: string;
  /** Stored values, interleaved, frame after frame; a texture where left out. */
  samples?: ArrayLike<number>;
  /** Replaces or adds elements. */
  elements?: readonly WrittenElement[];
}

/** A slope with texture, the same in every run; frame n is shifted by n. */
export function madeSamples(
  columns: number,
  rows: number,
  components: number,
  top: number,
  frames = 1,
): number[] {
  return Array.from({ length: columns * rows * components * frames }, (_, n) => {
    const pixel = Math.floor(n / components);
    const [x, y] = [pixel % columns, Math.floor(pixel / columns) % rows];
    const frame = Math.floor(pixel / (columns * rows));
    return (x * 61 + y * 97 + ((x * y) % 7) * 11 + (n % components) * 400 + frame * 5) % (top + 1);
  });
}

const sopClasses: Readonly<Record<string, string>> = {
  CT: '1.2.840.10008.5.1.4.1.1.2',
  MR: '1.2.840.10008.5.1.4.1.1.4',
  US: '1.2.840.10008.5.1.4.1.1.3.1',
  MG: '1.2.840.10008.5.1.4.1.1.1.2',
  DX: '1.2.840.10008.5.1.4.1.1.1.1',
  XA: '1.2.840.10008.5.1.4.1.1.12.1',
};

/** Part 10 bytes. */
export function madeDicom(made: MadePicture = {}): Promise<Buffer> {
  const { modality = 'OT', columns = 37, rows = 21, frames = 1, components = 1, signed = false } = made;
  const bitsAllocated = made.bitsAllocated ?? (components === 3 ? 8 : 16);
  const bitsStored = made.bitsStored ?? bitsAllocated;
  const samples = made.samples ?? madeSamples(columns, rows, components, 2 ** bitsStored - 1, frames);
  const own: WrittenElement[] = [
    ['00080005', 'CS', 'ISO_IR 192'],
    ['00080008', 'CS', 'ORIGINAL\\PRIMARY'],
    ['00080016', 'UI', sopClasses[modality] ?? '1.2.840.10008.5.1.4.1.1.7'],
    ['00080018', 'UI', '1.2.826.0.1.3680043.8.498.77.3'],
    ['00080020', 'DA', '20240131'],
    ['00080060', 'CS', modality],
    ['00100010', 'PN', 'Made^Picture'],
    ['00100020', 'LO', 'MADE-1'],
    ['0020000D', 'UI', '1.2.826.0.1.3680043.8.498.77.1'],
    ['0020000E', 'UI', '1.2.826.0.1.3680043.8.498.77.2'],
    ['00200013', 'IS', '1'],
    ['00280002', 'US', components],
    ['00280004', 'CS', made.photometric ?? (components === 3 ? 'RGB' : 'MONOCHROME2')],
    ...(components === 3 ? [['00280006', 'US', 0] as const] : []),
    ...(frames > 1 ? [['00280008', 'IS', String(frames)] as const] : []),
    ['00280010', 'US', rows],
    ['00280011', 'US', columns],
    ['00280100', 'US', bitsAllocated],
    ['00280101', 'US', bitsStored],
    ['00280102', 'US', bitsStored - 1],
    ['00280103', 'US', signed ? 1 : 0],
  ];
  const more = made.elements ?? [];
  const replaced = new Set(more.map((e) => e[0]));
  return dicomBytes({
    syntax: made.syntax ?? 'explicit',
    columns,
    rows,
    frames,
    components,
    bits: bitsAllocated === 8 ? 8 : Math.max(9, bitsStored),
    signed,
    pixels:
      bitsAllocated === 8 ? Buffer.from(Array.from(samples)) : Buffer.from(Uint16Array.from(samples).buffer),
    elements: [...own.filter((e) => !replaced.has(e[0])), ...more],
    ...(made.fragmentBytes !== undefined && { fragmentBytes: made.fragmentBytes }),
    ...(made.offsetTable !== undefined && { offsetTable: made.offsetTable }),
  });
}

/** Little-endian words, for tables. */
export const words = (...values: number[]): Buffer =>
  Buffer.from(Uint16Array.from(values, (v) => v & 0xffff).buffer);
const uint32 = (value: number): Buffer => Buffer.from(Uint32Array.of(value).buffer);
const double = (value: number): Buffer => Buffer.from(Float64Array.of(value).buffer);

/** A two-dimensional ultrasound region in centimetres (PS3.3 C.8.5.5), corners included. */
export const ultrasoundRegion = (
  [x0, y0, x1, y1]: readonly [number, number, number, number],
  cmX: number,
  cmY: number,
): readonly WrittenElement[] => [
  ['00186012', 'US', 1],
  ['00186014', 'US', 1],
  ['00186018', 'UL', uint32(x0)],
  ['0018601A', 'UL', uint32(y0)],
  ['0018601C', 'UL', uint32(x1)],
  ['0018601E', 'UL', uint32(y1)],
  ['00186024', 'US', 3],
  ['00186026', 'US', 3],
  ['0018602C', 'FD', double(cmX)],
  ['0018602E', 'FD', double(cmY)],
];

/** Functional groups of an enhanced multi-frame image (PS3.3 C.7.6.16): an axial stack, `phases` times over. */
export function functionalGroups(
  slices: number,
  { step = 2, spacing = 0.5, slope = (n: number): string => String(1 + n), phases = 1 } = {},
): readonly WrittenElement[] {
  const frame = (n: number): readonly WrittenElement[] => [
    ['00209111', 'SQ', [[['00209128', 'UL', uint32(Math.floor(n / slices) + 1)]]]],
    ['00209113', 'SQ', [[['00200032', 'DS', `-10\\-20\\${(n % slices) * step}`]]]],
    [
      '00289132',
      'SQ',
      [
        [
          ['00281050', 'DS', String(100 + n)],
          ['00281051', 'DS', '400'],
        ],
      ],
    ],
    [
      '00289145',
      'SQ',
      [
        [
          ['00281052', 'DS', '-100'],
          ['00281053', 'DS', slope(n)],
        ],
      ],
    ],
  ];
  return [
    [
      '52009229',
      'SQ',
      [
        [
          ['00209116', 'SQ', [[['00200037', 'DS', '1\\0\\0\\0\\1\\0']]]],
          ['00289110', 'SQ', [[['00280030', 'DS', `${spacing}\\${spacing}`]]]],
        ],
      ],
    ],
    ['52009230', 'SQ', Array.from({ length: slices * phases }, (_, n) => frame(n))],
  ];
}

/** Files of many kinds: each transfer syntax and pixel form that the reader knows. */
export async function madeDicomKinds(): Promise<Map<string, Buffer>> {
  const grey = {
    modality: 'CT',
    bitsStored: 12,
    elements: [
      ['00281052', 'DS', '-1024'],
      ['00281053', 'DS', '1'],
    ],
  } as const;
  const colour = { modality: 'US', components: 3 } as const;
  const table = words(0, 8000, 16000, 24000, 32000, 40000, 48000, 65535);
  const palette: readonly WrittenElement[] = [
    ...['00281101', '00281102', '00281103'].map((tag): WrittenElement => [tag, 'US', words(8, 0, 16)]),
    ...['00281201', '00281202', '00281203'].map((tag): WrittenElement => [tag, 'OW', table]),
  ];
  const kinds: Record<string, MadePicture> = {
    implicit: { ...grey, syntax: 'implicit' },
    explicit: grey,
    'big-endian': { ...grey, syntax: 'big-endian' },
    deflated: { ...grey, syntax: 'deflated' },
    rle: { ...grey, syntax: 'rle' },
    'jpeg-colour': { ...colour, syntax: 'jpeg' },
    'jpeg-12': { ...grey, syntax: 'jpeg-12' },
    'jpeg-lossless': { ...grey, syntax: 'jpeg-lossless' },
    'jpeg-lossless-57': { ...grey, syntax: 'jpeg-lossless-57' },
    jpegls: { ...grey, syntax: 'jpegls' },
    'jpegls-colour': { ...colour, syntax: 'jpegls' },
    jpeg2000: { ...grey, syntax: 'jpeg2000' },
    'jpeg2000-colour': { ...colour, syntax: 'jpeg2000' },
    htj2k: { ...grey, syntax: 'htj2k' },
    'rle-colour': { ...colour, syntax: 'rle' },
    palette: { bitsAllocated: 8, bitsStored: 8, photometric: 'PALETTE COLOR', elements: palette },
    'ybr-422': {
      ...colour,
      columns: 36,
      photometric: 'YBR_FULL_422',
      samples: madeSamples(36, 21, 2, 255),
    },
    'cine-regions': {
      ...colour,
      syntax: 'jpegls',
      frames: 4,
      offsetTable: true,
      fragmentBytes: 300,
      elements: [
        ['00181063', 'DS', '40'],
        [
          '00186011',
          'SQ',
          [ultrasoundRegion([0, 0, 18, 20], 0.01, 0.02), ultrasoundRegion([19, 0, 36, 20], 0.03, 0.03)],
        ],
      ],
    },
    enhanced: { modality: 'CT', frames: 4, bitsStored: 12, elements: functionalGroups(4) },
    'enhanced-implicit': {
      modality: 'MR',
      syntax: 'implicit',
      frames: 4,
      bitsStored: 12,
      elements: functionalGroups(2, { phases: 2 }),
    },
    'mammogram-tables': {
      modality: 'MG',
      bitsStored: 12,
      photometric: 'MONOCHROME1',
      elements: [
        ['00181164', 'DS', '0.07\\0.07'],
        ['00280120', 'US', 0],
        [
          '00283000',
          'SQ',
          [
            [
              ['00283002', 'US', words(4, 100, 16)],
              ['00283006', 'OW', words(10, 20, 30, 40)],
            ],
          ],
        ],
        [
          '00283010',
          'SQ',
          [
            [
              ['00283002', 'US', words(4, 10, 8)],
              ['00283006', 'OW', words(0, 100, 200, 255)],
            ],
          ],
        ],
      ],
    },
  };
  const files = new Map<string, Buffer>();
  for (const [name, made] of Object.entries(kinds)) files.set(name, await madeDicom(made));
  return files;
}
