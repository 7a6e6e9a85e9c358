import { AppError } from '../../core/app-error';
import type { Report, ReportSeries } from '../../core/report/report';
import type { Finding } from '../../core/study/entities';
import type { ImageReference } from './content-items';
import { uidFromName, uidOr } from './uid';

export const studyUid = (report: Report): string =>
  uidOr(report.studyInstanceUid, 'study', report.studyInstanceUid || report.reportId);

export const seriesUid = (series: ReportSeries): string =>
  uidOr(series.seriesInstanceUid, 'series', series.seriesInstanceUid || series.seriesId);

/** The source's frame of reference, or for NIfTI, NRRD and files without one a UID derived from the series. */
export const frameOfReferenceUid = (series: ReportSeries): string =>
  uidOr(series.dicom?.frameOfReferenceUid ?? '', 'frame-of-reference', seriesUid(series));

const secondaryCapture = '1.2.840.10008.5.1.4.1.1.7';

/** The instance a PNG or JPEG frame (0-based) is written as. */
export const capturedFrame = (series: ReportSeries, frame: number): ImageReference => ({
  sopClassUid: secondaryCapture,
  sopInstanceUid: uidFromName('secondary-capture', `${seriesUid(series)}/${frame}`),
  frame: null,
});

/** The image a finding with pixel coordinates lies on. @throws AppError `export.failed` where there is none. */
export function imageOf(report: Report, series: ReportSeries, finding: Finding): ImageReference {
  const frame = finding.place.space === 'px' ? finding.place.frame : 0;
  const source = series.dicom ? series.dicom.instances[frame] : undefined;
  if (source) return source;
  if (!series.dicom && report.frames?.get(series.seriesId)?.[frame]) return capturedFrame(series, frame);
  throw new AppError(
    'export.failed',
    `The picture of finding ${finding.number} is missing, so the DICOM report could not refer to it.`,
    'Check that the study’s files are still where they were imported from, then export again.',
  );
}

/** Each instance once, whole: what evidence and image library list. */
export function instancesOf(images: readonly ImageReference[]): ImageReference[] {
  const bySop = new Map(images.map((image) => [image.sopInstanceUid, { ...image, frame: null }]));
  return [...bySop.values()];
}
