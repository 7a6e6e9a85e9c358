import { defineMessages } from '../messages';

/** A series in a word or two. */
export const series = defineMessages({
  knownOf: {
    en: 'What is to be known of this series',
    de: 'Was zu dieser Serie zu wissen ist',
    es: 'Lo que debe saberse de esta serie',
    fr: 'Ce qu’il faut savoir de cette série',
    zh: '关于此序列的须知',
  },
  note: { en: 'Note', de: 'Hinweis', es: 'Nota', fr: 'Remarque', zh: '提示' },
  warning: { en: 'Warning', de: 'Warnung', es: 'Advertencia', fr: 'Avertissement', zh: '警告' },
  unsafe: { en: 'Unsafe', de: 'Unsicher', es: 'No seguro', fr: 'Non sûr', zh: '不安全' },
  guessed: { en: 'Guessed', de: 'Vermutet', es: 'Supuesto', fr: 'Supposé', zh: '推测' },
  preview: {
    en: 'Preview of {name}',
    de: 'Vorschau von {name}',
    es: 'Vista previa de {name}',
    fr: 'Aperçu de {name}',
    zh: '{name} 的预览',
  },
  noPreviewOf: {
    en: 'No preview of {name}',
    de: 'Keine Vorschau von {name}',
    es: 'Sin vista previa de {name}',
    fr: 'Pas d’aperçu de {name}',
    zh: '{name} 无预览',
  },
  noPreview: {
    en: 'No preview',
    de: 'Keine Vorschau',
    es: 'Sin vista previa',
    fr: 'Pas d’aperçu',
    zh: '无预览',
  },
  left: { en: 'left', de: 'links', es: 'izquierda', fr: 'gauche', zh: '左侧' },
  right: { en: 'right', de: 'rechts', es: 'derecha', fr: 'droite', zh: '右侧' },
  bothSides: { en: 'both sides', de: 'beidseits', es: 'ambos lados', fr: 'les deux côtés', zh: '双侧' },
  unsafeOption: {
    en: '{title} (unsafe)',
    de: '{title} (unsicher)',
    es: '{title} (no seguro)',
    fr: '{title} (non sûr)',
    zh: '{title}（不安全）',
  },
  warningOption: {
    en: '{title} (warning)',
    de: '{title} (Warnung)',
    es: '{title} (advertencia)',
    fr: '{title} (avertissement)',
    zh: '{title}（警告）',
  },
  sliceOf: {
    en: '{title}, slice {number} of {count}',
    de: '{title}, Schicht {number} von {count}',
    es: '{title}, corte {number} de {count}',
    fr: '{title}, coupe {number} sur {count}',
    zh: '{title}，第 {number} 层，共 {count} 层',
  },
  frameOf: {
    en: '{title}, frame {number} of {count}',
    de: '{title}, Bild {number} von {count}',
    es: '{title}, fotograma {number} de {count}',
    fr: '{title}, image {number} sur {count}',
    zh: '{title}，第 {number} 帧，共 {count} 帧',
  },
  frames: {
    en: '{count} frames',
    de: '{count} Bilder',
    es: '{count} fotogramas',
    fr: '{count} images',
    zh: '{count} 帧',
  },
  regions: {
    en: '{count} calibrated regions',
    de: '{count} kalibrierte Bereiche',
    es: '{count} regiones calibradas',
    fr: '{count} régions calibrées',
    zh: '{count} 个校准区域',
  },
  notCalibrated: {
    en: 'not calibrated',
    de: 'nicht kalibriert',
    es: 'sin calibrar',
    fr: 'non calibré',
    zh: '未校准',
  },
});

/** What is known of a series' detection, by the names of the contract. */
export const detectionStates = defineMessages({
  none: { en: 'Not analysed', de: 'Nicht analysiert', es: 'Sin analizar', fr: 'Non analysée', zh: '未分析' },
  queued: { en: 'Waiting', de: 'Wartet', es: 'En espera', fr: 'En attente', zh: '等待中' },
  running: { en: 'Detecting…', de: 'Detektion läuft …', es: 'Detectando…', fr: 'Détection…', zh: '检测中…' },
  done: { en: 'Analysed', de: 'Analysiert', es: 'Analizada', fr: 'Analysée', zh: '已分析' },
  failed: { en: 'Failed', de: 'Fehlgeschlagen', es: 'Ha fallado', fr: 'Échec', zh: '失败' },
  cancelled: { en: 'Cancelled', de: 'Abgebrochen', es: 'Cancelada', fr: 'Annulée', zh: '已取消' },
  'no-model': {
    en: 'No model fits',
    de: 'Kein Modell passt',
    es: 'Ningún modelo adecuado',
    fr: 'Aucun modèle adapté',
    zh: '无适用模型',
  },
  'not-analysable': {
    en: 'Not analysable',
    de: 'Nicht analysierbar',
    es: 'No analizable',
    fr: 'Non analysable',
    zh: '无法分析',
  },
});
