export { renderCsv } from './csv';
export { renderDicomSr } from './dicom-sr';
export { renderJson } from './json';
export { renderPdf } from './pdf';
export { writeFilesAtomically } from './write-files';
