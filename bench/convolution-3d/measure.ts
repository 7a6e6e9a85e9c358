import { loadTensorflow, type Tensor } from '../../src-main/inference/tensorflow';
import { convolve, convolveByPlanes } from '../../src-main/inference/network3d/layers3d';

/** `node measure.cjs ROUNDS`; prints ms of a forward pass, and of one with its gradients, for each layer shape and way. */
async function main(rounds: number): Promise<void> {
  const tf = await loadTensorflow();
  const ways = { direct: convolve, byPlanes: convolveByPlanes };
  // Side, channels in and out, batch: the lung network's layers for patches of 56 voxels.
  const shapes = [
    [28, 16, 16, 4],
    [28, 24, 24, 4],
    [14, 48, 48, 4],
    [7, 96, 96, 4],
  ] as const;
  const rows = shapes.map(([side, from, to, batch]) => {
    const x: Tensor = tf.randomNormal([batch, side, side, side, from]);
    const kernel: Tensor = tf.randomNormal([3, 3, 3, from, to]);
    const times: Record<string, number[]> = {};
    for (let round = 0; round < rounds; round++) {
      for (const [name, layer] of Object.entries(ways)) {
        const clock = (what: string, work: () => void): void => {
          const started = performance.now();
          tf.tidy(work);
          (times[`${name}.${what}`] ??= []).push(performance.now() - started);
        };
        clock('forward', () => void layer(tf, x, kernel, 1).dataSync());
        clock('both', () => {
          const loss = (a: Tensor, b: Tensor): Tensor => layer(tf, a, b, 1).square().mean();
          for (const g of tf.valueAndGrads(loss)([x, kernel]).grads) g.dataSync();
        });
      }
    }
    tf.dispose([x, kernel]);
    return { shape: `[${batch}, ${side}, ${side}, ${side}, ${from}] to ${to}`, times };
  });
  process.stdout.write(`${JSON.stringify(rows)}\n`);
}

void main(Number(process.argv[2]));
