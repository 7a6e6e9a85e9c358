import { AppError } from '../../core/app-error';

/** @param field the entry, opcode or key that is wrong */
export const refuse = (
  file: string,
  field: string,
  why: string,
  hint = 'Fetch the model again, or save it again from the program that trained it.',
): AppError => new AppError('model.invalid', `${field} cannot be imported: ${why}.`, hint, { file, field });
