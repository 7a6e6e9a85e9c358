import { box3Center } from '../geometry/box';
import { length, subtract, type Vec3 } from '../geometry/vec3';
import { applyRigid, type RigidTransform } from '../registration/rigid-transform';
import type { Finding } from '../study/entities';

/**
 * mm between the centres of one lesion on two dates, after a rigid registration, up to which it is proposed. Breathing moves
 * a nodule by more than the registration's own error; the reader confirms.
 */
export const linkToleranceMm = 15;

export interface ProposedLink {
  readonly findingId: string;
  readonly priorFindingId: string;
  readonly distanceMm: number;
}

type Placed = Pick<Finding, 'findingId' | 'place' | 'link' | 'refusedLinks'>;

/**
 * For each finding that is not linked yet the nearest one of the earlier series within the tolerance, the nearest pairs
 * first; no earlier finding is proposed twice, nor one that is linked, nor one that the reader refused.
 *
 * @param transform from the series of `findings` to that of `priors`
 */
export function proposeLinks(
  findings: readonly Placed[],
  priors: readonly Pick<Finding, 'findingId' | 'place'>[],
  transform: RigidTransform,
): ProposedLink[] {
  const linked = new Set(findings.flatMap((f) => f.link?.history[0]?.findingId ?? []));
  const pairs = findings.flatMap((finding) => {
    if (finding.link) return [];
    return priors.flatMap((prior): ProposedLink[] => {
      const { findingId: priorFindingId } = prior;
      const distanceMm = distanceAfter(transform, finding, prior);
      const allowed = !linked.has(priorFindingId) && !finding.refusedLinks?.includes(priorFindingId);
      return allowed && distanceMm !== null && distanceMm <= linkToleranceMm
        ? [{ findingId: finding.findingId, priorFindingId, distanceMm }]
        : [];
    });
  });
  const taken = new Set<string>();
  return pairs
    .sort((a, b) => a.distanceMm - b.distanceMm)
    .filter(({ findingId, priorFindingId }) => {
      if (taken.has(findingId) || taken.has(priorFindingId)) return false;
      taken.add(findingId).add(priorFindingId);
      return true;
    });
}

/** mm between the centres; null for findings on pictures, which no registration joins. */
export function distanceAfter(
  transform: RigidTransform,
  finding: Pick<Finding, 'place'>,
  prior: Pick<Finding, 'place'>,
): number | null {
  const [a, b] = [centerOf(finding), centerOf(prior)];
  return a && b && length(subtract(applyRigid(transform, a), b));
}

const centerOf = ({ place }: Pick<Finding, 'place'>): Vec3 | null =>
  place.space === 'lps' ? box3Center(place.boxLps) : null;
