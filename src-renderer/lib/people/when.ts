import { localeOf } from '../i18n/format';
import { language } from '../i18n/i18n.svelte';

/** A moment as the reader writes it: "26 Nov 2026, 19:50". */
export const whenText = (iso: string): string =>
  new Date(iso).toLocaleString(localeOf[language.current], { dateStyle: 'medium', timeStyle: 'short' });
