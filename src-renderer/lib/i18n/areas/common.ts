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
    en: 'Research use, not for primary diagnosis',
    de: 'Nur für Forschungszwecke, nicht zur Primärdiagnose',
    es: 'Uso en investigación, no para diagnóstico primario',
    fr: 'Usage de recherche, pas pour le diagnostic primaire',
    zh: '仅供研究使用，不得用于初步诊断',
  },
});
