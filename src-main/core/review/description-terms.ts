import { retinalLesions } from '../guidelines/icdr';
/**
 * What a reader can say of a finding, by list. One list a kind of finding; a value is a stable id in the words of the
 * publication it comes from: lobes and segments (Boyden), BI-RADS 5th edition, ACR TI-RADS 2017, Paris 2003/2005, the
 * International Clinical Diabetic Retinopathy scale, Lung-RADS v2022. `part`: where it lies, what it looks like, or what a
 * guideline has to know beside the pictures.
 */
interface Term {
  readonly part: 'place' | 'look' | 'context';
  readonly values: readonly string[];
  /** Any number of values; left out: one. */
  readonly many?: true;
}

const term = <const V extends readonly string[]>(part: Term['part'], values: V) => ({ part, values });
const anyOf = <const V extends readonly string[]>(part: Term['part'], values: V) => ({
  part,
  values,
  many: true as const,
});

const breastPlace = {
  side: term('place', ['left', 'right']),
  quadrant: term('place', [
    'upper-outer',
    'upper-inner',
    'lower-outer',
    'lower-inner',
    'central',
    'retroareolar',
    'axillary-tail',
  ]),
  clock: term('place', [
    '1-oclock',
    '2-oclock',
    '3-oclock',
    '4-oclock',
    '5-oclock',
    '6-oclock',
    '7-oclock',
    '8-oclock',
    '9-oclock',
    '10-oclock',
    '11-oclock',
    '12-oclock',
  ]),
  depth: term('place', ['anterior-depth', 'middle-depth', 'posterior-depth']),
};
const breastContext = {
  breastExam: term('context', ['complete', 'more-images-needed', 'known-malignancy']),
};

