import { defineMessages } from '../messages';

/** What stands on the keys of a country's keyboards; signs and letters are themselves. */
export const keyCaps = defineMessages({
  Ctrl: { en: 'Ctrl', de: 'Strg', es: 'Ctrl', fr: 'Ctrl', zh: 'Ctrl' },
  Shift: { en: 'Shift', de: 'Umschalt', es: 'Mayús', fr: 'Maj', zh: 'Shift' },
  Alt: { en: 'Alt', de: 'Alt', es: 'Alt', fr: 'Alt', zh: 'Alt' },
  Enter: { en: 'Enter', de: 'Eingabe', es: 'Intro', fr: 'Entrée', zh: 'Enter' },
  Escape: { en: 'Esc', de: 'Esc', es: 'Esc', fr: 'Échap', zh: 'Esc' },
  Delete: { en: 'Del', de: 'Entf', es: 'Supr', fr: 'Suppr', zh: 'Del' },
  Backspace: { en: 'Backspace', de: 'Rücktaste', es: 'Retroceso', fr: 'Retour arrière', zh: 'Backspace' },
  Space: { en: 'Space', de: 'Leertaste', es: 'Espacio', fr: 'Espace', zh: '空格' },
  Tab: { en: 'Tab', de: 'Tab', es: 'Tab', fr: 'Tab', zh: 'Tab' },
  Home: { en: 'Home', de: 'Pos1', es: 'Inicio', fr: 'Début', zh: 'Home' },
  End: { en: 'End', de: 'Ende', es: 'Fin', fr: 'Fin', zh: 'End' },
  PageUp: { en: 'Page up', de: 'Bild ↑', es: 'Re Pág', fr: 'Pg préc.', zh: 'Page Up' },
  PageDown: { en: 'Page down', de: 'Bild ↓', es: 'Av Pág', fr: 'Pg suiv.', zh: 'Page Down' },
  ArrowUp: { en: '↑', de: '↑', es: '↑', fr: '↑', zh: '↑' },
  ArrowDown: { en: '↓', de: '↓', es: '↓', fr: '↓', zh: '↓' },
  ArrowLeft: { en: '←', de: '←', es: '←', fr: '←', zh: '←' },
  ArrowRight: { en: '→', de: '→', es: '→', fr: '→', zh: '→' },
});
