/**
 * Growth of a nodule between two examinations.
 *
 * Sources: Schwartz M, Cancer 1961;14:1272-1294 (doubling time); MacMahon H et al., Radiology 2017;284:228-243 (2 mm of diameter); Callister
 * MEJ et al. (British Thoracic Society), Thorax 2015;70 Suppl 2:ii1-ii54 (25 % of volume; 400 and 600 days), the same 25 % and
 * 400 days in NELSON (Horeweg N et al., Lancet Oncol 2014;15:1332-1341).
 */
export interface Growth {
  /** Percent of the first volume. */
  readonly volumeChangePercent: number;
  /** Days in which the volume doubles; negative: halves; null where the volume is the same. */
  readonly doublingTimeDays: number | null;
  /** At least 25 % of volume: less is within what measuring twice gives. */
  readonly grown: boolean;
  /** What the doubling time is called; null where it did not grow. */
  readonly band: 'below-400-days' | '400-to-600-days' | 'above-600-days' | null;
}

/** Of a Julian year's twelfth. */
export const monthDays = 365.25 / 12;

/** Volume of a sphere, mm3 of mm. */
export const sphereVolume = (diameterMm: number): number => (Math.PI / 6) * diameterMm ** 3;

/** t ln 2 / ln (V2 / V1). Null for equal volumes. @throws RangeError for volumes or days that are not above 0. */
export function doublingTime(firstMm3: number, secondMm3: number, days: number): number | null {
  if (!(firstMm3 > 0 && secondMm3 > 0 && days > 0)) throw new RangeError('volumes and days must be above 0');
  const ratio = Math.log(secondMm3 / firstMm3);
  return ratio === 0 ? null : (days * Math.LN2) / ratio;
}

/** @throws RangeError, see {@link doublingTime}. */
export function growthOf(firstMm3: number, secondMm3: number, days: number): Growth {
  const doublingTimeDays = doublingTime(firstMm3, secondMm3, days);
  const volumeChangePercent = (100 * (secondMm3 - firstMm3)) / firstMm3;
  const grown = volumeChangePercent >= 25 - 1e-9;
  const band =
    !grown || doublingTimeDays === null
      ? null
      : doublingTimeDays < 400
        ? 'below-400-days'
        : doublingTimeDays <= 600
          ? '400-to-600-days'
          : 'above-600-days';
  return { volumeChangePercent, doublingTimeDays, grown, band };
}

/** Of two mean diameters, as of spheres. @throws RangeError, see {@link doublingTime}. */
export const growthOfDiameters = (firstMm: number, secondMm: number, days: number): Growth =>
  growthOf(sphereVolume(firstMm), sphereVolume(secondMm), days);

/** Fleischner 2017: 2 mm or more of mean diameter, both to the whole mm, is growth. */
export const grownByDiameter = (firstMm: number, secondMm: number): boolean =>
  Math.round(secondMm) - Math.round(firstMm) >= 2;
