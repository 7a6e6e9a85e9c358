import { createReadStream, createWriteStream, mkdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join, normalize, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';
import { SetupError } from './setup-error.mjs';

const END = 0x06054b50;
const ENTRY = 0x02014b50;

/** The central directory of a zip file (PKWARE APPNOTE 4.3.12, 4.3.16; no zip64: wheels here are below 4 GB). */
async function readDirectory(handle, size) {
  const tailLength = Math.min(size, 65_557);
  const tail = Buffer.alloc(tailLength);
  await handle.read(tail, 0, tailLength, size - tailLength);
  let at = tailLength - 22;
  while (at >= 0 && tail.readUInt32LE(at) !== END) at--;
  if (at < 0) throw new SetupError('a downloaded wheel is not a zip file');
  const directory = Buffer.alloc(tail.readUInt32LE(at + 12));
  await handle.read(directory, 0, directory.length, tail.readUInt32LE(at + 16));

  const entries = [];
  for (let p = 0; p + 46 <= directory.length && directory.readUInt32LE(p) === ENTRY;) {
    const nameLength = directory.readUInt16LE(p + 28);
    entries.push({
      name: directory.toString('utf8', p + 46, p + 46 + nameLength),
      method: directory.readUInt16LE(p + 10),
      packedBytes: directory.readUInt32LE(p + 20),
      offset: directory.readUInt32LE(p + 42),
    });
    p += 46 + nameLength + directory.readUInt16LE(p + 30) + directory.readUInt16LE(p + 32);
  }
  return entries;
}

/**
 * Takes chosen files out of a zip, so that neither `unzip` nor a library is needed.
 * `choose(name)` returns the path to write below `folder`, or null to leave the entry out.
 * @returns {Promise<number>} how many files were written
 */
export async function extractZip(path, folder, choose) {
  const handle = await open(path);
  try {
    const { size } = await handle.stat();
    let count = 0;
    for (const entry of await readDirectory(handle, size)) {
      const wanted = entry.name.endsWith('/') ? null : choose(entry.name);
      if (!wanted) continue;
      if (normalize(wanted).split(sep).includes('..'))
        throw new SetupError(`a wheel names a file outside itself: ${wanted}`);
      const target = join(folder, wanted);
      mkdirSync(dirname(target), { recursive: true });
      const local = Buffer.alloc(30);
      await handle.read(local, 0, 30, entry.offset);
      const begin = entry.offset + 30 + local.readUInt16LE(26) + local.readUInt16LE(28);
      if (entry.packedBytes === 0) await pipeline([], createWriteStream(target));
      else {
        const packed = createReadStream(path, {
          start: begin,
          end: begin + entry.packedBytes - 1,
          highWaterMark: 1 << 20,
        });
        if (entry.method === 8)
          await pipeline(packed, createInflateRaw({ chunkSize: 1 << 20 }), createWriteStream(target));
        else await pipeline(packed, createWriteStream(target));
      }
      count++;
    }
    return count;
  } finally {
    await handle.close();
  }
}
