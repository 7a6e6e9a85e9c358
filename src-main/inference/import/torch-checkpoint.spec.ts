import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { itWithShared } from '../../../test-support/shared-data';
import {
  makeTorchCheckpoint,
  makeTorchZip,
  makeZip,
  op,
  tensorOpcodes,
} from '../../../test-support/write-torch';
import { AppError } from '../../core/app-error';
import { createRandom } from '../random';
import { readTorchCheckpoint } from './torch-checkpoint';

const refusal = (bytes: Uint8Array): AppError => {
  try {
    readTorchCheckpoint(bytes, 'model.pt');
  } catch (error) {
    expect(error).toBeInstanceOf(AppError);
    expect((error as AppError).code).toBe('model.invalid');
    return error as AppError;
  }
  throw new Error('it was read');
};
const pickled = (...parts: Buffer[]): Buffer => makeTorchZip(Buffer.concat([op.proto, ...parts, op.stop]));
const floats = (...values: number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);

/**
 * torch.save({'epoch': 3, 'model': OrderedDict}, pickle_protocol=5) of PyTorch 2, gzipped: t is arange(60) of shape
 * (3, 4, 5) with axes 0 and 2 swapped, off its second slab, the others as the test says.
 */
const madeByTorch = [
  'H4sIAB+uB2sC/6WWT2zbVBjAn+MkTZu0zUpZQQM0CQ6pVLr8cZwEtqV4lankSYQO0FRNSp3ErQ1OXBJnbCBEBco2JEswzSDggHYY',
  'iCM3QAgUbZceGUJoBw6ThhAcED2hSQiV78VJ9p6TJnS1+qvb6Pt93xfb73vOSawXoUAA9Rzj6EFU1s4lj5RkU57feEUXhQNoxX1s',
  '+j740+MIb9oRy6dsGEXVlljLVzZKim5bwaKh60rR1IxKDf57rlpSqkppUSua9hV7dhkcxrStkGlUi+p8vm5qOoRN5atKoa7ppbyp',
  'VGpGNX82DtGRiDVSg0B5XbEtX8sAU9QN2TzV/viKbTFR22KLG3VbOmraz0tI8kleib1oSwz8NX3Rflf1QVnTXoYwY23NVsciETWo',
  'TqiTathRpkHwXbAhnLlAhntVWe/Gh6zgEvxLFo7ZkIF1irINKNggbU+BcCeFVtsxnvTjA31W4zmi+Emjsk7KCSx7HNnTK6+R8vii',
  'US/oCqlzWGccnenRmQJRWTAMnVSTAyt7tDThnlDlKunyA8t66qQrnDepllMDXX+tKOtytXt7LSZ9L352loj0KeUN8zwRmMGByEkM',
  'dwKeBJZ+Eur1+Zw0Erhx58zoXXj4Mbld19E08jvraH7NqJZlM39WqdZgNYiCB5ZTDCf66q9f3mEgFLN7ohn0VDtRexHkZV1br5SV',
  'iikKfO/S/F8Hz+EGsq+9+gdexZ6BDUwgwWmgAHfCwAtZFI7fZ93OoWumqSu4h8axOw/7oYp/YA9B9My9qXQkKgrH9teAk3UzC78W',
  '4AfYBK4CTeA2AAVRGDgMRIEFIAesAhvAJnAJeB/4CLgKfAF8CXwNNIEt4AfgFnAb+B3YBu4CcFGRFwgAISAMTAMPAY8Ah4EngAgw',
  'B0QBDkgDR4EFYBFYAk4COeAF4DRwBlgFSoAK6AK+0vFHfzW2ofD2kCs9Q1zpmCg80O9Ko+OoufMGznq99N7Le71/8X3fv2YWNQtv',
  '4fqXio3GXusn9l2faef9Z8c5cCfSTztvh+Gz8JBOUkQnnCgk7qeTTz7GxzdZXHfr1Od/40KBIXWzRN2kKDyN9vX9ceXvH79+evj8',
  'CCIfUZkXBQat/Iv1OXniwPD5F+wM0paecubnFvYnP/vu2b36acfHaxynWC3/Ngoe8nZToL4pThApMqKQ3ef4W9m93RA66NTq7hdT',
  'fYolxnD3Nz9df3H49T+Eku0NpNV+TalqsIO8LuN3s7xWEoXY3r9NLJ5IpfhYlIum+QzHJdNRPhVNJhOJBJ/kuEwqmolluEw0jbu8',
  'dtC6EYE+Iq0umdZrY6dPci8d7+mceg91q+TuOU1pSyzqu/W6M5Db3wyV4XI3Q8+e605C7l8TVJIpL3Ltm26XnMhByv3Qi8j9zi2S',
  'Q5cW8UfE+HaL5LSkxZcoMe4WyeFGiz9TYsItktOJFldHSJFzi+RwocVblJh0i+RYocXlACnybpGcJ7R4mRJTbpGcIrR4kxLTHbH/',
  'kKFeH0dJMeOuSK78ECVudsRdHnpyNR6izB87Zv85kZP8/rl26GPsk10t7Dp/yzrnc2POGbwRfE60V4czrX1+xwm34p3Y/wB4jVfV',
  'lQ4AAA==',
].join('');

