import { AppError } from '../core/app-error';
import type { JobOptions, ScannedSeries, ScanResult, SkippedFile } from '../core/study/entities';
import { collectFiles } from './collect-files';
import { withHead } from './dicom/byte-source';
import { readDicomdir } from './dicom/dicomdir';
import { groupInstances } from './dicom/group';
import { readInstance, type DicomInstance } from './dicom/instance';
import { headerBytes } from './dicom/open';
import { stopIfCancelled, unreadable } from './errors';
import { scanLocalFile } from './local-series';
import { ScanQueue } from './scan-queue';
import { openFileSource } from './open-source';
import { sniffSource, type FileKind } from './sniff';
import { listArchive } from './zip/list-archive';

interface ScanOptions extends JobOptions {
  /** Of files that hold several volumes the one to show, from 0; the first where it is left out. */
  volume?: number | undefined;
}

/**
 * Looks through files, folders, zip archives and what DICOMDIRs name for images. Each file ends in a series or among
 * the skipped with its reason; a bad file never stops the rest.
 *
 * @throws AppError job.cancelled only.
 */
export async function scanPaths(paths: string[], opts: ScanOptions = {}): Promise<ScanResult> {
  const { files, skipped } = await collectFiles(paths, opts.signal);
  const queue = new ScanQueue(files);
  const series: ScannedSeries[] = [];
  const instances: DicomInstance[] = [];
  const look = async (file: string): Promise<void> => {
    const { kind, instance } = await openAndSniff(file);
    switch (kind) {
      case 'dicom':
        instances.push(instance!);
        return;
      case 'dicomdir': {
        const named = await readDicomdir(file);
        skipped.push(...named.skipped, ...enqueue(file, named.files, queue));
        return;
      }
      case 'zip': {
        const archive = await listArchive(file);
        skipped.push(...archive.skipped, ...enqueue(file, archive.files, queue));
        return;
      }
      case 'empty':
      case 'archive':
        skipped.push({ file, reason: reasonOf[kind] });
        return;
      case 'other':
        skipped.push({ file, reason: looksLikeVoxels(file) ? voxelsAlone : reasonOf.other });
        return;
      case 'nifti':
      case 'nrrd':
      case 'metaimage':
      case 'png':
      case 'jpeg':
      case 'tiff':
      case 'webp':
        series.push(await scanLocalFile(file, kind, opts.volume));
    }
  };
  const scanOne = async (file: string): Promise<void> => {
    stopIfCancelled(opts.signal);
    try {
      await look(file);
    } catch (error) {
      skipped.push(toSkipped(file, error));
    }
    opts.onProgress?.(queue.fraction(), `${queue.done} of ${queue.length} files`);
  };
  // A few at once, so that headers on a slow disk overlap; volumes are large and come alone in practice.
  await Promise.all(Array.from({ length: 4 }, () => queue.work(scanOne)));

  const byPlace = (a: string, b: string): number => queue.placeOf(a) - queue.placeOf(b);
  const grouped = await groupInstances(instances.sort((a, b) => byPlace(a.file, b.file)));
  skipped.push(...grouped.skipped);
  const all = [...series, ...grouped.series].sort((a, b) => byPlace(a.files[0]!, b.files[0]!));
  const kept = withoutTwins(all, skipped);
  // The voxels of a header that was read are no file to be told about.
  const claimed = new Set(kept.flatMap((s) => (s.format === 'dicom' ? [] : s.files.slice(1))));
  const left = skipped.filter((s) => !claimed.has(s.file));
  left.sort((a, b) => byPlace(a.file, b.file));
  return { series: kept, skipped: left };
}

/** Kind of a file, and of DICOM its header too: files of a series are many, and each is opened once. */
async function openAndSniff(file: string): Promise<{ kind: FileKind; instance?: DicomInstance }> {
  const source = await withHead(await openFileSource(file), headerBytes);
  let dicom = false;
  try {
    const { kind, preambleWarning } = await sniffSource(source);
    dicom = kind === 'dicom';
    return { kind, ...(dicom && { instance: await readInstance(source, preambleWarning) }) };
  } finally {
    if (!dicom) await source.close();
  }
}

function enqueue(parent: string, files: readonly string[], queue: ScanQueue): SkippedFile[] {
  const over = queue.add(parent, files);
  return over === 0
    ? []
    : [{ file: parent, reason: `Too many files at once: ${over} of its files are not read.` }];
}

const reasonOf = {
  empty: 'The file is empty.',
  archive: 'An archive: unpack it first.',
  other: 'Not an image that Regio reads (DICOM, NIfTI, NRRD, MetaImage, PNG, JPEG, TIFF, WebP).',
} as const;

const looksLikeVoxels = (file: string): boolean => /\.(img|z?raw)(\.gz)?$/i.test(file);
const voxelsAlone = 'Voxels without their header: open the .hdr, .nhdr or .mhd file that belongs to them.';

function toSkipped(file: string, error: unknown): SkippedFile {
  if (error instanceof AppError) {
    if (error.code === 'job.cancelled') throw error;
    return { file, reason: error.message, ...(error.details?.field && { field: error.details.field }) };
  }
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code === 'string' && /^E[A-Z]+$/.test(code))
    return { file, reason: unreadable(file, error).message };
  return { file, reason: `It cannot be read: ${error instanceof Error ? error.message : String(error)}` };
}

/** Two local files of the same bytes have the same ids: the first stays. */
function withoutTwins(series: readonly ScannedSeries[], skipped: SkippedFile[]): ScannedSeries[] {
  const first = new Map<string, string>();
  return series.filter((s) => {
    if (s.format === 'dicom') return true;
    const twin = first.get(s.seriesInstanceUid);
    if (twin !== undefined) skipped.push({ file: s.files[0]!, reason: `The same content as ${twin}.` });
    else first.set(s.seriesInstanceUid, s.files[0]!);
    return twin === undefined;
  });
}
