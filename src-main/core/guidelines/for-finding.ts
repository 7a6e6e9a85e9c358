import { box3Size } from '../geometry/box';
import { scaleAt } from '../report/picture-scale';
import type { FindingDescription } from '../review/description';
import { termSetFor, type NumberName, type TermName } from '../review/description-terms';
import type { Finding, PixelLayout } from '../study/entities';
import { isUnsafe, type SeriesIssue } from '../volume/series-issues';
import { suggestBiRads } from './bi-rads';
import { suggestFleischner, type FleischnerInput } from './fleischner';
import type { Outcome, SuggestOptions } from './guideline';
import { retinalLesions, suggestDme, suggestIcdr, type DmeInput, type RetinalLesion } from './icdr';
import type { GuidelineId } from './index';
import { hasGrown, meanDiameter, suggestLungRads, type LungRadsInput } from './lung-rads';
import { suggestParis, type ParisInput } from './paris';
import { suggestRano, type Diameters } from './rano';
import { suggestTiRads, type TiRadsInput } from './ti-rads';
import { grownByDiameter, growthOfDiameters, monthDays, type Growth } from './volume-doubling';

/** A finding with what a guideline may have to know of its series and patient. */
export interface FindingContext {
  readonly finding: Finding;
  readonly series: {
    readonly modality: string;
    readonly bodyPart: string;
    readonly pixels: PixelLayout;
    readonly issues?: readonly SeriesIssue[] | undefined;
  };
  /** YYYYMMDD or empty. */
  readonly birthDate: string;
  readonly studyDate: string;
  /** Accepted, corrected and added findings of the same series, this one left out. */
  readonly others: readonly Finding[];
}

/** What a guideline asks of the reader: a term or a number of the description. */
export type Question = TermName | NumberName;

export interface GuidelineAnswer {
  readonly guideline: GuidelineId;
  readonly outcome: Outcome;
  /** What it used or has to know, in the order of asking; what is missing is in `missing`, too. */
  readonly inputs: readonly Question[];
  readonly missing: readonly Question[];
  /** What may change the category and is not asked for. */
  readonly optional: readonly Question[];
  readonly size: FindingSize | null;
  /** Since the examination that the reader gave; null where none was given. */
  readonly change: NoduleChange | null;
}

/** A nodule against an earlier mean diameter. The reader says from it whether the nodule is stable or growing. */
export interface NoduleChange extends Growth {
  readonly beforeMm: number;
  readonly nowMm: number;
  readonly days: number;
  /** More than 1.5 mm within 12 months (Lung-RADS note 6); null where the interval is longer. */
  readonly grownByLungRads: boolean | null;
  /** 2 mm or more (Fleischner 2017). */
  readonly grownByFleischner: boolean;
}

export interface FindingSize {
  readonly longMm: number;
  readonly shortMm: number;
  /** `box`: edges of the drawn box in the axial plane, which are no axes of the lesion. */
  readonly from: 'reader' | 'outline' | 'box';
  /** Of the outline, mm3; left out: not known. */
  readonly volumeMm3?: number | undefined;
}

/** Axes that the reader gave, else those of the outline, else the edges of the box; null where nothing may be measured. */
export function sizeOf({ finding, series }: Pick<FindingContext, 'finding' | 'series'>): FindingSize | null {
  const { longAxisMm, shortAxisMm } = finding.description?.numbers ?? {};
  if (longAxisMm !== undefined && shortAxisMm !== undefined)
    return {
      longMm: Math.max(longAxisMm, shortAxisMm),
      shortMm: Math.min(longAxisMm, shortAxisMm),
      from: 'reader',
    };
  const unsafe = isUnsafe(series.issues ?? []);
  const { place, measurement } = finding;
  if (measurement?.of === 'outline' && measurement.unit === 'mm' && !unsafe)
    return {
      longMm: measurement.longAxis,
      shortMm: measurement.shortAxis,
      from: 'outline',
      volumeMm3: measurement.volume ?? undefined,
    };
  if (place.space === 'lps') {
    if (unsafe) return null;
    const [x, y] = box3Size(place.boxLps);
    return { longMm: Math.max(x, y), shortMm: Math.min(x, y), from: 'box' };
  }
  if (series.pixels.kind !== 'image') return null;
  const scale = scaleAt(series.pixels, place.boxPx, unsafe);
  if (scale.unit === 'px') return null;
  const [width, height] = [place.boxPx[2] * scale.spacing[0], place.boxPx[3] * scale.spacing[1]];
  return { longMm: Math.max(width, height), shortMm: Math.min(width, height), from: 'box' };
}

