export { renderAudit } from './audit';
export { renderCsv } from './csv';
export { writeDicomFile } from './dicom-deidentify';
export { renderDicomSr } from './dicom-sr';
export { renderJson } from './json';
export { renderPdf } from './pdf';
export { removeStale, writeFilesAtomically, writeStreamAtomically } from './write-files';
