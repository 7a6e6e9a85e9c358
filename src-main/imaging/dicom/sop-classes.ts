/** SOP classes that hold no picture a reader would look at (PS3.4 B.5), and why each is passed over. */
const storage = '1.2.840.10008.5.1.4.1.1.';
const passedOver: readonly (readonly [RegExp, string])[] = [
  [/^1\.2\.840\.10008\.1\.3\.10$/, 'a DICOMDIR index; the files it lists are read one by one'],
  [prefix('88'), 'a structured report or key object selection, not an image'],
  [prefix('66.4'), 'a segmentation, not an image'],
  [prefix('66.7'), 'a label map segmentation, not an image'],
  [prefix('66'), 'a registration or surface, not an image'],
  [prefix('30'), 'a parametric map, not an image'],
  [prefix('11'), 'a presentation state, not an image'],
  [prefix('9'), 'a waveform, not an image'],
  [prefix('104'), 'an encapsulated document, not an image'],
  [prefix('77.1.6'), 'a whole-slide microscopy image, which Regio does not read'],
  [prefix('91.1'), 'microscopy annotations, not an image'],
  [prefix('481.1'), 'a radiotherapy image, which Regio does not read'],
  [prefix('481'), 'radiotherapy data, not an image'],
  [prefix('4.2'), 'a spectroscopy, not an image'],
];

function prefix(rest: string): RegExp {
  return new RegExp(`^${(storage + rest).replace(/\./g, '\\.')}(\\.|$)`);
}

/** The reason why a SOP class is passed over, or null where it may hold a picture. */
export function passedOverReason(sopClassUid: string): string | null {
  // Files of a series follow each other.
  if (last?.uid !== sopClassUid) {
    const reason = passedOver.find(([pattern]) => pattern.test(sopClassUid))?.[1] ?? null;
    last = { uid: sopClassUid, reason };
  }
  return last.reason;
}
let last: { readonly uid: string; readonly reason: string | null } | null = null;

const known: Readonly<Record<string, string>> = {
  '1.2.840.10008.1.2.1.98': 'Encapsulated uncompressed pixels',
  '1.2.840.10008.1.2.4.52': 'JPEG extended, arithmetic (process 3 and 5)',
  '1.2.840.10008.1.2.4.53': 'JPEG spectral selection (process 6 and 8)',
  '1.2.840.10008.1.2.4.54': 'JPEG spectral selection, arithmetic (process 7 and 9)',
  '1.2.840.10008.1.2.4.55': 'JPEG full progression (process 10 and 12)',
  '1.2.840.10008.1.2.4.56': 'JPEG full progression, arithmetic (process 11 and 13)',
  '1.2.840.10008.1.2.4.58': 'JPEG lossless, arithmetic (process 15)',
  '1.2.840.10008.1.2.4.92': 'JPEG 2000 with several components (part 2)',
  '1.2.840.10008.1.2.4.93': 'JPEG 2000 with several components (part 2)',
  '1.2.840.10008.1.2.4.94': 'JPIP, pixels kept on a server',
  '1.2.840.10008.1.2.4.95': 'JPIP, pixels kept on a server',
  '1.2.840.10008.1.2.4.100': 'MPEG-2 video',
  '1.2.840.10008.1.2.4.101': 'MPEG-2 video',
  '1.2.840.10008.1.2.4.102': 'MPEG-4 video',
  '1.2.840.10008.1.2.4.103': 'MPEG-4 video',
  '1.2.840.10008.1.2.4.104': 'MPEG-4 video',
  '1.2.840.10008.1.2.4.105': 'MPEG-4 video',
  '1.2.840.10008.1.2.4.106': 'MPEG-4 video',
  '1.2.840.10008.1.2.4.107': 'HEVC video',
  '1.2.840.10008.1.2.4.108': 'HEVC video',
  '1.2.840.10008.1.2.4.110': 'JPEG XL',
  '1.2.840.10008.1.2.4.111': 'JPEG XL',
  '1.2.840.10008.1.2.4.112': 'JPEG XL',
};

/** `jpeg` stands for all of T.81 and for JPEG-LS: the compressed picture's own header says which it is. */
export type PixelCodec = 'native' | 'rle' | 'jpeg' | 'jpeg2000' | 'htj2k';

const codecs: Readonly<Record<string, PixelCodec>> = {
  '1.2.840.10008.1.2': 'native',
  '1.2.840.10008.1.2.1': 'native',
  '1.2.840.10008.1.2.1.99': 'native',
  '1.2.840.10008.1.2.2': 'native',
  '1.2.840.10008.1.2.5': 'rle',
  '1.2.840.10008.1.2.4.50': 'jpeg',
  '1.2.840.10008.1.2.4.51': 'jpeg',
  '1.2.840.10008.1.2.4.57': 'jpeg',
  '1.2.840.10008.1.2.4.70': 'jpeg',
  '1.2.840.10008.1.2.4.80': 'jpeg',
  '1.2.840.10008.1.2.4.81': 'jpeg',
  '1.2.840.10008.1.2.4.90': 'jpeg2000',
  '1.2.840.10008.1.2.4.91': 'jpeg2000',
  '1.2.840.10008.1.2.4.201': 'htj2k',
  '1.2.840.10008.1.2.4.202': 'htj2k',
  '1.2.840.10008.1.2.4.203': 'htj2k',
};

/** How the pixels of a transfer syntax (PS3.5 annex A) are decoded; null where Regio cannot. */
export const codecOf = (transferSyntaxUid: string): PixelCodec | null => codecs[transferSyntaxUid] ?? null;

export const syntaxName = (uid: string): string => known[uid] ?? `transfer syntax ${uid}`;
