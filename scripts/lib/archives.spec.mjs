import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { packAsar } from './asar.mjs';
import { wheelEntryTarget } from './tensorflow.mjs';
import { extractZip } from './zip.mjs';

/** A zip file by PKWARE's APPNOTE: local headers with data, central directory, end record. */
function makeZip(entries) {
  const locals = [];
  const directory = [];
  let offset = 0;
  for (const { name, text, stored } of entries) {
    const raw = Buffer.from(text);
    const packed = stored ? raw : deflateRawSync(raw);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(stored ? 0 : 8, 4);
    common.writeUInt32LE(crc32?.(raw) ?? 0, 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(raw.length, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, Buffer.from(name), packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(
      Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, rest, Buffer.from(name)]),
    );
    locals.push(local);
    offset += local.length;
  }
  const table = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(table.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, table, end]);
}

let folder;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'regio-zip-'))));
afterEach(() => rmSync(folder, { recursive: true }));

test('chosen entries of a zip come out, packed, stored and empty ones', async () => {
  const text = 'pixels '.repeat(1000);
  writeFileSync(
    join(folder, 'a.zip'),
    makeZip([
      { name: 'in/packed.txt', text },
      { name: 'in/stored.txt', text: 'stored', stored: true },
      { name: 'in/empty.txt', text: '', stored: true },
      { name: 'left.txt', text: 'no' },
    ]),
  );
  const out = join(folder, 'out');
  const count = await extractZip(join(folder, 'a.zip'), out, (name) =>
    name.startsWith('in/') ? name.slice(3) : null,
  );
  expect(count).toBe(3);
  expect(readFileSync(join(out, 'packed.txt'), 'utf8')).toBe(text);
  expect(readFileSync(join(out, 'stored.txt'), 'utf8')).toBe('stored');
  expect(readFileSync(join(out, 'empty.txt'), 'utf8')).toBe('');
  expect(existsSync(join(out, 'left.txt'))).toBe(false);
});

test('an entry that would leave the folder is refused, and so is what is no zip', async () => {
  writeFileSync(join(folder, 'bad.zip'), makeZip([{ name: '../up.txt', text: 'x' }]));
  await expect(extractZip(join(folder, 'bad.zip'), join(folder, 'out'), (name) => name)).rejects.toThrow(
    'outside itself',
  );
  writeFileSync(join(folder, 'no.zip'), 'hello');
  await expect(extractZip(join(folder, 'no.zip'), folder, (name) => name)).rejects.toThrow('not a zip');
});

test('of the TensorFlow wheel only the two libraries and the C headers are taken', () => {
  expect(wheelEntryTarget('tensorflow/libtensorflow_cc.so.2')).toBe('lib/libtensorflow_cc.so.2');
  expect(wheelEntryTarget('tensorflow/include/tensorflow/c/c_api.h')).toBe('include/tensorflow/c/c_api.h');
  expect(wheelEntryTarget('tensorflow/include/tsl/platform/status.h')).toBe('include/tsl/platform/status.h');
  expect(wheelEntryTarget('tensorflow/include/tensorflow/core/kernels/a.h')).toBeNull();
  expect(wheelEntryTarget('tensorflow/python/_pywrap_tfe.so')).toBeNull();
});

test('an asar says where each file lies after its directory', () => {
  const archive = packAsar({ 'package.json': '{}', 'main.js': 'ä' });
  expect(archive.readUInt32LE(0)).toBe(4);
  const begin = 8 + archive.readUInt32LE(4);
  const { files } = JSON.parse(archive.toString('utf8', 16, 16 + archive.readUInt32LE(12)));
  const read = ({ size, offset }) =>
    archive.toString('utf8', begin + Number(offset), begin + Number(offset) + size);
  expect(read(files['package.json'])).toBe('{}');
  expect(read(files['main.js'])).toBe('ä');
  expect(archive.length).toBe(begin + 4);
});
