import { suggestion, type Outcome, type Publication, type Rule, type SuggestOptions } from './guideline';

/**
 * Lung-RADS v2022: one nodule, airway nodule or cyst of a low-dose screening CT.
 *
 * Source: American College of Radiology, Lung-RADS v2022, released November 2022; Christensen J et al., J Am Coll Radiol
 * 2024;21(3):473-488, doi 10.1016/j.jacr.2023.09.009. Checked against the RadElement set RDES267, the ACR's notes as
 * reproduced on the web and two independent transcriptions of the table; where those disagree the rule is unverified.
 * Diameters are mean diameters (note 4); the volumes of the table are not used.
 */
const managementOf4B =
  'Referral for further clinical evaluation. Diagnostic chest CT with or without contrast; PET/CT may be considered if there is a solid nodule or solid component of 8 mm or more; tissue sampling. Depends on clinical evaluation, patient preference and the probability of malignancy.';

export const lungRads = {
  source:
    'ACR Lung-RADS v2022 (November 2022); Christensen J et al. J Am Coll Radiol 2024;21:473-488. doi:10.1016/j.jacr.2023.09.009',
  categories: [
    {
      category: '0',
      wording: 'Incomplete',
      management:
        'Comparison with the prior chest CT, additional screening CT images, or low-dose CT in 1-3 months where an inflammatory or infectious process is suspected.',
    },
    { category: '1', wording: 'Negative', management: '12-month screening low-dose CT.' },
    {
      category: '2',
      wording: 'Benign: based on imaging features or indolent behaviour',
      management: '12-month screening low-dose CT.',
    },
    {
      category: '3',
      wording: 'Probably benign: based on imaging features or behaviour',
      management: '6-month low-dose CT.',
    },
    {
      category: '4A',
      wording: 'Suspicious',
      management:
        '3-month low-dose CT; PET/CT may be considered if there is a solid nodule or solid component of 8 mm or more.',
    },
    { category: '4B', wording: 'Very suspicious', management: managementOf4B },
    {
      category: '4X',
      wording: 'Category 3 or 4 nodule with additional features that increase suspicion for lung cancer',
      management: managementOf4B,
    },
  ],
} as const satisfies Publication;
type Category = (typeof lungRads.categories)[number]['category'];

export interface LungRadsInput {
  /** Left out: the examination can be judged. */
  examination?: 'complete' | 'prior-awaited' | 'incomplete' | 'infection-suspected' | undefined;
  texture?: 'solid' | 'part-solid' | 'ground-glass' | 'atypical-cyst' | 'airway-nodule' | undefined;
  /** Mean of long and short axis, mm ({@link meanDiameter}). */
  meanDiameterMm?: number | undefined;
  /** Mean diameter of the solid part of a part-solid nodule, mm. */
  solidComponentMm?: number | undefined;
  status?: 'baseline' | 'new' | 'stable' | 'growing' | 'slowly-growing' | undefined;
  /** Of a part-solid nodule seen before. */
  solidPart?: 'unchanged' | 'new-or-growing' | undefined;
  /** Complete, central, popcorn or concentric-ring calcification, or fat. */
  benignFeature?: boolean | undefined;
  /** Solid, smooth, and oval, lentiform or triangular, at the pleura or a fissure. */
  benignJuxtapleural?: boolean | undefined;
  airway?: 'subsegmental' | 'segmental-or-proximal' | undefined;
  cyst?: 'thin-walled' | 'thick-walled' | 'multilocular' | undefined;
  /** Of a cyst seen before. */
  cystChange?:
    | 'unchanged'
    | 'larger'
    | 'wall-or-nodule-growing'
    | 'became-multilocular'
    | 'more-loculi-or-opacity'
    | undefined;
  /** The category that the follow-up was for, and how long after. */
  prior?: { category: '3' | '4A' | '4B-benign'; months: number } | undefined;
  /** Spiculation, lymphadenopathy, metastatic disease, a ground-glass nodule that doubled in a year ... */
  suspiciousFeatures?: boolean | undefined;
  /** Something else that matters: the modifier S. */
  otherSignificantFinding?: boolean | undefined;
}
export type LungRadsQuestion = keyof LungRadsInput;

