import { findingLabels } from '../i18n/areas/review';
import { t } from '../i18n/i18n.svelte';

/** What a model calls a finding, in the reader's language where it is one of the shipped models' words. */
export const labelText = (label: string): string =>
  Object.hasOwn(findingLabels, label) ? t(findingLabels[label as keyof typeof findingLabels]) : label;