export const termSets = {
  'ct-nodule': {
    side: term('place', ['left', 'right']),
    lobe: term('place', ['upper-lobe', 'middle-lobe', 'lingula', 'lower-lobe']),
    segment: term('place', [
      'apical',
      'posterior',
      'anterior',
      'apicoposterior',
      'lateral',
      'medial',
      'superior-lingular',
      'inferior-lingular',
      'superior',
      'medial-basal',
      'anterior-basal',
      'anteromedial-basal',
      'lateral-basal',
      'posterior-basal',
    ]),
    contact: term('place', ['intraparenchymal', 'juxtapleural', 'perifissural']),
    texture: term('look', ['solid', 'part-solid', 'ground-glass', 'atypical-cyst', 'airway-nodule']),
    noduleShape: term('look', ['round', 'oval', 'lentiform', 'triangular', 'irregular']),
    noduleMargin: term('look', ['smooth', 'lobulated', 'spiculated', 'ill-defined']),
    calcification: term('look', [
      'not-calcified',
      'complete-calcification',
      'central-calcification',
      'popcorn-calcification',
      'concentric-rings',
      'other-calcification',
    ]),
    fat: term('look', ['no-fat', 'contains-fat']),
    airway: term('look', ['subsegmental', 'segmental-or-proximal']),
    cyst: term('look', ['thin-walled', 'thick-walled', 'multilocular']),
    setting: term('context', ['screening', 'incidental']),
    examination: term('context', ['complete', 'prior-awaited', 'incomplete', 'infection-suspected']),
    status: term('context', ['baseline', 'new', 'stable', 'growing', 'slowly-growing']),
    solidPart: term('context', ['unchanged', 'new-or-growing']),
    cystChange: term('context', [
      'unchanged',
      'larger',
      'wall-or-nodule-growing',
      'became-multilocular',
      'more-loculi-or-opacity',
    ]),
    priorCategory: term('context', ['lung-rads-3', 'lung-rads-4a', 'lung-rads-4b-proven-benign']),
    suspicious: anyOf('context', [
      'spiculation',
      'lymphadenopathy',
      'metastases',
      'doubled-in-a-year',
      'other-suspicious',
    ]),
    otherFinding: term('context', ['no-other-finding', 'significant-other-finding']),
    multiplicity: term('context', ['single', 'multiple']),
    risk: term('context', ['low', 'high']),
    exclusions: anyOf('context', ['none-of-these', 'under-35', 'known-cancer', 'immunosuppressed']),
  },
  brain: {
    side: term('place', ['left', 'right', 'midline', 'both-sides']),
    region: term('place', [
      'frontal',
      'parietal',
      'temporal',
      'occipital',
      'insula',
      'basal-ganglia',
      'thalamus',
      'corpus-callosum',
      'brainstem',
      'cerebellum',
      'ventricle',
      'sella',
      'extra-axial',
    ]),
    enhancement: term('look', [
      'not-given',
      'no-enhancement',
      'homogeneous',
      'heterogeneous',
      'ring',
      'nodular',
    ]),
    brainMargin: term('look', ['well-defined', 'ill-defined']),
    content: anyOf('look', ['solid', 'cystic', 'necrotic', 'haemorrhagic', 'calcified']),
    newLesion: term('context', ['no-new-lesion', 'new-lesion']),
  },
  'breast-mammography': {
    ...breastPlace,
    abnormality: term('look', [
      'mass',
      'calcifications',
      'asymmetry',
      'architectural-distortion',
      'lymph-node',
      'skin-lesion',
      'dilated-duct',
    ]),
    shape: term('look', ['oval', 'round', 'irregular']),
    margin: term('look', ['circumscribed', 'obscured', 'microlobulated', 'indistinct', 'spiculated']),
    density: term('look', ['high-density', 'equal-density', 'low-density', 'fat-containing']),
    morphology: term('look', [
      'skin',
      'vascular',
      'coarse-or-popcorn',
      'large-rod-like',
      'round-calcifications',
      'rim',
      'dystrophic',
      'milk-of-calcium',
      'suture',
      'amorphous',
      'coarse-heterogeneous',
      'fine-pleomorphic',
      'fine-linear',
    ]),
    distribution: term('look', ['diffuse', 'regional', 'grouped', 'linear', 'segmental']),
    asymmetry: term('look', [
      'one-view-asymmetry',
      'global-asymmetry',
      'focal-asymmetry',
      'developing-asymmetry',
    ]),
    associated: anyOf('look', [
      'skin-retraction',
      'nipple-retraction',
      'skin-thickening',
      'trabecular-thickening',
      'axillary-adenopathy',
      'architectural-distortion',
      'calcifications',
    ]),
    ...breastContext,
  },
  'breast-ultrasound': {
    ...breastPlace,
    shape: term('look', ['oval', 'round', 'irregular']),
    orientation: term('look', ['parallel', 'not-parallel']),
    usMargin: term('look', ['circumscribed', 'indistinct', 'angular', 'microlobulated', 'spiculated']),
    echoPattern: term('look', [
      'anechoic',
      'hyperechoic',
      'complex-cystic-and-solid',
      'hypoechoic',
      'isoechoic',
      'heterogeneous',
    ]),
    posteriorFeatures: term('look', [
      'no-posterior-features',
      'enhancement',
      'shadowing',
      'combined-pattern',
    ]),
    usCalcifications: term('look', ['not-calcified', 'in-a-mass', 'outside-a-mass', 'intraductal']),
    vascularity: term('look', ['absent', 'internal-vascularity', 'vessels-in-rim']),
    elasticity: term('look', ['soft', 'intermediate', 'hard']),
    ...breastContext,
  },
  'thyroid-ultrasound': {
    side: term('place', ['left', 'right', 'isthmus']),
    pole: term('place', ['upper-pole', 'middle-third', 'lower-pole']),
    composition: term('look', ['cystic', 'spongiform', 'mixed', 'solid', 'undetermined']),
    echogenicity: term('look', [
      'anechoic',
      'hyperechoic-or-isoechoic',
      'hypoechoic',
      'very-hypoechoic',
      'undetermined',
    ]),
    thyroidShape: term('look', ['wider-than-tall', 'taller-than-wide']),
    thyroidMargin: term('look', [
      'smooth',
      'ill-defined',
      'lobulated-or-irregular',
      'extrathyroidal-extension',
      'undetermined',
    ]),
    foci: anyOf('look', ['none-or-comet-tail', 'macrocalcifications', 'rim-calcifications', 'punctate-foci']),
  },
  colon: {
    colonSegment: term('place', [
      'terminal-ileum',
      'caecum',
      'ascending-colon',
      'hepatic-flexure',
      'transverse-colon',
      'splenic-flexure',
      'descending-colon',
      'sigmoid-colon',
      'rectum',
    ]),
    profile: term('look', ['pedunculated', 'semi-pedunculated', 'raised', 'flat', 'depressed', 'excavated']),
    height: term('look', ['above-forceps', 'below-forceps']),
    secondPart: term('look', ['no-second-part', 'depressed-part', 'elevated-part', 'ulcer', 'sessile-part']),
    surface: term('look', ['smooth', 'granular', 'nodular-mixed', 'irregular', 'ulcerated']),
  },
  fundus: {
    eye: term('place', ['right-eye', 'left-eye']),
    retinalPlace: term('place', [
      'macula',
      'optic-disc',
      'superotemporal',
      'inferotemporal',
      'superonasal',
      'inferonasal',
    ]),
    lesion: term('look', retinalLesions),
    maculaDistance: term('context', ['absent', 'distant', 'approaching', 'involving']),
  },
  other: {
    side: term('place', ['left', 'right', 'midline', 'both-sides']),
  },
} as const satisfies Record<string, Record<string, Term>>;

