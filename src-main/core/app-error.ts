/**
 * What a person is told when something fails. `message` says what happened, `hint` what to do about it;
 * neither holds patient data (paths and DICOM tags are allowed in `details`, which stays on the machine).
 */
export interface AppErrorShape {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
  readonly details?: { readonly file?: string | undefined; readonly field?: string | undefined } | undefined;
}

export const errorCodes = [
  'file.unreadable',
  'file.unsupported',
  'file.malformed',
  'file.too-large',
  'series.inconsistent',
  'series.missing-files',
  'model.invalid',
  'model.not-found',
  'model.none-fits',
  'model.checksum',
  'model.self-test',
  'model.older',
  'image.not-analysable',
  'detection.failed',
  'engine.crashed',
  'job.cancelled',
  'review.conflict',
  'review.signed',
  'review.locked-away',
  'review.blind',
  'session.needed',
  'session.refused',
  'session.wait',
  'session.forbidden',
  'export.failed',
  'training.failed',
  'store.locked',
  'store.failed',
  'request.invalid',
  'not-found',
  'internal',
] as const;
export type ErrorCode = (typeof errorCodes)[number];

/** An error with a code that survives process borders as {@link AppErrorShape}. */
export class AppError extends Error implements AppErrorShape {
  override readonly name = 'AppError';
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly hint: string,
    readonly details?: AppErrorShape['details'],
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }

  toShape(): AppErrorShape {
    return {
      code: this.code,
      message: this.message,
      hint: this.hint,
      ...(this.details && { details: this.details }),
    };
  }

  static from(error: unknown): AppError {
    if (error instanceof AppError) return error;
    const message = error instanceof Error ? error.message : String(error);
    return new AppError(
      'internal',
      message,
      'Try again; if it happens again, report it with the log.',
      undefined,
      {
        cause: error,
      },
    );
  }
}
