import type { Tensor, Tensorflow } from '../tensorflow';
import type { Layers, Parameters } from './layers';

/**
 * Attention over channels of a level, over places of a level, and among proposals.
 *
 * Shape shorthand: N: batch, H, W: rows and columns of a level, F: channels, K: proposals, D: attention channels
 */

/** x [..., I] kernel [I, O] + bias [O]. */
export function dense(tf: Tensorflow, p: Parameters, name: string, x: Tensor): Tensor {
  const kernel = p(`${name}.kernel`);
  const [input, output] = kernel.shape as [number, number];
  const flat = tf.matMul(x.reshape([-1, input]), kernel as never).add(p(`${name}.bias`));
  return flat.reshape([...x.shape.slice(0, -1), output]);
}

/**
 * Scale-specific feature gate: what a level holds over all its area decides how much each of its channels counts, with
 * weights of the level's own (channel attention after Hu et al. 2018, one layer).
 * Twice the sigmoid, so that an untrained gate lets everything through.
 * @param x [N, H, W, F] before the levels merge
 */
export function gateLevel(tf: Tensorflow, p: Parameters, level: number, x: Tensor): Tensor {
  const weights = dense(tf, p, `gate.${level}`, x.mean([1, 2]))
    .sigmoid()
    .mul(2);
  return x.mul(weights.expandDims(1).expandDims(1));
}

/**
 * Spatial attention (Woo et al. 2018, "CBAM", equation 3).
 * @param x [N, H, W, F]
 * @returns map [N, H, W, 1] in 0..1, and x weighed by it
 */
export function attendPlaces(
  tf: Tensorflow,
  layers: Layers,
  p: Parameters,
  level: number,
  x: Tensor,
): { map: Tensor; weighed: Tensor } {
  const pooled = tf.concat([x.mean(3, true), x.max(3, true)], 3);
  const kernel = p(`spatial.${level}.kernel`);
  const map = layers.conv(pooled, kernel, p(`spatial.${level}.bias`), 1, false).sigmoid();
  return { map, weighed: x.mul(map) };
}

/**
 * One encoder layer of self-attention among proposals (Vaswani et al. 2017; among boxes: Hu et al. 2018, "Relation
 * Networks"): a proposal is judged knowing the others.
 * @param features [N, K, C] of the head at each proposal's anchor
 * @param geometry [N, K, 5] centre x, y, log width, log height relative to the picture, logit
 * @returns [N, K] logit to add to the RPN's
 */
export function attendProposals(
  tf: Tensorflow,
  p: Parameters,
  heads: number,
  features: Tensor,
  geometry: Tensor,
): Tensor {
  const x = dense(tf, p, 'attention.embed', tf.concat([features, geometry], -1));
  const [n, k, d] = x.shape as [number, number, number];
  const split = dense(tf, p, 'attention.qkv', x).reshape([n, k, 3, heads, d / heads]);
  const [query, key, value] = tf
    .split(split.transpose([2, 0, 3, 1, 4]), 3, 0)
    .map((t) => t.reshape([n * heads, k, d / heads])) as [Tensor, Tensor, Tensor];
  const weights = tf.softmax(
    tf.matMul(query as never, key as never, false, true).mul(1 / Math.sqrt(d / heads)) as never,
  );
  const mixed = tf
    .matMul(weights as never, value as never)
    .reshape([n, heads, k, d / heads])
    .transpose([0, 2, 1, 3])
    .reshape([n, k, d]);
  const joined = layerNorm(p, 'attention.norm.1', x.add(dense(tf, p, 'attention.mix', mixed)));
  const widened = dense(tf, p, 'attention.expand', joined).relu();
  const out = layerNorm(p, 'attention.norm.2', joined.add(dense(tf, p, 'attention.contract', widened)));
  return dense(tf, p, 'attention.logit', out).squeeze([-1]);
}

/** Ba et al. 2016, over the last axis. */
function layerNorm(p: Parameters, name: string, x: Tensor): Tensor {
  const centred = x.sub(x.mean(-1, true));
  const deviation = centred.square().mean(-1, true).add(1e-5).sqrt();
  return centred
    .div(deviation)
    .mul(p(`${name}.scale`))
    .add(p(`${name}.offset`));
}
