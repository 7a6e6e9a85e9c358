import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { OptimizerState } from './optimizer';

/** Where training stood at the end of a step. */
export interface Checkpoint {
  /** Steps done. */
  readonly step: number;
  /** sha256 of what must be the same to go on: recipe, parameters, number of pictures. */
  readonly fingerprint: string;
  readonly seconds: number;
  readonly history: readonly HistoryPoint[];
  readonly state: OptimizerState;
}

const historyPoint = z.object({
  step: z.number(),
  total: z.number(),
  objectness: z.number(),
  box: z.number(),
});
export type HistoryPoint = z.infer<typeof historyPoint>;

const head = z.object({
  step: z.number().int().nonnegative(),
  fingerprint: z.string(),
  seconds: z.number(),
  history: z.array(historyPoint),
  parameters: z.number().int().positive(),
});
const arrays = ['weights', 'firstMoment', 'secondMoment', 'average'] as const;
const magic = 'REGIOCK1';

/** Layout: magic, u32 length of the JSON head, head, then the four arrays as float32. Written beside, synced, renamed. */
export async function writeCheckpoint(file: string, checkpoint: Checkpoint): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const { state, ...rest } = checkpoint;
  const json = Buffer.from(JSON.stringify({ ...rest, parameters: state.weights.length }));
  const start = Buffer.alloc(12);
  start.write(magic, 0, 'latin1');
  start.writeUInt32LE(json.length, 8);
  const parts = arrays.map((name) => {
    const array = state[name];
    return Buffer.from(array.buffer, array.byteOffset, array.byteLength);
  });
  const temporary = `${file}.writing`;
  const handle = await open(temporary, 'w');
  try {
    for (const part of [start, json, ...parts]) await handle.write(part);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
}

/** The checkpoint of this very training, or null where there is none, or one of another recipe, or a broken one. */
export async function readCheckpoint(file: string, fingerprint: string): Promise<Checkpoint | null> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch {
    return null;
  }
  if (bytes.length < 12 || bytes.toString('latin1', 0, 8) !== magic) return null;
  const jsonEnd = 12 + bytes.readUInt32LE(8);
  let meta: z.infer<typeof head>;
  try {
    meta = head.parse(JSON.parse(bytes.toString('utf8', 12, jsonEnd)));
  } catch {
    return null;
  }
  const { parameters, ...rest } = meta;
  if (rest.fingerprint !== fingerprint || bytes.length !== jsonEnd + parameters * 4 * arrays.length)
    return null;
  const array = (n: number): Float32Array => {
    const from = bytes.byteOffset + jsonEnd + n * parameters * 4;
    return new Float32Array(bytes.buffer.slice(from, from + parameters * 4));
  };
  return {
    ...rest,
    state: { weights: array(0), firstMoment: array(1), secondMoment: array(2), average: array(3) },
  };
}
