import { defineMessages } from '../messages';

/** Detections that wait for their turn. */
export const queueWords = defineMessages({
  title: {
    en: 'Detection queue',
    de: 'Warteschlange der Erkennung',
    es: 'Cola de detección',
    fr: 'File de détection',
    zh: '检测队列',
  },
  button: {
    en: 'Queue ({count})',
    de: 'Warteschlange ({count})',
    es: 'Cola ({count})',
    fr: 'File ({count})',
    zh: '队列 ({count})',
  },
  buttonEmpty: { en: 'Queue', de: 'Warteschlange', es: 'Cola', fr: 'File', zh: '队列' },
  waiting: {
    en: '{count} waiting',
    de: '{count} wartend',
    es: '{count} en espera',
    fr: '{count} en attente',
    zh: '{count} 个等待中',
  },
  more: {
    en: 'and {count} more',
    de: 'und {count} weitere',
    es: 'y {count} más',
    fr: 'et {count} de plus',
    zh: '还有 {count} 个',
  },
  pause: { en: 'Pause', de: 'Anhalten', es: 'Pausar', fr: 'Suspendre', zh: '暂停' },
  resume: { en: 'Resume', de: 'Fortsetzen', es: 'Reanudar', fr: 'Reprendre', zh: '继续' },
  paused: {
    en: 'Paused: what runs is finished, nothing else begins.',
    de: 'Angehalten: Was läuft, wird beendet, weiter beginnt nichts.',
    es: 'En pausa: lo que se ejecuta termina; nada más empieza.',
    fr: 'Suspendue : l’examen en cours se termine, rien d’autre ne commence.',
    zh: '已暂停：正在运行的会完成，不再开始新的检测。',
  },
  cancelAll: {
    en: 'Cancel all',
    de: 'Alle abbrechen',
    es: 'Cancelar todo',
    fr: 'Tout annuler',
    zh: '全部取消',
  },
  cancelOne: {
    en: 'Cancel this detection',
    de: 'Diese Erkennung abbrechen',
    es: 'Cancelar esta detección',
    fr: 'Annuler cette détection',
    zh: '取消此检测',
  },
  empty: {
    en: 'Nothing waits. Select studies and press {key} to queue them.',
    de: 'Nichts wartet. Untersuchungen auswählen und {key} drücken, um sie einzureihen.',
    es: 'No hay nada en espera. Seleccione estudios y pulse {key} para añadirlos.',
    fr: 'Rien n’attend. Sélectionnez des examens et appuyez sur {key} pour les ajouter.',
    zh: '没有等待中的检测。选择检查并按 {key} 加入队列。',
  },
  refused: {
    en: '{count, plural, one {# study was} other {# studies were}} not queued: {reason}',
    de: '{count, plural, one {# Untersuchung wurde} other {# Untersuchungen wurden}} nicht eingereiht: {reason}',
    es: '{count, plural, one {# estudio no se añadió} other {# estudios no se añadieron}} a la cola: {reason}',
    fr: '{count, plural, one {# examen n’a pas été ajouté} other {# examens n’ont pas été ajoutés}} à la file : {reason}',
    zh: '{count} 个检查未加入队列：{reason}',
  },
});