interface Read {
  /** The value of a term, as the guideline's own type names it. */
  one: <T extends string>(name: TermName) => T | undefined;
  many: (name: TermName) => readonly string[] | undefined;
  number: (name: NumberName) => number | undefined;
}

const reader = (description: FindingDescription | undefined): Read => ({
  one: <T extends string>(name: TermName) => description?.terms[name]?.[0] as T | undefined,
  many: (name) => description?.terms[name],
  number: (name) => description?.numbers[name],
});

interface Asked {
  readonly outcome: Outcome;
  /** Each input of the guideline by what asks for it. */
  readonly asks: Readonly<Record<string, readonly Question[]>>;
  readonly optional?: readonly Question[];
}

type Put = (context: FindingContext, read: Read, size: FindingSize | null, options: SuggestOptions) => Asked;

/** Mean length of a month. */

const axes = ['longAxisMm', 'shortAxisMm'] as const satisfies readonly Question[];
const settingFirst = (read: Read, asked: Asked): Asked => ({
  ...asked,
  asks: { setting: ['setting'], ...asked.asks },
  outcome: read.one('setting') === undefined ? { status: 'missing', inputs: ['setting'] } : asked.outcome,
});

const lungRads: Put = (_, read, size, options) => {
  const calcified = read.one('calcification');
  const shape = read.one('noduleShape');
  const priorCategory = read.one('priorCategory');
  const priorDays = read.number('priorDays');
  const suspicious = read.many('suspicious') ?? [];
  const input: LungRadsInput = {
    examination: read.one('examination'),
    texture: read.one('texture'),
    meanDiameterMm: size ? meanDiameter(size.longMm, size.shortMm) : undefined,
    solidComponentMm: read.number('solidComponentMm'),
    status: read.one('status'),
    solidPart: read.one('solidPart'),
    benignFeature:
      read.one('fat') === 'contains-fat' ||
      [
        'complete-calcification',
        'central-calcification',
        'popcorn-calcification',
        'concentric-rings',
      ].includes(calcified ?? ''),
    benignJuxtapleural:
      ['juxtapleural', 'perifissural'].includes(read.one('contact') ?? '') &&
      read.one('noduleMargin') === 'smooth' &&
      ['oval', 'lentiform', 'triangular'].includes(shape ?? ''),
    airway: read.one('airway'),
    cyst: read.one('cyst'),
    cystChange: read.one('cystChange'),
    prior:
      priorCategory !== undefined && priorDays !== undefined
        ? {
            category: (
              { 'lung-rads-3': '3', 'lung-rads-4a': '4A', 'lung-rads-4b-proven-benign': '4B-benign' } as const
            )[priorCategory as 'lung-rads-3'],
            // A follow-up at six months is not held to the hour.
            months: Math.round(priorDays / monthDays),
          }
        : undefined,
    suspiciousFeatures: suspicious.length > 0 || read.one('noduleMargin') === 'spiculated',
    otherSignificantFinding: read.one('otherFinding') === 'significant-other-finding',
  };
  return settingFirst(read, {
    outcome: suggestLungRads(input, options),
    asks: {
      texture: ['texture'],
      airway: ['airway'],
      cyst: ['cyst'],
      meanDiameterMm: axes,
      status: ['status'],
      solidComponentMm: ['solidComponentMm'],
      solidPart: ['solidPart'],
      cystChange: ['cystChange'],
    },
    optional: ['examination', 'suspicious', 'priorCategory', 'priorDays', 'priorMeanMm', 'otherFinding'],
  });
};

/** Full years between two DICOM dates; null where one is not known. */
function ageAt(birthDate: string, date: string): number | null {
  if (!/^\d{8}$/.test(birthDate) || !/^\d{8}$/.test(date)) return null;
  return Math.floor((Number(date) - Number(birthDate)) / 10_000);
}

