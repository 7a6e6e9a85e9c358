import type { Report, ReportSeries, RgbaImage } from '../../core/report/report';
import { dataset, type Dataset } from './dataset';
import { equipment, patientAndStudy } from './modules';
import { capturedFrame, seriesUid } from './sources';
import { codeString, longString, utcDateAndTime } from './values';

/**
 * A picture as a Secondary Capture Image (PS3.3 A.8.1), so that the report's image coordinates refer to something:
 * 8-bit RGB, the picture's own pixels; transparent ones over black. `frame` is 0-based.
 */
export function secondaryCapture(
  report: Report,
  series: ReportSeries,
  frame: number,
  picture: RgbaImage,
): Dataset {
  const { sopClassUid, sopInstanceUid } = capturedFrame(series, frame);
  const { date, time } = utcDateAndTime(report.createdAt);
  return {
    ...patientAndStudy(report),
    ...equipment(report),
    ...dataset({
      SOPClassUID: sopClassUid,
      SOPInstanceUID: sopInstanceUid,
      ImageType: ['DERIVED', 'SECONDARY'],
      InstanceCreationDate: date,
      InstanceCreationTime: time,
      Modality: series.modality,
      ConversionType: 'WSD',
      SeriesInstanceUID: seriesUid(series),
      SeriesNumber: String(report.series.indexOf(series) + 1),
      SeriesDescription: longString(series.description) || undefined,
      BodyPartExamined: codeString(series.bodyPart) || undefined,
      DateOfSecondaryCapture: date,
      TimeOfSecondaryCapture: time,
      InstanceNumber: String(frame + 1),
      PatientOrientation: [],
      SamplesPerPixel: 3,
      PhotometricInterpretation: 'RGB',
      PlanarConfiguration: 0,
      Rows: picture.height,
      Columns: picture.width,
      BitsAllocated: 8,
      BitsStored: 8,
      HighBit: 7,
      PixelRepresentation: 0,
      PixelData: rgbBytes(picture),
    }),
  };
}

/** Interleaved RGB, padded to an even length (PS3.5 8.1.1). */
function rgbBytes({ width, height, rgba }: RgbaImage): ArrayBuffer {
  const pixels = width * height;
  const out = new Uint8Array(pixels * 3 + ((pixels * 3) % 2));
  for (let i = 0; i < pixels; i++) {
    const alpha = rgba[4 * i + 3]! / 255;
    for (let c = 0; c < 3; c++) out[3 * i + c] = Math.round(rgba[4 * i + c]! * alpha);
  }
  return out.buffer;
}
