import type { Component } from 'svelte';
import { settings as words } from '../i18n/areas/settings';
import type { Message } from '../i18n/messages';
import AppearanceSection from './AppearanceSection.svelte';
import GeneralSection from './GeneralSection.svelte';
import KeysSection from './KeysSection.svelte';
import MouseSection from './MouseSection.svelte';

interface Section {
  readonly sectionId: string;
  readonly title: Message;
  readonly component: Component;
}

/** The parts of the settings, in their order. A new one is a component and a line here. */
export const sections: readonly Section[] = [
  { sectionId: 'general', title: words.general, component: GeneralSection },
  { sectionId: 'appearance', title: words.appearance, component: AppearanceSection },
  { sectionId: 'keys', title: words.keys, component: KeysSection },
  { sectionId: 'mouse', title: words.mouse, component: MouseSection },
];