describe('readTorchCheckpoint', () => {
  it('reads what PyTorch wrote: strides, offsets and every type', () => {
    const tensors = readTorchCheckpoint(gunzipSync(Buffer.from(madeByTorch, 'base64')), 'mix.pt');
    const values = (name: string): number[] => [...tensors.get(name)!.values()];
    expect(tensors.get('t')!.shape).toEqual([5, 4, 3]);
    const swapped: number[] = [];
    for (let k = 0; k < 5; k++)
      for (let j = 0; j < 4; j++) for (let i = 0; i < 3; i++) swapped.push(i * 20 + j * 5 + k);
    expect(values('t')).toEqual(swapped);
    expect(values('off')).toEqual(Array.from({ length: 20 }, (_, n) => 20 + n));
    expect(values('half')).toEqual([1.5, -2, 65504]);
    expect(values('bf').slice(0, 2)).toEqual([1.5, -2]);
    expect(values('bf')[2]! / 3e38).toBeCloseTo(1, 2);
    expect(values('i64')).toEqual([1, -5]);
    expect(values('f64')[0]).toBeCloseTo(0.1, 7);
    expect([values('b'), values('i8'), values('u8'), values('scalar'), values('empty')]).toEqual([
      [1, 0],
      [-3],
      [200],
      [7],
      [],
    ]);
    expect(tensors.get('scalar')!.shape).toEqual([]);
  });

  it('reads what the test writer writes, and looks through state_dict', () => {
    const made = new Map([
      ['a', { shape: [2, 1], data: Float32Array.of(1, 2) }],
      ['b', { shape: [3], data: Float32Array.of(3, 4, 5) }],
    ]);
    const read = readTorchCheckpoint(makeTorchCheckpoint(made), 'x');
    expect([...read.keys()]).toEqual(['a', 'b']);
    expect([...read.get('b')!.values()]).toEqual([3, 4, 5]);
    const inner = Buffer.concat([op.emptyDict, op.text('w'), tensorOpcodes('0', [2], [1], 2), op.setItem]);
    const nested = Buffer.concat([op.proto, op.emptyDict, op.text('state_dict'), inner, op.setItem, op.stop]);
    const tensors = readTorchCheckpoint(makeTorchZip(nested, { 0: floats(8, 9) }), 'x');
    expect([...tensors.get('w')!.values()]).toEqual([8, 9]);
  });

  itWithShared('reads the golden checkpoint', ['golden/retinanet3d/tiny_state_dict.pt'], (file) => {
    const tensors = readTorchCheckpoint(readFileSync(file), file);
    expect(tensors.get('feature_extractor.body.conv1.weight')!.shape).toEqual([4, 1, 7, 7, 7]);
    for (const tensor of tensors.values())
      expect(tensor.values()).toHaveLength(tensor.shape.reduce((a, b) => a * b, 1));
  });
});

