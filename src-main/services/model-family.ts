import type { ModelSummary } from '../contract/entities';

/** A model made here is called after the shipped one it was made from: the name says what it may stand in for. */
export const ownModelId = (baseId: string, number: number): string => `${baseId}-clinic-${number}`;

/** The number in a name of {@link ownModelId}, or 0 for any other name. */
export function ownModelNumber(modelId: string, baseId: string): number {
  const prefix = `${baseId}-clinic-`;
  const rest = modelId.startsWith(prefix) ? modelId.slice(prefix.length) : '';
  return /^[1-9]\d*$/.test(rest) ? Number(rest) : 0;
}

/** Whether results of `modelId` are of this shipped model or of one made from it, even one that was discarded since. */
export const isOfFamily = (modelId: string, baseId: string): boolean =>
  modelId === baseId || ownModelNumber(modelId, baseId) > 0;

/** Shipped model -> the model made from it that is used in its place. */
export type ActiveModels = Readonly<Record<string, string>>;

export const isActive = ({ modelId, fineTuned }: ModelSummary, active: ActiveModels): boolean =>
  fineTuned ? active[fineTuned.baseId] === modelId : active[modelId] === undefined;