const tenth = (mm: number): number => Math.round(mm * 10 + 1e-9) / 10;

/**
 * Note 4: both axes to one decimal, and their mean to one decimal. mm.
 * A half is rounded up: 5.95 is 6.0.
 */
export const meanDiameter = (longMm: number, shortMm: number): number =>
  tenth((tenth(longMm) + tenth(shortMm)) / 2);

/** Note 6: more than 1.5 mm of mean diameter within 12 months. Null where the interval is longer and cannot tell. */
export function hasGrown(beforeMm: number, nowMm: number, months: number): boolean | null {
  const grown = tenth(nowMm - beforeMm) > 1.5;
  return grown && months > 12 ? null : grown;
}

const rule = (id: string, sentence: string, verified?: false): Rule => ({
  id: `lung-rads.${id}`,
  sentence,
  ...(verified === false && { verified }),
});

type Found = readonly [category: Category, rule: Rule];
type Answer = Found | { readonly ask: readonly LungRadsQuestion[] } | { readonly uncovered: Rule };

/** @returns a suggestion of category '0' to '4X', what is missing, or that the table has no row for it */
export function suggestLungRads(
  input: LungRadsInput,
  options: SuggestOptions = {},
): Outcome<Category, LungRadsQuestion> {
  const answer = ofExamination(input);
  if ('ask' in answer) return { status: 'missing', inputs: answer.ask };
  if ('uncovered' in answer) return { status: 'not-covered', rule: answer.uncovered };
  const [category, fired] = answer;
  const notes = input.otherSignificantFinding
    ? ['Modifier S: a clinically significant finding unrelated to lung cancer; managed as fits that finding.']
    : [];
  if (input.suspiciousFeatures && ['3', '4A', '4B'].includes(category)) {
    const upgraded = rule(
      '4x',
      'Category 3 or 4 nodule with additional features or imaging findings that increase suspicion for lung cancer (note 14)',
      fired.verified,
    );
    return suggestion<Category>(lungRads, '4X', upgraded, options, {
      notes: [`By size and behaviour: ${category}. ${fired.sentence}.`, ...notes],
    });
  }
  return suggestion<Category>(lungRads, category, fired, options, { notes });
}

function ofExamination(input: LungRadsInput): Answer {
  const { examination } = input;
  if (examination === 'prior-awaited')
    return ['0', rule('0-prior', 'Prior chest CT examination being located for comparison')];
  if (examination === 'incomplete')
    return ['0', rule('0-incomplete', 'Part or all of the lungs cannot be evaluated')];
  if (examination === 'infection-suspected')
    return ['0', rule('0-infection', 'Findings suggestive of an inflammatory or infectious process')];
  return ofLesion(input);
}

function ofLesion(input: LungRadsInput): Answer {
  const { texture, status, prior } = input;
  if (input.benignFeature)
    return [
      '1',
      rule(
        '1-benign',
        'Nodule with benign features: complete, central, popcorn or concentric ring calcification, or fat',
      ),
    ];
  if (!texture) return { ask: ['texture'] };
  if (texture === 'airway-nodule') return ofAirway(input);
  if (texture === 'atypical-cyst') return ofCyst(input);
  if (input.meanDiameterMm === undefined) return { ask: ['meanDiameterMm'] };
  if (!status) return { ask: ['status'] };
  if (prior?.category === '4B-benign')
    return [
      '2',
      rule('2-proven', 'Category 4B lesion proven to be benign after appropriate diagnostic workup'),
    ];
  if (prior && status === 'stable') {
    if (prior.category === '3' && prior.months >= 6)
      return [
        '2',
        rule('2-step', 'Category 3 lesion that is stable or decreased in size at 6-month follow-up CT'),
      ];
    if (prior.category === '4A' && prior.months >= 3)
      return [
        '3',
        rule('3-step', 'Category 4A lesion that is stable or decreased in size at 3-month follow-up CT'),
      ];
  }
  if (
    texture === 'solid' &&
    input.benignJuxtapleural &&
    input.meanDiameterMm < 10 &&
    (status === 'baseline' || status === 'new')
  )
    return [
      '2',
      rule(
        '2-juxtapleural',
        'Juxtapleural nodule below 10 mm at baseline or new: solid, smooth margins, oval, lentiform or triangular',
      ),
    ];
  if (texture === 'ground-glass') return ofGroundGlass(input.meanDiameterMm, status);
  return texture === 'solid'
    ? ofSolid(input.meanDiameterMm, status)
    : ofPartSolid(input.meanDiameterMm, status, input);
}

