import { suggestion, type Outcome, type Publication, type Rule, type SuggestOptions } from './guideline';

/**
 * Paris classification of superficial neoplastic lesions, in columnar epithelium (colon and rectum).
 *
 * Source: Participants in the Paris workshop, Gastrointest Endosc 2003;58(6 Suppl):S3-43, doi 10.1016/S0016-5107(03)02159-X; Endoscopic
 * Classification Review Group, Endoscopy 2005;37(6):570-578, doi 10.1055/s-2005-861352. 0-Isp is no type of those tables but of
 * later ones (Kim OZ, Clin Endosc 2025;58:337-351, figure 2). Checked against a transcription of the 2003 and 2005 tables.
 */
export const paris = {
  source:
    'Paris classification: Gastrointest Endosc 2003;58(6 Suppl):S3-43, update Endoscopy 2005;37:570-578. doi:10.1055/s-2005-861352',
  categories: [
    { category: '0-Ip', wording: 'Protruding, pedunculated', management: null },
    {
      category: '0-Isp',
      wording: 'Protruding, semi-pedunculated (not in the tables of 2003 and 2005)',
      management: null,
    },
    { category: '0-Is', wording: 'Protruding, sessile', management: null },
    { category: '0-IIa', wording: 'Superficial, slightly elevated', management: null },
    { category: '0-IIb', wording: 'Superficial, completely flat', management: null },
    { category: '0-IIc', wording: 'Superficial, slightly depressed', management: null },
    { category: '0-III', wording: 'Excavated', management: null },
    { category: '0-IIa+IIc', wording: 'Elevated with a central depression', management: null },
    { category: '0-IIc+IIa', wording: 'Depressed with an elevated part at the edge', management: null },
    { category: '0-IIc+III', wording: 'Depressed with a central ulcer', management: null },
    { category: '0-III+IIc', wording: 'Ulcer with depressed margins', management: null },
    { category: '0-IIa+Is', wording: 'Slightly elevated with a sessile part', management: null },
  ],
} as const satisfies Publication;
type Category = (typeof paris.categories)[number]['category'];

export interface ParisInput {
  /** `raised`: on a broad base, above the mucosa. */
  profile?: 'pedunculated' | 'semi-pedunculated' | 'raised' | 'flat' | 'depressed' | 'excavated' | undefined;
  /** Of a raised lesion beside closed biopsy forceps (2.5 mm). */
  height?: 'above-forceps' | 'below-forceps' | undefined;
  /** Of a raised lesion, where it was measured; goes before `height`. */
  heightMm?: number | undefined;
  /** What else the lesion has. */
  secondPart?: 'none' | 'depressed-part' | 'elevated-part' | 'ulcer' | 'sessile-part' | undefined;
}
export type ParisQuestion = keyof ParisInput;

const rule = (id: string, sentence: string, verified?: false): Rule => ({
  id: `paris.${id}`,
  sentence,
  ...(verified === false && { verified }),
});

/** @returns a type, what is missing, or that the tables have no type for such a mixture */
export function suggestParis(
  input: ParisInput,
  options: SuggestOptions = {},
): Outcome<Category, ParisQuestion> {
  const { profile, heightMm, secondPart } = input;
  if (!profile) return { status: 'missing', inputs: ['profile'] };
  const height =
    heightMm === undefined
      ? input.height
      : heightMm >= 2.5
        ? ('above-forceps' as const)
        : ('below-forceps' as const);
  if (profile === 'raised' && !height) return { status: 'missing', inputs: ['height'] };
  if (!secondPart) return { status: 'missing', inputs: ['secondPart'] };
  const suggest = (category: Category, fired: Rule): Outcome<Category, ParisQuestion> =>
    suggestion<Category>(paris, category, fired, options);
  const shape = profile === 'raised' ? (height === 'above-forceps' ? 'sessile' : 'elevated') : profile;

  switch (`${shape} ${secondPart}`) {
    case 'pedunculated none':
      return suggest('0-Ip', rule('ip', 'Protruding lesion on a stalk'));
    case 'semi-pedunculated none':
      return suggest('0-Isp', rule('isp', 'Protruding lesion between pedunculated and sessile'));
    case 'sessile none':
      return suggest(
        '0-Is',
        rule(
          'is',
          'Protruding on a broad base: at least 2.5 mm above the mucosa, the height of closed biopsy forceps',
        ),
      );
    case 'elevated none':
      return suggest(
        '0-IIa',
        rule('iia', 'Elevated less than 2.5 mm above the mucosa, lower than closed biopsy forceps'),
      );
    case 'flat none':
      return suggest('0-IIb', rule('iib', 'Level with the mucosa'));
    case 'depressed none':
      return suggest('0-IIc', rule('iic', 'Depressed by less than 1.2 mm'));
    case 'excavated none':
      return suggest('0-III', rule('iii', 'Ulcer: excavated by 1.2 mm or more'));
    case 'elevated depressed-part':
      return suggest('0-IIa+IIc', rule('iia-iic', 'A central depression in a globally elevated lesion'));
    case 'depressed elevated-part':
      return suggest(
        '0-IIc+IIa',
        rule('iic-iia', 'Most of the surface is depressed, with an elevation at its edge'),
      );
    case 'depressed ulcer':
      return suggest('0-IIc+III', rule('iic-iii', 'A depressed lesion with a central ulcer'));
    case 'excavated depressed-part':
      return suggest('0-III+IIc', rule('iii-iic', 'An ulcer with short depressed margins'));
    case 'elevated sessile-part':
      // In wide use for laterally spreading tumours; not in the tables that were read.
      return suggest('0-IIa+Is', rule('iia-is', 'Slightly elevated lesion with a sessile part', false));
    default:
      return { status: 'not-covered', rule: rule('mixture', 'The tables have no type for this mixture') };
  }
}
