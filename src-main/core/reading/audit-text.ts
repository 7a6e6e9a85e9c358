/** A record of the chain, as an export reads it. */
export interface ChainRecord {
  readonly seq: number;
  readonly at: string;
  readonly type: string;
  readonly studyId: string | null;
  readonly payload: unknown;
  readonly previousHash: string;
  readonly hash: string;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Who did it; empty where the program did. */
export const whoOf = ({ payload }: ChainRecord): string =>
  isObject(payload) && typeof payload['reviewer'] === 'string' ? payload['reviewer'] : '';

/** What was done, on one line: the payload without who did it. */
export function whatOf({ payload }: ChainRecord): string {
  if (!isObject(payload)) return payload === null ? '' : JSON.stringify(payload);
  const { reviewer: _who, userId: _id, action, ...rest } = payload;
  const facts = { ...(isObject(action) ? action : {}), ...rest };
  delete (facts as Record<string, unknown>)['type'];
  return Object.entries(facts)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('; ');
}
