import type { Dataset } from './dataset';

/** Laterality, Image Laterality, Frame Laterality (PS3.3 C.7.3.1, C.8.11.7, C.7.6.16.2.8). */
const laterality = 0x00200060;
const imageLaterality = 0x00200062;
const frameAnatomySequence = 0x00209071;
const frameLaterality = 0x00209072;
const sharedFunctionalGroups = 0x52009229;

/** Every side that the file names, in its attributes' order. */
export function sidesOf(d: Dataset): readonly string[] {
  const frame = d.items(sharedFunctionalGroups)[0]?.items(frameAnatomySequence)[0];
  const said = [d.string(laterality), d.string(imageLaterality), frame?.string(frameLaterality) ?? ''];
  return said.filter((side) => side !== '');
}
