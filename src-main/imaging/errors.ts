import { basename } from 'node:path';
import { AppError } from '../core/app-error';

/** The file contradicts its own format. `field` names the header field, tag or place. */
export function malformed(file: string, field: string, what: string): AppError {
  return new AppError(
    'file.malformed',
    `${basename(file)}: ${what} (${field})`,
    'The file is damaged or was not written to its format. Export it again from where it came from.',
    { file, field },
  );
}

/** A sound file of a kind that Regio does not read. */
export function unsupported(file: string, field: string, what: string): AppError {
  return new AppError(
    'file.unsupported',
    `${basename(file)}: ${what} (${field})`,
    'Convert it to a form Regio reads: DICOM, NIfTI, NRRD, MetaImage, PNG, JPEG, TIFF or WebP.',
    { file, field },
  );
}

export function tooLarge(file: string, field: string, what: string): AppError {
  return new AppError(
    'file.too-large',
    `${basename(file)}: ${what} (${field})`,
    'Crop or resample the image, or split the file.',
    { file, field },
  );
}

export function unreadable(file: string, cause: unknown): AppError {
  const code = (cause as { code?: unknown } | null)?.code;
  const why =
    code === 'EACCES' || code === 'EPERM'
      ? 'no permission to read it'
      : code === 'ENOENT'
        ? 'it is not there'
        : `it cannot be read (${typeof code === 'string' ? code : String(cause)})`;
  return new AppError(
    'file.unreadable',
    `${basename(file)}: ${why}`,
    'Check the path, its rights and the disk.',
    { file },
    { cause },
  );
}

/** @throws AppError `job.cancelled` once the signal was given. */
export function stopIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) {
    throw new AppError('job.cancelled', 'Reading was cancelled.', 'Start it again when you need it.');
  }
}
