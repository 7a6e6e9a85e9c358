import { suggestion, type Outcome, type Publication, type SuggestOptions } from './guideline';

/**
 * ACR TI-RADS 2017: points of a thyroid nodule on ultrasound, its level, and what its size calls for.
 *
 * Source: Tessler FN et al., J Am Coll Radiol 2017;14(5):587-595, doi 10.1016/j.jacr.2017.01.046, figure 1; checked
 * against several transcriptions of the chart, the points of what cannot be determined among them.
 */
export const tiRads = {
  source: 'ACR TI-RADS: Tessler FN et al. J Am Coll Radiol 2017;14:587-595. doi:10.1016/j.jacr.2017.01.046',
  categories: [
    { category: 'TR1', wording: 'Benign', management: 'No FNA.' },
    { category: 'TR2', wording: 'Not suspicious', management: 'No FNA.' },
    {
      category: 'TR3',
      wording: 'Mildly suspicious',
      management: 'FNA at 25 mm or more; follow-up at 15 mm or more (1, 3 and 5 years).',
    },
    {
      category: 'TR4',
      wording: 'Moderately suspicious',
      management: 'FNA at 15 mm or more; follow-up at 10 mm or more (1, 2, 3 and 5 years).',
    },
    {
      category: 'TR5',
      wording: 'Highly suspicious',
      management: 'FNA at 10 mm or more; follow-up at 5 mm or more (every year for 5 years).',
    },
  ],
} as const satisfies Publication;
type Category = (typeof tiRads.categories)[number]['category'];

const points = {
  composition: { cystic: 0, spongiform: 0, mixed: 1, solid: 2, undetermined: 2 },
  echogenicity: {
    anechoic: 0,
    'hyperechoic-or-isoechoic': 1,
    hypoechoic: 2,
    'very-hypoechoic': 3,
    undetermined: 1,
  },
  shape: { 'wider-than-tall': 0, 'taller-than-wide': 3 },
  margin: {
    smooth: 0,
    'ill-defined': 0,
    'lobulated-or-irregular': 2,
    'extrathyroidal-extension': 3,
    undetermined: 0,
  },
  /** All that apply are added up. */
  foci: { 'none-or-comet-tail': 0, macrocalcifications: 1, 'rim-calcifications': 2, 'punctate-foci': 3 },
} as const;
type Feature = keyof typeof points;

export interface TiRadsInput {
  composition?: keyof (typeof points)['composition'] | undefined;
  echogenicity?: keyof (typeof points)['echogenicity'] | undefined;
  shape?: keyof (typeof points)['shape'] | undefined;
  margin?: keyof (typeof points)['margin'] | undefined;
  foci?: readonly (keyof (typeof points)['foci'])[] | undefined;
  /** Largest diameter, mm. */
  maxDiameterMm?: number | undefined;
}
export type TiRadsQuestion = keyof TiRadsInput;

/** mm from which the chart asks for FNA, and for follow-up, with its years. */
const sizes: Readonly<Partial<Record<Category, readonly [fna: number, followUp: number, years: string]>>> = {
  TR3: [25, 15, '1, 3 and 5 years'],
  TR4: [15, 10, '1, 2, 3 and 5 years'],
  TR5: [10, 5, 'every year for 5 years'],
};

/** Points of the five features; null while one was not said. A spongiform nodule gets none. */
export function tiRadsPoints(input: TiRadsInput): number | null {
  if (input.composition === 'spongiform') return 0;
  const { composition, echogenicity, shape, margin, foci } = input;
  if (!composition || !echogenicity || !shape || !margin || !foci) return null;
  return (
    points.composition[composition] +
    points.echogenicity[echogenicity] +
    points.shape[shape] +
    points.margin[margin] +
    [...new Set(foci)].reduce((sum, focus) => sum + points.foci[focus], 0)
  );
}

/** @returns TR1 to TR5 with what the size calls for; without a size the thresholds of the level */
export function suggestTiRads(
  input: TiRadsInput,
  options: SuggestOptions = {},
): Outcome<Category, TiRadsQuestion> {
  const total = tiRadsPoints(input);
  if (total === null) {
    const features = Object.keys(points) as Feature[];
    return { status: 'missing', inputs: features.filter((feature) => input[feature] === undefined) };
  }
  if (total === 1)
    return {
      status: 'not-covered',
      rule: {
        id: 'ti-rads.1-point',
        sentence:
          'The chart has no level of 1 point: a mixed nodule gets at least one point for the echogenicity of its solid part',
      },
    };
  const category =
    total === 0 ? 'TR1' : total === 2 ? 'TR2' : total === 3 ? 'TR3' : total <= 6 ? 'TR4' : 'TR5';
  const sentence =
    input.composition === 'spongiform'
      ? 'Spongiform: no points are added for other features'
      : `${total} points: ${{ TR1: '0 points', TR2: '2 points', TR3: '3 points', TR4: '4 to 6 points', TR5: '7 points or more' }[category]}`;
  const bySize = sizes[category];
  const { maxDiameterMm } = input;
  let management: string | null = null;
  if (bySize && maxDiameterMm !== undefined) {
    const [fna, followUp, years] = bySize;
    management =
      maxDiameterMm >= fna
        ? `FNA (${fna} mm or more).`
        : maxDiameterMm >= followUp
          ? `Follow-up (${followUp} mm to below ${fna} mm): ${years}.`
          : `Neither FNA nor follow-up (below ${followUp} mm).`;
  }
  return suggestion<Category>(
    tiRads,
    category,
    { id: `ti-rads.${category.toLowerCase()}`, sentence },
    options,
    { management },
  );
}