const fleischner: Put = ({ birthDate, studyDate }, read, size, options) => {
  const age = ageAt(birthDate, studyDate);
  const said = read.many('exclusions')?.filter((value) => value !== 'none-of-these');
  const exclusions = age !== null && age < 35 ? ['under-35', ...(said ?? [])] : said;
  const input: FleischnerInput = {
    texture: read.one('texture'),
    multiplicity: read.one('multiplicity'),
    risk: read.one('risk'),
    longAxisMm: size?.longMm,
    shortAxisMm: size?.shortMm,
    volumeMm3: size?.volumeMm3,
    solidComponentMm: read.number('solidComponentMm'),
    exclusions: exclusions as FleischnerInput['exclusions'],
  };
  return settingFirst(read, {
    outcome: suggestFleischner(input, options),
    asks: {
      exclusions: ['exclusions'],
      texture: ['texture'],
      longAxisMm: axes,
      multiplicity: ['multiplicity'],
      risk: ['risk'],
      solidComponentMm: ['solidComponentMm'],
    },
  });
};

const biRads: Put = (_, read, __, options) => {
  const terms = (['shape', 'margin', 'usMargin', 'morphology', 'distribution'] as const).flatMap((name) => {
    const value = read.one(name);
    return value === undefined ? [] : [`${name === 'usMargin' ? 'margin' : name} ${value}`];
  });
  const outcome = suggestBiRads(
    {
      likelihoodPercent: read.number('likelihoodPercent'),
      knownMalignancy: read.one('breastExam') === 'known-malignancy',
      incomplete: read.one('breastExam') === 'more-images-needed',
      terms,
    },
    options,
  );
  return { outcome, asks: { likelihoodPercent: ['likelihoodPercent'] }, optional: ['breastExam'] };
};

const tiRads: Put = (_, read, size, options) => {
  const input: TiRadsInput = {
    composition: read.one('composition'),
    echogenicity: read.one('echogenicity'),
    shape: read.one('thyroidShape'),
    margin: read.one('thyroidMargin'),
    foci: read.many('foci') as TiRadsInput['foci'],
    maxDiameterMm: size?.longMm,
  };
  return {
    outcome: suggestTiRads(input, options),
    asks: {
      composition: ['composition'],
      echogenicity: ['echogenicity'],
      shape: ['thyroidShape'],
      margin: ['thyroidMargin'],
      foci: ['foci'],
    },
    optional: axes,
  };
};

const paris: Put = (_, read, __, options) => {
  const second = read.one('secondPart');
  const input: ParisInput = {
    profile: read.one('profile'),
    height: read.one('height'),
    heightMm: read.number('heightMm'),
    secondPart: (second === 'no-second-part' ? 'none' : second) as ParisInput['secondPart'],
  };
  return {
    outcome: suggestParis(input, options),
    asks: { profile: ['profile'], height: ['height'], secondPart: ['secondPart'] },
    optional: ['heightMm'],
  };
};

/** Findings of one eye, this one first. */
function ofEye({ finding, others }: FindingContext, eye: string): FindingDescription[] {
  return [finding, ...others].flatMap(({ description }) =>
    description?.set === 'fundus' && description.terms.eye?.[0] === eye ? [description] : [],
  );
}

const icdr: Put = (context, read, _, options) => {
  const eye = read.one('eye');
  const asks = { eye: ['eye'], lesions: ['lesion'], haemorrhageQuadrants: ['haemorrhageQuadrants'] } as const;
  if (eye === undefined) return { outcome: { status: 'missing', inputs: ['eye'] }, asks };
  if (read.one('lesion') === undefined) return { outcome: { status: 'missing', inputs: ['lesions'] }, asks };
  const eyes = ofEye(context, eye);
  const quadrantsWith = (lesion: RetinalLesion): number =>
    new Set(
      eyes.flatMap(({ terms }) =>
        terms.lesion?.[0] === lesion && /temporal|nasal/.test(terms.retinalPlace?.[0] ?? '')
          ? [terms.retinalPlace![0]!]
          : [],
      ),
    ).size;
  const said = eyes.flatMap(({ numbers }) => numbers.haemorrhageQuadrants ?? []);
  const lesions = retinalLesions.filter((kind) => eyes.some(({ terms }) => terms.lesion?.[0] === kind));
  const outcome = suggestIcdr(
    {
      lesions,
      haemorrhageQuadrants: said.length > 0 ? Math.max(...said) : undefined,
      beadingQuadrants: quadrantsWith('venous-beading'),
      irmaQuadrants: lesions.includes('irma') ? Math.max(1, quadrantsWith('irma')) : 0,
    },
    options,
  );
  return { outcome, asks };
};

