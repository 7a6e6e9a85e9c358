import { AppError } from '../core/app-error';
import type { JobOptions, ScannedSeries, ScanResult, SkippedFile } from '../core/study/entities';
import { collectFiles } from './collect-files';
import { groupInstances } from './dicom/group';
import { readInstance, type DicomInstance } from './dicom/instance';
import { stopIfCancelled, unreadable } from './errors';
import { scanLocalFile } from './local-series';
import { sniff } from './sniff';

export interface ScanOptions extends JobOptions {
  /** Of files that hold several volumes the one to show, from 0; the first where it is left out. */
  volume?: number | undefined;
}

/**
 * Looks through files and folders for images. Each file ends in a series or among the skipped with its
 * reason; a bad file never stops the rest.
 *
 * @throws AppError job.cancelled only.
 */
export async function scanPaths(paths: string[], opts: ScanOptions = {}): Promise<ScanResult> {
  const { files, skipped } = await collectFiles(paths, opts.signal);
  const series: ScannedSeries[] = [];
  const instances: DicomInstance[] = [];
  let done = 0;
  const scanOne = async (file: string): Promise<void> => {
    stopIfCancelled(opts.signal);
    try {
      const { kind, preambleWarning } = await sniff(file);
      if (kind === 'dicom') instances.push(await readInstance(file, preambleWarning));
      else if (kind === 'empty' || kind === 'archive' || kind === 'other') {
        skipped.push({
          file,
          reason: kind === 'other' && looksLikeVoxels(file) ? voxelsAlone : reasonOf[kind],
        });
      } else series.push(await scanLocalFile(file, kind, opts.volume));
    } catch (error) {
      skipped.push(toSkipped(file, error));
    }
    done++;
    opts.onProgress?.(done / files.length, `${done} of ${files.length} files`);
  };
  // A few at once, so that headers on a slow disk overlap; volumes are large and come alone in practice.
  const queue = files.values();
  const worker = async (): Promise<void> => {
    for (const file of queue) await scanOne(file);
  };
  await Promise.all(Array.from({ length: 4 }, worker));

  const order = new Map(files.map((file, n) => [file, n]));
  const grouped = await groupInstances(instances.sort((a, b) => order.get(a.file)! - order.get(b.file)!));
  skipped.push(...grouped.skipped);
  const all = [...series, ...grouped.series].sort(
    (a, b) => order.get(a.files[0]!)! - order.get(b.files[0]!)!,
  );
  const kept = withoutTwins(all, skipped);
  // The voxels of a header that was read are no file to be told about.
  const claimed = new Set(kept.flatMap((s) => (s.format === 'dicom' ? [] : s.files.slice(1))));
  const left = skipped.filter((s) => !claimed.has(s.file));
  left.sort((a, b) => (order.get(a.file) ?? -1) - (order.get(b.file) ?? -1));
  return { series: kept, skipped: left };
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
