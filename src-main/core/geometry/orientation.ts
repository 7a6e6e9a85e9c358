import type { Vec3 } from './vec3';

/** Each letter is the patient's side that an axis grows towards; LPS is DICOM's frame, RAS that of NIfTI and MONAI. */
const unitLps: Readonly<Record<string, Vec3>> = {
  L: [1, 0, 0],
  R: [-1, 0, 0],
  P: [0, 1, 0],
  A: [0, -1, 0],
  S: [0, 0, 1],
  I: [0, 0, -1],
};

/** Whether a code names three axes of the patient, each once: LPS, RAS, PIR and so on. */
export function isOrientation(code: string): boolean {
  return (
    /^[LRPASI]{3}$/.test(code) && ['LR', 'PA', 'SI'].every((pair) => [...code].some((c) => pair.includes(c)))
  );
}

/**
 * Unit vectors in LPS of a grid's x, y and z axes.
 * @throws RangeError when the code names no orientation
 */
export function orientationAxes(code: string): readonly [Vec3, Vec3, Vec3] {
  if (!isOrientation(code)) throw new RangeError(`"${code}" is not an orientation`);
  return [unitLps[code[0]!]!, unitLps[code[1]!]!, unitLps[code[2]!]!];
}
