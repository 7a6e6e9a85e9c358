import { AppError } from '../../core/app-error';
import { reportFileStem } from '../../core/report/file-names';
import { seriesOf } from '../../core/report/measure';
import type { Report, ReportSeries, RgbaImage } from '../../core/report/report';
import type { ExportedFile } from '../exported-file';
import { dcmjs } from './dcmjs';
import { groupedFindings, srDocument } from './document';
import type { SeriesImages } from './image-library';
import { part10File } from './part10';
import { missingRows } from './row-checker';
import { secondaryCapture } from './secondary-capture';
import { capturedFrame, instancesOf } from './sources';

/**
 * The report as a DICOM Comprehensive 3D SR, and for findings on PNG and JPEG pictures one Secondary Capture
 * instance a picture that the SR refers to.
 * @throws AppError `export.failed` where a finding's picture is missing, or the document would not follow TID 1500.
 */
export async function renderDicomSr(report: Report): Promise<ExportedFile[]> {
  // dcmjs logs values that it finds too long or odd: they may be a patient's.
  dcmjs.log.setLevel('silent');
  const stem = reportFileStem(report);
  const captured = capturedFrames(report);
  const images: SeriesImages[] = report.series.map((series) => ({
    series,
    images: series.dicom
      ? instancesOf(series.dicom.instances)
      : captured.filter((c) => c.series === series).map((c) => capturedFrame(series, c.frame)),
  }));
  const document = srDocument(report, images);
  const missing = missingRows(document);
  if (missing.length > 0) {
    throw new AppError(
      'export.failed',
      'The DICOM report would not follow its template, so it was not written.',
      'Export as PDF for now and report this with the log.',
      { field: missing[0] },
    );
  }
  return [
    { name: `${stem}-sr.dcm`, bytes: part10File(document) },
    ...captured.map(({ series, frame, picture }, i) => ({
      name: `${stem}-image-${i + 1}.dcm`,
      bytes: part10File(secondaryCapture(report, series, frame, picture)),
    })),
  ];
}

/** The frames of pictures that are no DICOM and that a measurement group refers to, each once. */
function capturedFrames(report: Report): { series: ReportSeries; frame: number; picture: RgbaImage }[] {
  const out: { series: ReportSeries; frame: number; picture: RgbaImage }[] = [];
  for (const finding of groupedFindings(report)) {
    if (finding.place.space !== 'px') continue;
    const { frame } = finding.place;
    const series = seriesOf(report, finding);
    const picture = series.dicom ? undefined : report.frames?.get(series.seriesId)?.[frame];
    if (picture && !out.some((c) => c.series === series && c.frame === frame))
      out.push({ series, frame, picture });
  }
  return out;
}
