import { clustersOf, namedIntervals, type BootstrapOptions } from './bootstrap';

/** One value a field of an image can have, such as a site's name, or a patient's. */
export type FieldValue = string | number;

/** The figures of the images that share one value of a field. Shape shorthand: I: images; V: figures */
export interface SubgroupRow {
  readonly value: string;
  readonly images: number;
  readonly figures: Readonly<Record<string, number>>;
  /** 95 %, over the patients (or images) of this subgroup; a figure of -1 has none. */
  readonly intervals95: Readonly<Record<string, [number, number]>>;
}

/** Text or number; anything else that a file may hold is no value to group by. */
export const fieldValue = (value: unknown): FieldValue | undefined =>
  typeof value === 'string' || typeof value === 'number' ? value : undefined;

interface SubgroupInput {
  /** [I] */
  readonly values: readonly (FieldValue | undefined)[];
  /** [I] whom each image is of, where known. */
  readonly patients: readonly (FieldValue | undefined)[];
  /** [V] */
  readonly names: readonly string[];
  /** [V] from weights [I]; -1 where there is nothing to find. */
  statistic(weights: ArrayLike<number>): readonly number[];
  readonly bootstrap?: BootstrapOptions | undefined;
  /** False: no intervals, as for a table with a row a patient. */
  readonly intervals?: boolean;
}

/** Rows in order of the value; images without one come last, as "(none)". Empty when no image has one. */
export function subgroupRows(input: SubgroupInput): SubgroupRow[] {
  const { values, patients, names, statistic, bootstrap, intervals = true } = input;
  if (values.every((v) => v === undefined)) return [];
  const members = new Map<string, number[]>();
  values.forEach((value, i) => {
    const key = value === undefined ? missing : String(value);
    const list = members.get(key);
    if (list) list.push(i);
    else members.set(key, [i]);
  });
  const weights = new Int32Array(values.length);
  /** The statistic of the whole, with all other images counting nothing. */
  const within = (images: readonly number[], drawn?: ArrayLike<number>): readonly number[] => {
    weights.fill(0);
    images.forEach((i, n) => (weights[i] = drawn ? drawn[n]! : 1));
    return statistic(weights);
  };
  return [...members].sort(byValue).map(([value, images]) => {
    const figures = within(images);
    return {
      value,
      images: images.length,
      figures: Object.fromEntries(names.map((name, v) => [name, figures[v]!])),
      intervals95: intervals
        ? namedIntervals(images.length, names, (drawn) => within(images, drawn), {
            ...bootstrap,
            clusterOf: clustersOf(images.map((i) => patients[i])),
          })
        : {},
    };
  });
}

const missing = '(none)';

function byValue([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  if (a === missing || b === missing) return Number(a === missing) - Number(b === missing);
  return a.localeCompare(b, 'en', { numeric: true });
}
