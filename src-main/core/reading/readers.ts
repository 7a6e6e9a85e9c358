/** A user by id, and the name they had. */
export interface Reader {
  readonly userId: string;
  readonly name: string;
}

/** Of the two readers together, or of somebody who is neither. */
export const adjudicationWays = ['third', 'consensus'] as const;
export type AdjudicationWay = (typeof adjudicationWays)[number];
