import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { AppError } from '../../core/app-error';
import { halvesToFloats } from '../half';

/** A named array as computed with: float32 whatever it is stored as. */
export interface NamedArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

const header = z.record(
  z.string(),
  z.object({
    dtype: z.enum(['F16', 'F32']),
    shape: z.array(z.number().int().nonnegative()),
    data_offsets: z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()]),
  }),
);

/**
 * Reads a safetensors file (huggingface.co/docs/safetensors, "Format": u64 header length, JSON header, data).
 * @throws AppError model.invalid when it is not one, or holds another type than F16 and F32.
 */
export async function readSafetensors(file: string): Promise<Map<string, NamedArray>> {
  return parseSafetensors(await readFile(file), file);
}

export function parseSafetensors(bytes: Uint8Array, file: string): Map<string, NamedArray> {
  const bad = (why: string): AppError =>
    new AppError('model.invalid', `The weights cannot be read: ${why}.`, 'Fetch the weights file again.', {
      file,
    });
  if (bytes.length < 8) throw bad('the file is too short');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = Number(view.getBigUint64(0, true));
  if (headerLength > bytes.length - 8) throw bad('its header is longer than the file');
  let entries: z.infer<typeof header>;
  try {
    const raw = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + headerLength))) as Record<
      string,
      unknown
    >;
    delete raw['__metadata__'];
    entries = header.parse(raw);
  } catch {
    throw bad('its header is not that of a safetensors file');
  }
  const data = bytes.subarray(8 + headerLength);
  const arrays = new Map<string, NamedArray>();
  for (const [name, entry] of Object.entries(entries)) {
    const [from, to] = entry.data_offsets;
    const count = entry.shape.reduce((a, b) => a * b, 1);
    if (to > data.length || to - from !== count * (entry.dtype === 'F16' ? 2 : 4))
      throw bad(`${name} is cut short`);
    // Copied: a typed array needs an aligned start, which the header's length does not promise.
    const copy = Uint8Array.from(data.subarray(from, to));
    arrays.set(name, {
      shape: entry.shape,
      data:
        entry.dtype === 'F16' ? halvesToFloats(new Uint16Array(copy.buffer)) : new Float32Array(copy.buffer),
    });
  }
  return arrays;
}
