import { suggestion, type Outcome, type Publication, type Rule, type SuggestOptions } from './guideline';

/**
 * International Clinical Diabetic Retinopathy and Diabetic Macular Edema severity scales.
 *
 * Source: Wilkinson CP et al., Ophthalmology 2003;110(9):1677-1682, doi 10.1016/S0161-6420(03)00475-5, tables 1 and 2; checked against
 * the American Academy of Ophthalmology's sheet of October 2002 and the tables in Diabetes Care. Both grade a dilated
 * examination of a whole eye: a photograph shows less, so every suggestion is a lower bound and says so.
 */
export const icdr = {
  source:
    'International Clinical Diabetic Retinopathy severity scale: Wilkinson CP et al. Ophthalmology 2003;110:1677-1682. doi:10.1016/S0161-6420(03)00475-5',
  categories: [
    { category: 'no-apparent-retinopathy', wording: 'No apparent retinopathy', management: null },
    { category: 'mild-npdr', wording: 'Mild nonproliferative diabetic retinopathy', management: null },
    {
      category: 'moderate-npdr',
      wording: 'Moderate nonproliferative diabetic retinopathy',
      management: null,
    },
    { category: 'severe-npdr', wording: 'Severe nonproliferative diabetic retinopathy', management: null },
    { category: 'pdr', wording: 'Proliferative diabetic retinopathy', management: null },
  ],
} as const satisfies Publication;
type Category = (typeof icdr.categories)[number]['category'];

export const retinalLesions = [
  'microaneurysm',
  'haemorrhage',
  'hard-exudate',
  'cotton-wool-spot',
  'venous-beading',
  'irma',
  'neovascularisation',
  'preretinal-haemorrhage',
  'vitreous-haemorrhage',
  'other-lesion',
] as const;
export type RetinalLesion = (typeof retinalLesions)[number];

export interface IcdrInput {
  /** Kinds that were seen in the eye; an empty list: none. */
  lesions?: readonly RetinalLesion[] | undefined;
  /** Quadrants, 0 to 4, with more than 20 intraretinal haemorrhages; with definite venous beading; with prominent IRMA. */
  haemorrhageQuadrants?: number | undefined;
  beadingQuadrants?: number | undefined;
  irmaQuadrants?: number | undefined;
}
export type IcdrQuestion = keyof IcdrInput;

const onePhotograph =
  'One photograph shows part of the retina: what lies outside it can only raise the grade. Faint intraretinal microvascular abnormalities and new vessels may need more than a photograph.';

/** @returns the grade of what was seen, from the worst down */
export function suggestIcdr(input: IcdrInput, options: SuggestOptions = {}): Outcome<Category, IcdrQuestion> {
  const { lesions } = input;
  if (!lesions) return { status: 'missing', inputs: ['lesions'] };
  const has = (...kinds: RetinalLesion[]): boolean => kinds.some((kind) => lesions.includes(kind));
  const suggest = (category: Category, id: string, sentence: string): Outcome<Category, IcdrQuestion> =>
    suggestion<Category>(icdr, category, { id: `icdr.${id}`, sentence }, options, { notes: [onePhotograph] });
  if (has('neovascularisation', 'preretinal-haemorrhage', 'vitreous-haemorrhage'))
    return suggest('pdr', 'pdr', 'One or more of: neovascularization, vitreous or preretinal hemorrhage');
  if (has('haemorrhage') && input.haemorrhageQuadrants === undefined)
    return { status: 'missing', inputs: ['haemorrhageQuadrants'] };
  if ((input.haemorrhageQuadrants ?? 0) >= 4)
    return suggest(
      'severe-npdr',
      'severe-4',
      'More than 20 intraretinal hemorrhages in each of 4 quadrants, no signs of proliferative retinopathy',
    );
  if ((input.beadingQuadrants ?? 0) >= 2)
    return suggest(
      'severe-npdr',
      'severe-2',
      'Definite venous beading in 2 or more quadrants, no signs of proliferative retinopathy',
    );
  if ((input.irmaQuadrants ?? (has('irma') ? 1 : 0)) >= 1)
    return suggest(
      'severe-npdr',
      'severe-1',
      'Prominent intraretinal microvascular abnormalities in 1 or more quadrants, no signs of proliferative retinopathy',
    );
  const diabetic = lesions.filter((kind) => kind !== 'other-lesion');
  if (diabetic.some((kind) => kind !== 'microaneurysm'))
    return suggest(
      'moderate-npdr',
      'moderate',
      'More than just microaneurysms but less than severe nonproliferative diabetic retinopathy',
    );
  if (diabetic.length > 0) return suggest('mild-npdr', 'mild', 'Microaneurysms only');
  if (lesions.length > 0)
    return {
      status: 'not-covered',
      rule: { id: 'icdr.other', sentence: 'The scale grades lesions of diabetic retinopathy only' },
    };
  return suggest('no-apparent-retinopathy', 'none', 'No abnormalities');
}

export const dme = {
  source:
    'International Clinical Diabetic Macular Edema severity scale: Wilkinson CP et al. Ophthalmology 2003;110:1677-1682. doi:10.1016/S0161-6420(03)00475-5',
  categories: [
    { category: 'dme-absent', wording: 'Diabetic macular edema apparently absent', management: null },
    { category: 'dme-mild', wording: 'Mild diabetic macular edema', management: null },
    { category: 'dme-moderate', wording: 'Moderate diabetic macular edema', management: null },
    { category: 'dme-severe', wording: 'Severe diabetic macular edema', management: null },
  ],
} as const satisfies Publication;
type DmeCategory = (typeof dme.categories)[number]['category'];

export interface DmeInput {
  /** The nearest to the centre of the macula of hard exudates and of thickening, where it was assessed. */
  nearest?: 'absent' | 'distant' | 'approaching' | 'involving' | undefined;
}

const needsDepth =
  'Retinal thickening needs a three-dimensional assessment (stereo photographs, slit lamp, OCT): one photograph does not show it. Hard exudates are a sign of current or previous macular edema.';

const dmeRules = {
  absent: ['dme-absent', 'No apparent retinal thickening or hard exudates in the posterior pole'],
  distant: [
    'dme-mild',
    'Some retinal thickening or hard exudates in the posterior pole but distant from the center of the macula',
  ],
  approaching: [
    'dme-moderate',
    'Retinal thickening or hard exudates approaching the center of the macula but not involving it',
  ],
  involving: ['dme-severe', 'Retinal thickening or hard exudates involving the center of the macula'],
} as const satisfies Record<NonNullable<DmeInput['nearest']>, readonly [DmeCategory, string]>;

export function suggestDme(
  { nearest }: DmeInput,
  options: SuggestOptions = {},
): Outcome<DmeCategory, 'nearest'> {
  if (!nearest) return { status: 'missing', inputs: ['nearest'] };
  const [category, sentence] = dmeRules[nearest];
  const rule: Rule = { id: `dme.${nearest}`, sentence };
  return suggestion<DmeCategory>(dme, category, rule, options, { notes: [needsDepth] });
}
