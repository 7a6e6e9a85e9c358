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
/** Deflate cannot shrink more than about 1032:1; real images stay far below 250:1. */
export const maxCompressionRatio = 250;
/** Expansions up to this size are never held to the ratio: a small phantom of one value is no bomb. */
export const ratioFreeBytes = 64 * 2 ** 20;
/** A deflated DICOM data set after expansion. */
export const maxDeflatedDicomBytes = 192 * 2 ** 20;
/** Text header of an NRRD or MetaImage file. */
export const maxTextHeaderBytes = 2 ** 20;
/** Files of one scan. */
export const maxFiles = 200_000;
/** Folders inside folders. */
export const maxDepth = 32;