type Sets = typeof termSets;
export type TermSet = keyof Sets;
export type TermName = { [S in TermSet]: keyof Sets[S] }[TermSet];
type ValuesOf<T> = T extends { readonly values: readonly (infer V)[] } ? V : never;
export type TermValue = {
  [S in TermSet]: { [N in keyof Sets[S]]: ValuesOf<Sets[S][N]> }[keyof Sets[S]];
}[TermSet];

/** Numbers that a reader gives, with their unit in the name. Each with the sets it is for and the largest that makes sense. */
export const numberTerms = {
  longAxisMm: {
    sets: [
      'ct-nodule',
      'brain',
      'breast-mammography',
      'breast-ultrasound',
      'thyroid-ultrasound',
      'colon',
      'other',
    ],
    most: 500,
  },
  shortAxisMm: {
    sets: ['ct-nodule', 'brain', 'breast-mammography', 'breast-ultrasound', 'thyroid-ultrasound', 'other'],
    most: 500,
  },
  solidComponentMm: { sets: ['ct-nodule'], most: 500 },
  priorMeanMm: { sets: ['ct-nodule'], most: 500 },
  priorDays: { sets: ['ct-nodule'], most: 20_000 },
  baselineSumMm2: { sets: ['brain'], most: 250_000 },
  nadirSumMm2: { sets: ['brain'], most: 250_000 },
  nippleDistanceMm: { sets: ['breast-mammography', 'breast-ultrasound'], most: 500 },
  likelihoodPercent: { sets: ['breast-mammography', 'breast-ultrasound'], most: 100 },
  heightMm: { sets: ['colon'], most: 100 },
  haemorrhageQuadrants: { sets: ['fundus'], most: 4 },
} as const satisfies Record<string, { sets: readonly TermSet[]; most: number }>;
export type NumberName = keyof typeof numberTerms;

export const termSetNames = Object.keys(termSets) as [TermSet, ...TermSet[]];
export const termNames = [...new Set(Object.values(termSets).flatMap((set) => Object.keys(set)))] as [
  TermName,
  ...TermName[],
];
export const numberNames = Object.keys(numberTerms) as [NumberName, ...NumberName[]];

export const termsOf = (set: TermSet): Readonly<Partial<Record<TermName, Term>>> => termSets[set];

/** The list for a series, by what the file or a person says it shows. */
export function termSetFor({
  modality,
  bodyPart,
}: {
  readonly modality: string;
  readonly bodyPart: string;
}): TermSet {
  const part = bodyPart.toUpperCase();
  const shows = (...words: string[]): boolean => words.some((word) => part.includes(word));
  if (shows('EYE', 'RETINA', 'FUNDUS') || modality === 'OP') return 'fundus';
  if (modality === 'ES') return 'colon';
  if (modality === 'MG') return 'breast-mammography';
  if (modality === 'CT' && shows('CHEST', 'LUNG', 'THORAX')) return 'ct-nodule';
  if ((modality === 'MR' || modality === 'CT') && shows('BRAIN', 'HEAD', 'SKULL')) return 'brain';
  if (modality === 'US' && shows('THYROID', 'NECK')) return 'thyroid-ultrasound';
  if (modality === 'US' && shows('BREAST')) return 'breast-ultrasound';
  return 'other';
}
