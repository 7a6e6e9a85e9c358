/**
 * What a file may ask of the machine. Checked on the header, before any library or allocation sees it
 * (RELIABILITY F3, F4).
 */

/** One native allocation of 1.96 GiB ends an Electron 22 process (DESIGN section 4): keep well under 1 GiB. */
export const maxVolumeBytes = 960 * 2 ** 20;
/** Longest axis of a volume or picture, voxels. */
export const maxAxis = 32_768;
/** Volumes (time points, directions) of one grid file. */
export const maxVolumes = 100_000;
/** Largest photograph, pixels: RGB of it is 192 MB. */
export const maxPicturePixels = 64_000_000;
/** Largest WebP: its decoder holds it as RGBA, twice. WebP itself ends at 16383 x 16383. */
export const maxWebpPixels = 32_000_000;
/** What a codec may hold at once for one picture: the program around it takes 90 MB of the 512. */
export const maxDecoderBytes = 400 * 2 ** 20;
/** A PNG, JPEG or WebP file, which is read whole. */
export const maxPictureFileBytes = 256 * 2 ** 20;
/** Samples of one page of a TIFF. */
export const maxPageBytes = 256 * 2 ** 20;
/** Pages of a TIFF, and the samples of all of them: each is looked at once when it is scanned. */
export const maxPages = 10_000;
export const maxRasterBytes = 512 * 2 ** 20;
/** Scans of a progressive JPEG: each is a pass over the whole picture. */
export const maxJpegScans = 100;
/** Deflate cannot shrink more than about 1032:1; real images stay far below 250:1. */
export const maxCompressionRatio = 250;
/** Expansions up to this size are never held to the ratio: a small phantom of one value is no bomb. */
export const ratioFreeBytes = 64 * 2 ** 20;
/** A deflated DICOM data set after expansion. */
export const maxDeflatedDicomBytes = 192 * 2 ** 20;
/** Text header of an NRRD or MetaImage file. */
export const maxTextHeaderBytes = 2 ** 20;
/** Entries of a zip: more than any study has files. */
export const maxZipEntries = 50_000;
/** Files of one scan. */
export const maxFiles = 200_000;
/** Folders inside folders. */
export const maxDepth = 32;
