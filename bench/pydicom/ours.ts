import { readFileSync } from 'node:fs';
import { AppError } from '../../src-main/core/app-error';
import { openDicom } from '../../src-main/imaging/dicom/open';
import { tags } from '../../src-main/imaging/dicom/tags';
import { bytesOf, storedSamples } from '../../test-support/stored-samples';

/**
 * `node ours.cjs LIST`: decodes every file of pydicom's list (peer.py) and compares samples and patient names.
 * One line of JSON: outcomes by kind, and a line for each file that is not equal.
 */
interface Entry {
  readonly file: string;
  readonly name?: string;
  readonly dtype?: string;
  readonly raw?: string;
  readonly error?: string;
}

const arrays = {
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  float32: Float32Array,
  float64: Float64Array,
};

async function read(file: string): Promise<{ name: string; bytes: Buffer | AppError }> {
  const dicom = await openDicom(file);
  try {
    const name = dicom.dataset.strings(tags.patientName).join('\\');
    try {
      return { name, bytes: bytesOf(await storedSamples(file, dicom)) };
    } catch (error) {
      if (error instanceof AppError) return { name, bytes: error };
      throw error;
    }
  } finally {
    await dicom.source.close();
  }
}

/** Largest difference of two arrays of samples; Infinity where there are more of one. */
function difference(ours: Buffer, theirs: Buffer, dtype: string): number {
  if (ours.length !== theirs.length) return Infinity;
  const samples = arrays[dtype as keyof typeof arrays];
  const [a, b] = [ours, theirs].map((bytes) => new samples(new Uint8Array(bytes).buffer)) as [
    Float64Array,
    Float64Array,
  ];
  let most = 0;
  for (let n = 0; n < a.length; n++) most = Math.max(most, Math.abs(a[n]! - b[n]!));
  return most;
}

const bareName = (name: string): string => name.replace(/=+$/, '').trimEnd();

async function main(list: string): Promise<void> {
  const outcomes: Record<string, number> = {};
  const names = { equal: 0, of: 0 };
  const lines: string[] = [];
  for (const { file, name, dtype, raw, error } of JSON.parse(readFileSync(list, 'utf8')) as Entry[]) {
    let outcome: string;
    let detail: string;
    try {
      const ours = await read(file);
      if (name !== undefined) {
        names.of++;
        if (bareName(ours.name) === bareName(name)) names.equal++;
        else lines.push(`${file}: the name is "${ours.name}", pydicom's "${name}"`);
      }
      if (ours.bytes instanceof AppError) throw ours.bytes;
      if (raw === undefined) [outcome, detail] = ['decoded by us alone', error!];
      else {
        const theirs = readFileSync(raw);
        const most = theirs.equals(ours.bytes) ? 0 : difference(ours.bytes, theirs, dtype!);
        outcome = most === 0 ? 'equal' : most <= 2 ? 'within 2 grey levels' : 'differs';
        detail = `by ${most}`;
      }
    } catch (cause) {
      if (!(cause instanceof AppError)) throw cause;
      outcome = error === undefined ? 'refused by us alone' : 'refused by both';
      detail = cause.message;
    }
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    if (outcome !== 'equal' && outcome !== 'refused by both') lines.push(`${file}: ${outcome}, ${detail}`);
  }
  process.stdout.write(`${JSON.stringify({ outcomes, names, lines })}\n`);
}

void main(process.argv[2]!);
