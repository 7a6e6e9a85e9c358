import { expect, it } from 'vitest';
import type { Vec3 } from '../geometry/vec3';
import { shiftBy } from '../registration/rigid-transform';
import type { Finding } from '../study/entities';
import { linkToleranceMm, proposeLinks } from './propose-links';

type Placed = Parameters<typeof proposeLinks>[0][number];
const at = (findingId: string, [x, y, z]: Vec3, more: Partial<Finding> = {}): Placed => ({
  findingId,
  place: { space: 'lps', boxLps: [x - 4, y - 4, z - 4, x + 4, y + 4, z + 4] },
  ...more,
});
/** The patient lay 30 mm further up then. */
const moved = shiftBy([0, 0, 30]);

it('the nearest earlier lesion within the tolerance is proposed, with its distance after registration', () => {
  const found = proposeLinks(
    [at('a', [0, 0, 0]), at('b', [50, 0, 0])],
    [at('p', [3, 0, 34]), at('q', [50, linkToleranceMm + 1, 30])],
    moved,
  );
  expect(found).toEqual([{ findingId: 'a', priorFindingId: 'p', distanceMm: 5 }]);
});

it('no earlier lesion is proposed twice: the nearest pair comes first', () => {
  const priors = [at('p', [0, 0, 30]), at('q', [8, 0, 30])];
  expect(proposeLinks([at('a', [4, 1, 0]), at('b', [1, 0, 0])], priors, moved)).toEqual([
    { findingId: 'b', priorFindingId: 'p', distanceMm: 1 },
    { findingId: 'a', priorFindingId: 'q', distanceMm: expect.closeTo(Math.hypot(4, 1), 6) as number },
  ]);
});

it('what is linked or was refused is not proposed again; pictures have no distance', () => {
  const link: Finding['link'] = {
    history: [
      {
        studyId: 's',
        studyInstanceUid: '2.25.1',
        studyDate: '20240101',
        findingId: 'p',
        number: 1,
        measurement: null,
      },
    ],
    distanceMm: null,
  };
  const priors = [at('p', [0, 0, 30])];
  expect(proposeLinks([at('a', [0, 0, 0], { link }), at('b', [1, 0, 0])], priors, moved)).toEqual([]);
  expect(proposeLinks([at('a', [0, 0, 0], { refusedLinks: ['p'] })], priors, moved)).toEqual([]);
  const picture: Placed = { findingId: 'x', place: { space: 'px', boxPx: [0, 0, 4, 4], frame: 0 } };
  expect(proposeLinks([picture], priors, moved)).toEqual([]);
});