describe('a hostile checkpoint', () => {
  it.each([
    ['posix', 'system'],
    ['os', 'system'],
    ['builtins', 'eval'],
    ['torch', 'load'],
    ['torch._utils', '_rebuild_sparse_tensor'],
    ['collections', 'OrderedDict.__init__'],
  ])('that asks for %s.%s is refused by name and place', (module, name) => {
    const error = refusal(pickled(op.global(module, name), op.mark, op.text('echo'), op.tuple, op.reduce));
    expect(error.message).toContain(`at byte 2 `);
    expect(error.message).toContain(`${module}.${name}`);
    const stacked = refusal(pickled(op.text(module), op.text(name), Buffer.from([0x93])));
    expect(stacked.message).toContain(`${module}.${name}`);
  });

  it('with another opcode is refused by its name', () => {
    expect(refusal(pickled(op.emptyTuple, Buffer.from([0x81]))).message).toMatch(/byte 3 .*NEWOBJ/);
    expect(refusal(pickled(Buffer.from('i'))).message).toContain('INST');
    expect(refusal(pickled(Buffer.from([0xff]))).message).toContain('0xff');
    expect(refusal(pickled(Buffer.from([0x80, 1]))).message).toContain('protocol 1');
  });

  it('that calls or changes what it may name is refused', () => {
    const storage = op.global('torch', 'FloatStorage');
    expect(refusal(pickled(storage, op.emptyTuple, op.reduce)).message).toContain('torch.FloatStorage');
    const dict = Buffer.concat([op.global('collections', 'OrderedDict'), op.emptyTuple, op.reduce]);
    const state = Buffer.concat([op.emptyDict, op.text('__class__'), op.int(1), op.setItem]);
    expect(refusal(pickled(dict, state, op.build)).message).toContain('BUILD');
    expect(refusal(pickled(storage, op.emptyDict, op.build)).message).toContain('BUILD');
    const iterated = [op.global('collections', 'OrderedDict'), op.mark, op.emptyList, op.tuple, op.reduce];
    expect(refusal(pickled(...iterated)).message).toContain('OrderedDict');
  });

  it.each(['../../etc/passwd', '0/../1', '/0', '0\\1', '', '1e3'])(
    'with the storage name %j is refused',
    (key) => {
      const item = Buffer.concat([op.emptyDict, op.text('w'), tensorOpcodes(key, [1], [1], 1), op.setItem]);
      expect(refusal(pickled(item)).message).toMatch(/no number/);
    },
  );

  it('whose tensors do not fit their storage is refused', () => {
    const one = (shape: number[], strides: number[], count: number, offset = 0): AppError => {
      const item = [
        op.emptyDict,
        op.text('w'),
        tensorOpcodes('0', shape, strides, count, offset),
        op.setItem,
      ];
      return refusedRead(
        makeTorchZip(Buffer.concat([op.proto, ...item, op.stop]), { 0: floats(1, 2, 3, 4) }),
      );
    };
    const refusedRead = (bytes: Uint8Array): AppError => {
      try {
        readTorchCheckpoint(bytes, 'x').get('w')!.values();
      } catch (error) {
        return error as AppError;
      }
      throw new Error('it was read');
    };
    expect(one([5], [1], 4).details!.field).toBe('w');
    expect(one([2, 2], [3, 2], 4).message).toContain('beyond its storage');
    expect(one([2], [1], 4, 3).message).toContain('beyond its storage');
    expect(one([2], [1], 1000).message).toContain('16 bytes');
    // A billion elements out of one, by strides of 0.
    expect(one([1024, 1024, 1024], [0, 0, 0], 4).message).toContain('elements');
    expect(one([2], [1, 1], 4).message).toContain('stride');
    expect(one([-1], [1], 4).message).toContain('shape');
  });

  it('that counts to the moon ends early', () => {
    const many = Buffer.alloc(600_000, op.emptyDict);
    expect(refusal(pickled(many)).message).toContain('operations');
    expect(refusal(pickled(Buffer.from([0x58, 0xff, 0xff, 0xff, 0xff]))).message).toContain('cut short');
    expect(refusal(pickled(Buffer.from([0x8a, 255]))).message).toContain('too large');
    expect(refusal(pickled(op.get(7))).message).toContain('memo 7');
    // A dict that holds itself, under the very key that is looked through.
    const loop = [op.emptyDict, op.put(0), op.text('model'), op.get(0), op.setItem];
    expect(refusal(pickled(...loop)).message).toContain('no state dict');
    expect(refusal(pickled(op.emptyDict, op.emptyTuple, op.int(1), op.setItem)).message).toContain('key');
    expect(refusal(pickled(op.int(1), op.int(2))).message).toContain('left over');
    expect(refusal(pickled(op.tuple)).message).toContain('mark');
  });

  it('of another kind is refused by its name', () => {
    const legacy = Buffer.from([
      0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e,
    ]);
    expect(refusal(legacy).message).toContain('legacy');
    expect(refusal(Buffer.from([0x80, 4, 0x2e])).message).toContain('bare pickle');
    expect(refusal(Buffer.from('hello, world')).message).toContain('not a PyTorch zip');
    expect(refusal(Buffer.alloc(0)).message).toContain('not a PyTorch zip');
    const empty = Buffer.concat([op.proto, op.emptyDict, op.stop]);
    expect(
      refusal(makeTorchZip(empty, {}, [{ name: 'model/constants.pkl', bytes: empty }])).message,
    ).toContain('TorchScript');
    const order = { name: 'model/byteorder', bytes: Buffer.from('big') };
    expect(refusal(makeTorchZip(empty, {}, [order])).message).toContain('"big"');
    expect(refusal(makeZip([{ name: 'a/b/data.pkl', bytes: empty }])).message).toContain('0 of them');
  });

  it('cut anywhere, or with bytes changed, is refused or read; it never does anything else (2,000 mutants)', () => {
    const whole = makeTorchCheckpoint(
      new Map([
        ['a', { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) }],
        ['b', { shape: [3], data: Float32Array.of(5, 6, 7) }],
      ]),
    );
    for (let cut = 0; cut < whole.length; cut += 3) refusal(whole.subarray(0, cut));
    const random = createRandom(20261126);
    let refused = 0;
    for (let n = 0; n < 2000; n++) {
      const mutant = Buffer.from(whole);
      for (let k = 1 + Math.floor(random.uniform() * 4); k > 0; k--)
        mutant[Math.floor(random.uniform() * mutant.length)] = Math.floor(random.uniform() * 256);
      try {
        for (const tensor of readTorchCheckpoint(mutant, 'mutant').values()) tensor.values();
      } catch (error) {
        expect(error).toBeInstanceOf(AppError);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(1000);
  });
});

describe('mutants of the pickle alone', () => {
  it('are refused with a reason or read (2,000, behind a right checksum)', () => {
    const pickle = Buffer.concat([
      op.proto,
      op.emptyDict,
      op.text('w'),
      tensorOpcodes('0', [2, 2], [2, 1], 4),
      op.setItem,
      op.stop,
    ]);
    const random = createRandom(7);
    let refused = 0;
    for (let n = 0; n < 2000; n++) {
      const mutant = Buffer.from(pickle);
      for (let k = 1 + Math.floor(random.uniform() * 3); k > 0; k--)
        mutant[Math.floor(random.uniform() * mutant.length)] = Math.floor(random.uniform() * 256);
      try {
        const tensors = readTorchCheckpoint(makeTorchZip(mutant, { 0: floats(1, 2, 3, 4) }), 'm');
        for (const tensor of tensors.values()) tensor.values();
      } catch (error) {
        expect(error).toBeInstanceOf(AppError);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(1000);
    expect(refused).toBeLessThan(2000);
  });
});
