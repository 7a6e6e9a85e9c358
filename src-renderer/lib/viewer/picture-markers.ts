import type { Markers } from './planes';

/** Letters of PS3.3 C.7.6.1.1.1, people's and animals' alike, and what lies opposite. */
const opposite: Readonly<Record<string, string>> = { A: 'P', P: 'A', L: 'R', R: 'L', H: 'F', F: 'H' };

const turned = (letters: string): string | null => {
  const all = [...letters].map((letter) => opposite[letter]);
  return all.every((letter) => letter !== undefined) ? all.join('') : null;
};

/** Letters at the edges of a picture, from where its rows and columns run to; null where the file says nothing usable. */
export function pictureMarkers(orientation: readonly [string, string] | undefined): Markers | null {
  if (!orientation) return null;
  const [right, bottom] = orientation;
  const [left, top] = [turned(right), turned(bottom)];
  return left && top ? { left, right, top, bottom } : null;
}
