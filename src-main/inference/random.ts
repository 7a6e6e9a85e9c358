import { seededRandom } from '../core/seeded-random';

/** A seeded stream of numbers, the same on every machine. */
export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number;
  between(low: number, high: number): number;
  /** Standard normal (Box-Muller). */
  normal(): number;
  /** A whole number in [0, n). */
  below(n: number): number;
}

/** Mulberry32 behind a mixed seed, so that neighbouring seeds give unrelated streams. */
export function createRandom(...seeds: readonly number[]): Random {
  let state = 0x9e3779b9;
  for (const seed of seeds) state = Math.imul(state ^ (seed | 0), 0x85ebca6b) ^ (state >>> 13);
  const uniform = seededRandom(state);
  for (let n = 0; n < 4; n++) uniform();
  return {
    uniform,
    between: (low, high) => low + (high - low) * uniform(),
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    below: (n) => Math.floor(uniform() * n),
  };
}

/** Fisher-Yates. */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const out = [...items];
  for (let n = out.length - 1; n > 0; n--) {
    const other = random.below(n + 1);
    [out[n], out[other]] = [out[other]!, out[n]!];
  }
  return out;
}
