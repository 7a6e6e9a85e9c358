import { defineMessages } from '../messages';

/** Words that several screens use. */
export const common = defineMessages({
  cancel: { en: 'Cancel', de: 'Abbrechen', es: 'Cancelar', fr: 'Annuler', zh: '取消' },
  close: { en: 'Close', de: 'Schließen', es: 'Cerrar', fr: 'Fermer', zh: '关闭' },
  save: { en: 'Save', de: 'Speichern', es: 'Guardar', fr: 'Enregistrer', zh: '保存' },
  drop: {
    en: 'Drop files, folders or zip archives to import them',
    de: 'Dateien, Ordner oder ZIP-Archive zum Importieren ablegen',
    es: 'Suelte archivos, carpetas o archivos ZIP para importarlos',
    fr: 'Déposez des fichiers, des dossiers ou des archives ZIP pour les importer',
    zh: '拖放文件、文件夹或 ZIP 压缩包即可导入',
  },
  researchUse: {
    en: 'Research use only. Not for primary diagnosis.',
    de: 'Nur für Forschungszwecke. Nicht zur Primärdiagnose.',
    es: 'Solo para investigación. No apto para diagnóstico primario.',
    fr: 'Réservé à la recherche. Pas pour le diagnostic primaire.',
    zh: '仅供研究使用。不得用于初步诊断。',
  },
  noReviewer: {
    en: 'No reviewer name yet',
    de: 'Noch kein Name der befundenden Person',
    es: 'Aún sin nombre del lector',
    fr: 'Pas encore de nom de lecteur',
    zh: '尚未填写审阅者姓名',
  },
  waiting: { en: 'Waiting', de: 'Wartet', es: 'En espera', fr: 'En attente', zh: '等待中' },
  runningJobs: {
    en: 'Running jobs',
    de: 'Laufende Aufgaben',
    es: 'Tareas en curso',
    fr: 'Tâches en cours',
    zh: '进行中的任务',
  },
  engineStarting: {
    en: 'Engine starting',
    de: 'Rechenkern startet',
    es: 'Motor iniciándose',
    fr: 'Moteur en démarrage',
    zh: '引擎启动中',
  },
  engineReady: {
    en: 'Engine ready',
    de: 'Rechenkern bereit',
    es: 'Motor listo',
    fr: 'Moteur prêt',
    zh: '引擎就绪',
  },
  engineRestarting: {
    en: 'Engine restarting',
    de: 'Rechenkern startet neu',
    es: 'Motor reiniciándose',
    fr: 'Moteur en redémarrage',
    zh: '引擎重启中',
  },
  engineStopped: {
    en: 'Engine stopped',
    de: 'Rechenkern angehalten',
    es: 'Motor detenido',
    fr: 'Moteur arrêté',
    zh: '引擎已停止',
  },
});
