/** All pictures of one patient lie on one side: pictures of one patient are alike. */
export interface SplitPatient {
  readonly patient: string;
  /** 0 up to, but not including, 1: a hash of the patient, the same whenever it is asked for. */
  readonly place: number;
  readonly pictures: number;
  readonly lesions: number;
}

export interface SplitRules {
  /** Patients whose place lies below are held back. */
  readonly share: number;
  /** At least this share of the pictures is held back. */
  readonly leastPictures: number;
  /** At least so many lesions are. */
  readonly leastLesions: number;
}

export const defaultSplitRules: SplitRules = { share: 0.25, leastPictures: 0.2, leastLesions: 2 };

/**
 * Patients whose cases are kept from training, for the comparison of the old model with the new. A patient's side depends
 * on its hash alone, so that it stays the same while cases come in; only where that holds back too little, the next
 * patients in the order of their hashes are held back, too.
 */
export function heldBackPatients(
  patients: readonly SplitPatient[],
  rules: SplitRules = defaultSplitRules,
): Set<string> {
  const all = patients.reduce((sum, p) => sum + p.pictures, 0);
  const held = new Set<string>();
  let pictures = 0;
  let lesions = 0;
  for (const p of [...patients].sort((a, b) => a.place - b.place || (a.patient < b.patient ? -1 : 1))) {
    const enough = pictures >= rules.leastPictures * all && lesions >= rules.leastLesions;
    if (p.place >= rules.share && enough) break;
    held.add(p.patient);
    pictures += p.pictures;
    lesions += p.lesions;
  }
  return held;
}
