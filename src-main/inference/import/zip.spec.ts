import { describe, expect, it } from 'vitest';
import { makeZip } from '../../../test-support/write-torch';
import { crc32 } from '../../core/crc32';
import { openZip } from './zip';

describe('openZip', () => {
  const text = Buffer.from('region proposal '.repeat(100));
  const made = makeZip([
    { name: 'a/stored', bytes: text },
    { name: 'a/packed', bytes: text, deflated: true },
    { name: 'a/empty', bytes: Buffer.alloc(0) },
  ]);

  it('reads stored and deflated entries', () => {
    const zip = openZip(made, 'x.zip');
    expect(zip.names).toEqual(['a/stored', 'a/packed', 'a/empty']);
    for (const name of ['a/stored', 'a/packed']) {
      expect(Buffer.from(zip.read(name, 1e6)).equals(text)).toBe(true);
      expect(zip.sizeOf(name)).toBe(text.length);
    }
    expect(zip.read('a/empty', 1e6)).toHaveLength(0);
    expect(zip.has('a/none')).toBe(false);
  });

  it('has the CRC-32 of the standard check value', () => {
    expect(crc32(Buffer.from('123456789'))).toBe(0xcbf43926);
  });

  it('refuses what is larger than allowed, missing or damaged', () => {
    const zip = openZip(made, 'x.zip');
    expect(() => zip.read('a/stored', 10)).toThrow(/claims 1600 bytes, more than 10/);
    expect(() => zip.read('a/none', 10)).toThrow(/does not hold it/);
    const changed = Buffer.from(made);
    changed[50]! ^= 1;
    expect(() => openZip(changed, 'x').read('a/stored', 1e6)).toThrow(/checksum/);
    expect(() => openZip(made.subarray(0, made.length - 5), 'x')).toThrow(/cut short/);
    const twice = makeZip([
      { name: 'a', bytes: text },
      { name: 'a', bytes: text },
    ]);
    expect(() => openZip(twice, 'x')).toThrow(/twice/);
  });

  it('refuses a bomb by what it expands to, and one that lies about it', () => {
    const bomb = makeZip([{ name: 'b', bytes: Buffer.alloc(5_000_000), deflated: true }]);
    expect(() => openZip(bomb, 'x').read('b', 1e6)).toThrow(/more than 1000000/);
    // The directory says 100 bytes; the stream holds 5 million.
    const liar = Buffer.from(bomb);
    liar.writeUInt32LE(100, liar.lastIndexOf('PK\x01\x02', undefined, 'latin1') + 24);
    expect(() => openZip(liar, 'x').read('b', 1e6)).toThrow(/longer than it claims/);
    const braggart = Buffer.from(makeZip([{ name: 'b', bytes: Buffer.from('hi'), deflated: true }]));
    braggart.writeUInt32LE(900_000, braggart.lastIndexOf('PK\x01\x02', undefined, 'latin1') + 24);
    expect(() => openZip(braggart, 'x').read('b', 1e6)).toThrow(/claim to hold 900000/);
  });

  it('refuses encrypted entries and other methods', () => {
    const flags = Buffer.from(made);
    const entry = flags.indexOf('PK\x01\x02', 0, 'latin1');
    flags[entry + 8]! |= 1;
    expect(() => openZip(flags, 'x').read('a/stored', 1e6)).toThrow(/encrypted/);
    const method = Buffer.from(made);
    method[entry + 10] = 12;
    expect(() => openZip(method, 'x').read('a/stored', 1e6)).toThrow(/method 12/);
  });
});
