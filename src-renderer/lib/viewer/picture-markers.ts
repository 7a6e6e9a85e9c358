import { cross, type Vec3 } from '../../../src-main/core/geometry/vec3';
import type { Markers } from './planes';

/** Letters of PS3.3 C.7.6.1.1.1, people's and animals' alike, and what lies opposite. */
const opposite: Readonly<Record<string, string>> = { A: 'P', P: 'A', L: 'R', R: 'L', H: 'F', F: 'H' };

const turned = (letters: string): string | null => {
  const all = [...letters].map((letter) => opposite[letter]);
  return all.every((letter) => letter !== undefined) ? all.join('') : null;
};

/**
 * Letters at the edges of a picture, from where its rows and columns run to; null where the file says nothing usable.
 *
 * @param up @param normal how the picture is turned on the screen, in a space where rows run along x and columns along y
 */
export function pictureMarkers(
  orientation: readonly [string, string] | undefined,
  up: Vec3 = [0, -1, 0],
  normal: Vec3 = [0, 0, -1],
): Markers | null {
  if (!orientation) return null;
  const [rows, columns] = orientation;
  const [rowsBack, columnsBack] = [turned(rows), turned(columns)];
  if (!rowsBack || !columnsBack) return null;
  const towards = (direction: Vec3): string =>
    Math.abs(direction[0]) > Math.abs(direction[1])
      ? direction[0] > 0
        ? rows
        : rowsBack
      : direction[1] > 0
        ? columns
        : columnsBack;
  const right = cross(up, normal);
  const flip = (v: Vec3): Vec3 => [-v[0], -v[1], -v[2]];
  return { right: towards(right), left: towards(flip(right)), top: towards(up), bottom: towards(flip(up)) };
}