type Status = NonNullable<LungRadsInput['status']>;

const slow = rule(
  '4b-slow',
  'Slow growing solid or part-solid nodule that demonstrates growth over multiple screening exams (note 8)',
);
/** Rows of the table name baseline, new and growing; note 5 has the others classed by size, as at baseline. */
const bySize = (status: Status): string =>
  status === 'baseline' ? 'at baseline' : 'by size (note 5), neither new nor growing';

function ofSolid(mm: number, status: Status): Answer {
  if (status === 'slowly-growing') return ['4B', slow];
  if (status === 'growing')
    return mm < 8
      ? ['4A', rule('4a-solid-growing', 'Solid nodule, growing, below 8 mm')]
      : ['4B', rule('4b-solid-growing', 'Solid nodule, growing, 8 mm or more')];
  if (status === 'new') {
    if (mm < 4) return ['2', rule('2-solid-new', 'Solid nodule, new, below 4 mm')];
    if (mm < 6) return ['3', rule('3-solid-new', 'Solid nodule, new, 4 mm to below 6 mm')];
    if (mm < 8) return ['4A', rule('4a-solid-new', 'Solid nodule, new, 6 mm to below 8 mm')];
    return ['4B', rule('4b-solid-new', 'Solid nodule, new, 8 mm or more')];
  }
  const when = bySize(status);
  if (mm < 6) return ['2', rule('2-solid', `Solid nodule below 6 mm ${when}`)];
  if (mm < 8) return ['3', rule('3-solid', `Solid nodule 6 mm to below 8 mm ${when}`)];
  if (mm < 15) return ['4A', rule('4a-solid', `Solid nodule 8 mm to below 15 mm ${when}`)];
  return ['4B', rule('4b-solid', `Solid nodule 15 mm or more ${when}`)];
}

function ofPartSolid(mm: number, status: Status, { solidComponentMm, solidPart }: LungRadsInput): Answer {
  if (status === 'slowly-growing') return ['4B', slow];
  if (status === 'new' && mm < 6)
    return ['3', rule('3-part-solid-new', 'Part-solid nodule, new, below 6 mm total mean diameter')];
  if (status === 'baseline' && mm < 6)
    return ['2', rule('2-part-solid', 'Part-solid nodule below 6 mm total mean diameter at baseline')];
  if (solidComponentMm === undefined) return { ask: ['solidComponentMm'] };
  if ((status === 'stable' || status === 'growing') && !solidPart) return { ask: ['solidPart'] };
  if (status === 'new' || solidPart === 'new-or-growing') {
    const of = status === 'new' ? 'new' : 'growing';
    const read =
      status === 'new' ? 'A new nodule of 6 mm or more taken as one with a new solid component' : '';
    const small = solidComponentMm < 4;
    const sentence = `Part-solid nodule with a new or growing solid component ${small ? 'below 4 mm' : 'of 4 mm or more'}`;
    // The table does not say what a nodule is that is new as a whole; two transcriptions of it read it differently.
    const verified = status === 'new' ? false : undefined;
    return [
      small ? '4A' : '4B',
      rule(
        `${small ? '4a' : '4b'}-part-solid-${of}`,
        read === '' ? sentence : `${sentence}. ${read}`,
        verified,
      ),
    ];
  }
  const when = bySize(status);
  if (mm < 6)
    return ['2', rule('2-part-solid-size', `Part-solid nodule below 6 mm total mean diameter ${when}`)];
  if (solidComponentMm < 6)
    return [
      '3',
      rule('3-part-solid', `Part-solid nodule 6 mm or more with solid component below 6 mm ${when}`),
    ];
  if (solidComponentMm < 8)
    return [
      '4A',
      rule('4a-part-solid', `Part-solid nodule 6 mm or more with solid component 6 mm to below 8 mm ${when}`),
    ];
  return ['4B', rule('4b-part-solid', `Part-solid nodule with solid component 8 mm or more ${when}`)];
}

