import { defineMessages } from '../messages';

/** What the corner of the window says when something ended. */
export const notices = defineMessages({
  jobFailed: {
    en: '{job}: {message}',
    de: '{job}: {message}',
    es: '{job}: {message}',
    fr: '{job} : {message}',
    zh: '{job}：{message}',
  },
  imported: {
    en: '{count, plural, one {# study imported} other {# studies imported}}',
    de: '{count, plural, one {# Untersuchung importiert} other {# Untersuchungen importiert}}',
    es: '{count, plural, one {# estudio importado} other {# estudios importados}}',
    fr: '{count, plural, one {# examen importé} other {# examens importés}}',
    zh: '{count, plural, other {已导入 # 个检查}}',
  },
  modelReady: {
    en: 'A new model is ready',
    de: 'Ein neues Modell ist fertig',
    es: 'Hay un nuevo modelo listo',
    fr: 'Un nouveau modèle est prêt',
    zh: '新模型已就绪',
  },
  modelReadyHint: {
    en: 'It is not in use. Compare it on the models page.',
    de: 'Es wird nicht verwendet. Vergleichen Sie es auf der Modellseite.',
    es: 'No está en uso. Compárelo en la página de modelos.',
    fr: 'Il n’est pas utilisé. Comparez-le sur la page des modèles.',
    zh: '尚未启用。请在模型页面进行比较。',
  },
  copiesWritten: {
    en: '{count, plural, one {# de-identified copy written} other {# de-identified copies written}}',
    de: '{count, plural, one {# de-identifizierte Kopie geschrieben} other {# de-identifizierte Kopien geschrieben}}',
    es: '{count, plural, one {# copia anonimizada escrita} other {# copias anonimizadas escritas}}',
    fr: '{count, plural, one {# copie désidentifiée écrite} other {# copies désidentifiées écrites}}',
    zh: '{count, plural, other {已写入 # 份去标识化副本}}',
  },
  preliminaryWritten: {
    en: 'Preliminary report written',
    de: 'Vorläufiger Bericht geschrieben',
    es: 'Informe preliminar escrito',
    fr: 'Compte rendu provisoire écrit',
    zh: '初步报告已写入',
  },
  reportWritten: {
    en: 'Report written',
    de: 'Bericht geschrieben',
    es: 'Informe escrito',
    fr: 'Compte rendu écrit',
    zh: '报告已写入',
  },
});