const dme: Put = (context, read, _, options) => {
  const eye = read.one('eye');
  const order = ['involving', 'approaching', 'distant', 'absent'] as const;
  const said = eye === undefined ? [] : ofEye(context, eye).map(({ terms }) => terms.maculaDistance?.[0]);
  const nearest: DmeInput['nearest'] = order.find((distance) => said.includes(distance));
  return {
    outcome: eye === undefined ? { status: 'missing', inputs: ['eye'] } : suggestDme({ nearest }, options),
    asks: { eye: ['eye'], nearest: ['maculaDistance'] },
  };
};

const rano: Put = (context, read, size, options) => {
  const { series, others } = context;
  const newLesion = read.one('newLesion');
  const enhancing = others.filter(
    ({ description }) => description?.terms.enhancement?.[0] !== 'no-enhancement',
  );
  const sizes = [size, ...enhancing.map((finding) => sizeOf({ finding, series }))];
  const known = sizes.filter((s): s is FindingSize => s !== null);
  const lesions: Diameters[] | undefined = size ? known : undefined;
  const outcome = suggestRano(
    {
      lesions,
      baselineMm2: read.number('baselineSumMm2'),
      nadirMm2: read.number('nadirSumMm2'),
      newLesion: newLesion === undefined ? undefined : newLesion === 'new-lesion',
    },
    options,
  );
  return {
    outcome,
    asks: {
      newLesion: ['newLesion'],
      lesions: axes,
      baselineMm2: ['baselineSumMm2'],
      nadirMm2: ['nadirSumMm2'],
    },
  };
};

const put: Readonly<Record<GuidelineId, Put>> = {
  'lung-rads-2022': lungRads,
  'fleischner-2017': fleischner,
  'bi-rads-5': biRads,
  'ti-rads-2017': tiRads,
  paris,
  icdr,
  dme,
  rano,
};

/** Which guidelines a finding is put to, by what its series shows; of a lung nodule by screening or incidental. */
export function guidelinesFor({
  finding,
  series,
}: Pick<FindingContext, 'finding' | 'series'>): GuidelineId[] {
  switch (termSetFor(series)) {
    case 'ct-nodule': {
      const setting = finding.description?.terms.setting?.[0];
      return setting === 'screening'
        ? ['lung-rads-2022']
        : setting === 'incidental'
          ? ['fleischner-2017']
          : ['lung-rads-2022', 'fleischner-2017'];
    }
    case 'brain':
      return ['rano'];
    case 'breast-mammography':
    case 'breast-ultrasound':
      return ['bi-rads-5'];
    case 'thyroid-ultrasound':
      return ['ti-rads-2017'];
    case 'colon':
      return ['paris'];
    case 'fundus':
      return ['icdr', 'dme'];
    case 'other':
      return [];
  }
}

function changeSince(read: Read, size: FindingSize | null): NoduleChange | null {
  const beforeMm = read.number('priorMeanMm');
  const days = read.number('priorDays');
  if (!size || !beforeMm || !days) return null;
  const nowMm = meanDiameter(size.longMm, size.shortMm);
  return {
    beforeMm,
    nowMm,
    days,
    ...growthOfDiameters(beforeMm, nowMm, days),
    grownByLungRads: hasGrown(beforeMm, nowMm, days / monthDays),
    grownByFleischner: grownByDiameter(beforeMm, nowMm),
  };
}

/** What a guideline makes of a finding now. Pure: the same finding gives the same answer. */
export function answerOf(
  guideline: GuidelineId,
  context: FindingContext,
  options: SuggestOptions = {},
): GuidelineAnswer {
  const { description } = context.finding;
  const read = reader(description);
  const size = sizeOf(context);
  const { outcome, asks, optional = [] } = put[guideline](context, read, size, options);
  const asked = Object.values(asks).flat();
  const missing = outcome.status === 'missing' ? outcome.inputs.flatMap((input) => asks[input] ?? []) : [];
  const said = asked.filter(
    (name) => description?.terms[name as TermName] ?? description?.numbers[name as NumberName],
  );
  return {
    guideline,
    outcome,
    inputs: [...new Set(asked.filter((name) => said.includes(name) || missing.includes(name)))],
    missing: [...new Set(missing)],
    optional,
    size,
    change: changeSince(read, size),
  };
}
