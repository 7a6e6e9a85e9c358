import { biRads } from './bi-rads';
import { fleischner } from './fleischner';
import type { CategoryEntry, Publication } from './guideline';
import { dme, icdr } from './icdr';
import { lungRads } from './lung-rads';
import { paris } from './paris';
import { rano } from './rano';
import { tiRads } from './ti-rads';

/** Every guideline with its publication; how a finding is put to one stands in for-finding.ts. */
export const guidelines = {
  'lung-rads-2022': { title: 'Lung-RADS v2022', ...lungRads },
  'fleischner-2017': { title: 'Fleischner 2017', ...fleischner },
  'bi-rads-5': { title: 'BI-RADS 5th edition', ...biRads },
  'ti-rads-2017': { title: 'ACR TI-RADS 2017', ...tiRads },
  paris: { title: 'Paris classification', ...paris },
  icdr: { title: 'Diabetic retinopathy (ICDR)', ...icdr },
  dme: { title: 'Diabetic macular edema', ...dme },
  rano: { title: 'RANO, imaging part', ...rano },
} as const satisfies Record<string, Publication & { title: string }>;
export type GuidelineId = keyof typeof guidelines;
export const guidelineIds = Object.keys(guidelines) as [GuidelineId, ...GuidelineId[]];

export const guidelineCategories = (id: GuidelineId): readonly CategoryEntry[] => guidelines[id].categories;
