import { setImmediate } from 'node:timers/promises';
import { AppError } from '../core/app-error';
import { fromXywh } from '../core/geometry/box';
import type { JobOptions } from '../core/study/entities';
import type { EngineInput, EngineOutput } from '../contract/engine-protocol';
import type * as Inference from '../inference';
import type { CasePicture } from '../inference';
import { mutable } from './mutable';
import { installedBundles, pickBundle, type ModelFolders } from './installed';

/** The engine's part of learning from reviewed cases: pixels, training, comparison, and a bundle that is not installed. */
export async function fineTuneTask(
  input: EngineInput<'fineTune'>,
  folders: ModelFolders,
  { listBundles, fineTune }: Pick<typeof Inference, 'listBundles' | 'fineTune'>,
  options: JobOptions,
): Promise<EngineOutput<'fineTune'>> {
  const installed = await installedBundles(listBundles, folders);
  const [base, old] = [pickBundle(installed, input.baseId), pickBundle(installed, input.oldId)];
  const reading = 0.05;
  const { pictures, unread } = await readPictures(input.cases, {
    signal: options.signal,
    onProgress: (fraction, step) => options.onProgress?.(reading * fraction, step),
  });
  const { modelHash, steps, trainingSeconds, comparison } = await fineTune({
    baseFolder: base.folder,
    oldFolder: old.folder,
    outFolder: input.outFolder,
    id: input.modelId,
    name: input.name,
    createdAt: input.createdAt,
    pictures,
    epochs: input.epochs,
    minutes: input.minutes,
    signal: options.signal,
    onProgress: (fraction, step) => options.onProgress?.(reading + (1 - reading) * fraction, step),
  });
  return { modelHash, steps, trainingSeconds, comparison: mutable(comparison), unread };
}

/** A file that went away or changed is left out and named; so many of them that nothing is left to learn from are not. */
async function readPictures(
  cases: EngineInput<'fineTune'>['cases'],
  options: JobOptions,
): Promise<{ pictures: CasePicture[]; unread: string[] }> {
  const { loadImage } = await import('../imaging');
  const pictures: CasePicture[] = [];
  const unread: string[] = [];
  for (const [n, { series, patient, heldBack, pictures: read }] of cases.entries()) {
    if (options.signal?.aborted)
      throw new AppError('job.cancelled', 'Training was cancelled.', 'Start it again when ready.');
    options.onProgress?.(n / cases.length, `Reading picture ${n + 1} of ${cases.length}`);
    try {
      for (const { frame, lesions, rejected, ignored } of read) {
        pictures.push({
          image: await loadImage(series, frame, { signal: options.signal }),
          lesions: lesions.map(({ box, label }) => ({ box: fromXywh(box), label })),
          rejected: rejected.map(fromXywh),
          ignored: ignored.map(fromXywh),
          patient,
          heldBack,
        });
      }
    } catch (error) {
      if (options.signal?.aborted) throw error;
      unread.push(series.files[0]!);
    }
    await setImmediate();
  }
  const lesions = (held: boolean): number =>
    pictures.filter((p) => p.heldBack === held).reduce((sum, p) => sum + p.lesions.length, 0);
  if (lesions(false) > 0 && lesions(true) > 0) return { pictures, unread };
  throw new AppError(
    'training.failed',
    `Too few of the reviewed pictures can still be read (${unread.length} cannot).`,
    'Put the files back where they were when they were imported, or review more cases.',
    unread[0] === undefined ? undefined : { file: unread[0] },
  );
}