function ofGroundGlass(mm: number, status: Status): Answer {
  if (mm < 30)
    return ['2', rule('2-ground-glass', 'Ground-glass nodule below 30 mm at baseline, new or growing')];
  if (status === 'stable' || status === 'slowly-growing')
    return [
      '2',
      rule('2-ground-glass-slow', 'Ground-glass nodule 30 mm or more, stable or slowly growing (note 7)'),
    ];
  if (status === 'growing')
    return [
      '3',
      rule(
        '3-ground-glass-growing',
        'Ground-glass nodule 30 mm or more that grows faster than note 7 allows: the table has no row of its own',
        false,
      ),
    ];
  return ['3', rule('3-ground-glass', 'Ground-glass nodule 30 mm or more at baseline or new')];
}

function ofAirway({ airway, status }: LungRadsInput): Answer {
  if (!airway) return { ask: ['airway'] };
  if (!status) return { ask: ['status'] };
  const grows = status === 'growing' || status === 'slowly-growing';
  if (airway === 'subsegmental') {
    return grows
      ? { uncovered: rule('airway-growing', 'The table has no row for a growing subsegmental airway nodule') }
      : ['2', rule('2-airway', 'Airway nodule, subsegmental, at baseline, new or stable (note 11)')];
  }
  if (status === 'baseline')
    return ['4A', rule('4a-airway', 'Airway nodule, segmental or more proximal, at baseline (note 11)')];
  if (status === 'new')
    return {
      uncovered: rule(
        'airway-new',
        'The table has no row for a new airway nodule that is segmental or more proximal',
      ),
    };
  return ['4B', rule('4b-airway', 'Airway nodule, segmental or more proximal, stable or growing (note 11)')];
}

function ofCyst({ cyst, cystChange, status }: LungRadsInput): Answer {
  if (!cyst) return { ask: ['cyst'] };
  const seenBefore = status !== undefined && status !== 'baseline' && status !== 'new';
  if (!status) return { ask: ['status'] };
  if (seenBefore && !cystChange) return { ask: ['cystChange'] };
  if (cystChange === 'became-multilocular')
    return ['4A', rule('4a-cyst-became', 'Thin- or thick-walled cyst that becomes multilocular (note 12)')];
  if (cyst === 'thin-walled')
    return {
      uncovered: rule('cyst-thin', 'A thin-walled cyst is benign and not classified in Lung-RADS (note 12)'),
    };
  if (cyst === 'thick-walled') {
    if (cystChange === 'wall-or-nodule-growing')
      return [
        '4B',
        rule('4b-cyst-wall', 'Thick-walled cyst with growing wall thickness or nodularity (note 12)'),
      ];
    if (cystChange === 'larger')
      return ['3', rule('3-cyst', 'Growing cystic component of a thick-walled cyst (note 12)')];
    return ['4A', rule('4a-cyst-thick', 'Thick-walled cyst (note 12)')];
  }
  if (cystChange === 'larger') return ['4B', rule('4b-cyst-growing', 'Growing multilocular cyst (note 12)')];
  if (cystChange === 'more-loculi-or-opacity' || cystChange === 'wall-or-nodule-growing')
    return [
      '4B',
      rule(
        '4b-cyst-loculi',
        'Multilocular cyst with increased loculation or new or increased opacity (note 12)',
      ),
    ];
  if (!seenBefore && status === 'baseline')
    return ['4A', rule('4a-cyst-multilocular', 'Multilocular cyst at baseline (note 12)')];
  return {
    uncovered: rule(
      'cyst-multilocular',
      'The table has no row for a multilocular cyst that is new or unchanged',
    ),
  };
}
