import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { AppError } from '../core/app-error';

/**
 * @param what names the kind of file in messages
 * @throws AppError file.unreadable, file.malformed (with the first field that does not fit)
 */
export function readJsonFile<T>(file: string, schema: z.ZodType<T>, what: string): T {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new AppError('file.unreadable', 'The file cannot be read.', 'Check the path.', { file }, { cause });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new AppError('file.malformed', 'The file is not JSON.', `Give ${what}.`, { file }, { cause });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const field = issue.path.join('.');
  throw new AppError('file.malformed', `This is not ${what}: ${field}: ${issue.message}`, 'Check the file.', {
    file,
    field,
  });
}
