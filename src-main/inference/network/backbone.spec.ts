import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { itWithShared } from '../../../test-support/shared-data';
import { AppError } from '../../core/app-error';
import { loadTensorflow, type Tensor4D } from '../tensorflow';
import { architecture as architectureSchema, parameterSpecs } from './architecture';
import { foldBackbone } from './initialize';
import { inferenceLayers, trainingLayers } from './layers';
import { runBackboneStart } from './network';
import { parseSafetensors, readSafetensors } from './safetensors';

const architecture = architectureSchema.parse({
  backbone: 'efficientnet-lite0',
  fpnChannels: 32,
  finestLevel: 3,
  coarsestLevel: 6,
  normGroups: 8,
  anchorsPerLocation: 6,
});

describe('the ImageNet backbone', () => {
  itWithShared(
    'gives the golden logits on the golden picture, folded, by both kinds of layers',
    ['weights/efficientnet-lite0.safetensors', 'weights/golden-input.npy', 'weights/golden-logits.json'],
    async (weightsFile, inputFile, logitsFile) => {
      const weights = await readSafetensors(weightsFile!);
      const folded = foldBackbone(weights);
      const golden = (JSON.parse(readFileSync(logitsFile!, 'utf8')) as { logits: number[] }).logits;
      const npy = readFileSync(inputFile!);
      const input = new Float32Array(Uint8Array.from(npy.subarray(npy.length - 224 * 224 * 3 * 4)).buffer);
      const tf = await loadTensorflow();
      const shapes = new Map(parameterSpecs(architecture).map((s) => [s.name, s.shape as number[]]));
      for (const layers of [inferenceLayers(tf), trainingLayers(tf)]) {
        const logits = tf.tidy(() => {
          const array = (name: string) =>
            tf.tensor(weights.get(name)!.data, weights.get(name)!.shape as number[]);
          const images = tf.tensor4d(input, [1, 224, 224, 3]);
          const p = (name: string) => tf.tensor(folded.get(name)!, shapes.get(name)!);
          const { last } = runBackboneStart(layers, p, images, 7);
          // The classifier that the detector leaves off: 1x1 convolution, batch norm, pooling, dense.
          const head = tf.conv2d<Tensor4D>(
            last as Tensor4D,
            array('_conv_head.weight') as Tensor4D,
            1,
            'same',
          );
          const factor = array('_bn1.weight').div(array('_bn1.running_var').add(1e-3).sqrt());
          const normed = head.sub(array('_bn1.running_mean')).mul(factor).add(array('_bn1.bias'));
          const pooled = tf.relu6(normed).mean([1, 2]);
          return tf
            .matMul(pooled as never, array('_fc.weight') as never)
            .add(array('_fc.bias'))
            .dataSync();
        });
        expect(logits.indexOf(Math.max(...logits))).toBe(285);
        golden.forEach((value, n) => expect(Math.abs(logits[n]! - value)).toBeLessThan(1e-3));
      }
    },
  );
});

describe('reading safetensors', () => {
  const made = (header: object, data: number[]): Uint8Array => {
    const json = Buffer.from(JSON.stringify(header));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(json.length));
    return Buffer.concat([length, json, Buffer.from(data)]);
  };

  it('reads halves and singles', () => {
    const arrays = parseSafetensors(
      made(
        {
          __metadata__: { note: 'x' },
          half: { dtype: 'F16', shape: [2], data_offsets: [0, 4] },
          single: { dtype: 'F32', shape: [1], data_offsets: [4, 8] },
        },
        [0x00, 0x3c, 0x00, 0xc0, 0x00, 0x00, 0x80, 0x3f],
      ),
      'made',
    );
    expect([...arrays.get('half')!.data]).toEqual([1, -2]);
    expect([...arrays.get('single')!.data]).toEqual([1]);
  });

  it.each([
    ['an array past the end', made({ a: { dtype: 'F16', shape: [9], data_offsets: [0, 18] } }, [0, 0])],
    ['a header past the end', Buffer.from([255, 0, 0, 0, 0, 0, 0, 0, 1])],
    ['another type', made({ a: { dtype: 'I8', shape: [1], data_offsets: [0, 1] } }, [0])],
  ])('refuses %s', (_, bytes) => {
    expect(() => parseSafetensors(bytes, 'made')).toThrow(AppError);
  });
});
