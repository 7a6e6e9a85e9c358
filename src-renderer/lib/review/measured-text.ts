import type { Finding } from '../../../src-main/contract/entities';
import { findings as words } from '../i18n/areas/findings';
import { decimal, t } from '../i18n/i18n.svelte';

/** What the outline of a finding measures, in a line; empty without one. */
export function measuredText({ measurement: m }: Finding): string {
  if (!m || m.of !== 'outline') return '';
  const parts = [
    t(words.measured, { long: decimal(m.longAxis, 1), short: decimal(m.shortAxis, 1), unit: m.unit }),
  ];
  if (m.longest3d !== null && m.volume !== null)
    parts.push(t(words.measured3d, { longest: decimal(m.longest3d, 1), volume: decimal(m.volume, 0) }));
  if (m.area !== null) parts.push(t(words.measuredArea, { area: decimal(m.area, 0), unit: m.unit }));
  if (m.meanValue !== null && m.sdValue !== null) {
    const unit = m.valueUnit === 'HU' ? 'HU' : t(words.grey);
    parts.push(t(words.measuredMean, { mean: decimal(m.meanValue, 0), sd: decimal(m.sdValue, 0), unit }));
  }
  return parts.join(' · ');
}

/** How a finding of the reader's own came to be, where it was not drawn. */
export function originText({ origin }: Finding): string {
  if (!origin) return '';
  if (origin.how !== 'suggested') {
    const numbers = origin.numbers.join(', ');
    return origin.how === 'merged' ? t(words.originMerged, { numbers }) : t(words.originSplit, { numbers });
  }
  if (origin.by === 'outline') return t(words.originOutline);
  return t(words.originNetwork, { model: origin.modelId, score: decimal(origin.score, 2) });
}
