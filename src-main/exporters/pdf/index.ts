import { reportFileStem } from '../../core/report/file-names';
import type { Report } from '../../core/report/report';
import type { ExportedFile } from '../exported-file';
import { modelList, notes, signOff } from './back-matter';
import { findingSections } from './finding-cards';
import { headAndFoot, seriesTable, summary, titleBlock } from './front-matter';
import { Sheet } from './sheet';

/** The report for people, A4. The document's metadata hold nothing of the patient. */
export async function renderPdf(report: Report): Promise<ExportedFile[]> {
  const sheet = new Sheet({
    Title: 'Lesion review report',
    Creator: `Regio ${report.softwareVersion}`,
    Producer: 'Regio',
    CreationDate: new Date(report.createdAt),
  });
  titleBlock(sheet, report);
  summary(sheet, report);
  findingSections(sheet, report);
  seriesTable(sheet, report);
  modelList(sheet, report);
  notes(sheet, report);
  signOff(sheet, report);
  headAndFoot(sheet, report);
  return [{ name: `${reportFileStem(report)}.pdf`, bytes: await sheet.bytes() }];
}
