import { defineMessages } from '../messages';

/** Which of several results of a series is read. */
export const results = defineMessages({
  title: {
    en: 'Which result is read',
    de: 'Welches Ergebnis befundet wird',
    es: 'Qué resultado se lee',
    fr: 'Quel résultat est lu',
    zh: '阅读哪组结果',
  },
  command: {
    en: 'Choose which result of the network is read',
    de: 'Wählen, welches Ergebnis des Netzes befundet wird',
    es: 'Elegir qué resultado de la red se lee',
    fr: 'Choisir quel résultat du réseau est lu',
    zh: '选择阅读网络的哪组结果',
  },
  open: {
    en: '{count, plural, one {# result} other {# results}}',
    de: '{count, plural, one {# Ergebnis} other {# Ergebnisse}}',
    es: '{count, plural, one {# resultado} other {# resultados}}',
    fr: '{count, plural, one {# résultat} other {# résultats}}',
    zh: '{count} 组结果',
  },
  hint: {
    en: 'Findings that you have said something of stay in the list whichever result is read, marked as of another one, and are in the report. The choice is recorded with your name.',
    de: 'Befunde, zu denen Sie etwas gesagt haben, bleiben in der Liste, welches Ergebnis auch befundet wird, als aus einem anderen gekennzeichnet, und stehen im Bericht. Die Wahl wird mit Ihrem Namen festgehalten.',
    es: 'Los hallazgos de los que usted ha dicho algo siguen en la lista sea cual sea el resultado que se lee, marcados como de otro, y constan en el informe. La elección queda registrada con su nombre.',
    fr: 'Les lésions dont vous avez dit quelque chose restent dans la liste quel que soit le résultat lu, marquées comme venant d’un autre, et figurent au compte rendu. Le choix est consigné à votre nom.',
    zh: '无论阅读哪组结果，您已作出说明的病灶都会保留在列表中，标记为来自另一结果，并写入报告。您的选择会以您的姓名记录。',
  },
  newest: { en: 'newest', de: 'neuestes', es: 'el más reciente', fr: 'le plus récent', zh: '最新' },
  isRead: { en: 'read now', de: 'wird befundet', es: 'se lee ahora', fr: 'lu maintenant', zh: '正在阅读' },
  scoreAtLeast: {
    en: 'Score at least {score}',
    de: 'Score mindestens {score}',
    es: 'Puntuación mínima {score}',
    fr: 'Score minimal {score}',
    zh: '分数不低于 {score}',
  },
  marks: {
    en: '{count, plural, one {# mark} other {# marks}}',
    de: '{count, plural, one {# Markierung} other {# Markierungen}}',
    es: '{count, plural, one {# marca} other {# marcas}}',
    fr: '{count, plural, one {# marque} other {# marques}}',
    zh: '{count} 个标记',
  },
  read: {
    en: 'Read this result',
    de: 'Dieses Ergebnis befunden',
    es: 'Leer este resultado',
    fr: 'Lire ce résultat',
    zh: '阅读此结果',
  },
  chosenBy: {
    en: 'Older result of {when}, chosen by {name}',
    de: 'Älteres Ergebnis vom {when}, gewählt von {name}',
    es: 'Resultado anterior del {when}, elegido por {name}',
    fr: 'Résultat antérieur du {when}, choisi par {name}',
    zh: '较早的结果（{when}），由 {name} 选择',
  },
  older: {
    en: 'older result',
    de: 'älteres Ergebnis',
    es: 'resultado anterior',
    fr: 'résultat antérieur',
    zh: '较早的结果',
  },
  other: {
    en: 'Of another result',
    de: 'Aus einem anderen Ergebnis',
    es: 'De otro resultado',
    fr: 'D’un autre résultat',
    zh: '来自另一结果',
  },
  otherOf: {
    en: 'Found by {set}; another result is read.',
    de: 'Gefunden von {set}; befundet wird ein anderes Ergebnis.',
    es: 'Hallado por {set}; se lee otro resultado.',
    fr: 'Trouvée par {set} ; un autre résultat est lu.',
    zh: '由 {set} 发现；当前阅读的是另一结果。',
  },
});
