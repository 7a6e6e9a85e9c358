import type { Report, ReportSeries } from '../../core/report/report';
import { concepts, modalityCode, regionCode, units } from './codes';
import {
  coded,
  container,
  imageItem,
  num,
  referencedSop,
  uidRef,
  type ImageReference,
} from './content-items';
import { dataset, type Dataset } from './dataset';
import { frameOfReferenceUid, seriesUid, studyUid } from './sources';

/** The DICOM instances of one series that the report is about. */
export interface SeriesImages {
  readonly series: ReportSeries;
  readonly images: readonly ImageReference[];
}

/** TID 1600, image library; null where no image exists as DICOM (NRRD, NIfTI). */
export function imageLibrary(groups: readonly SeriesImages[]): Dataset | null {
  const filled = groups.filter((group) => group.images.length > 0);
  return filled.length === 0 ? null : container('CONTAINS', concepts.imageLibrary, filled.map(libraryGroup));
}

/** A group with the descriptors its images share (TID 1602). */
function libraryGroup({ series, images }: SeriesImages): Dataset {
  const rel = 'HAS ACQ CONTEXT';
  const { pixels } = series;
  const [columns, rows] =
    pixels.kind === 'volume'
      ? [pixels.geometry.dims[0], pixels.geometry.dims[1]]
      : [pixels.width, pixels.height];
  const target = regionCode(series.bodyPart);
  return container('CONTAINS', concepts.imageLibraryGroup, [
    coded(rel, concepts.modality, modalityCode(series.modality)),
    ...(target === null ? [] : [coded(rel, concepts.targetRegion, target)]),
    ...(pixels.kind === 'volume'
      ? [uidRef(rel, concepts.frameOfReferenceUid, frameOfReferenceUid(series))]
      : []),
    num(rel, concepts.pixelDataRows, rows, units.pixels),
    num(rel, concepts.pixelDataColumns, columns, units.pixels),
    ...images.map((image) => imageItem('CONTAINS', concepts.sourceImage, image)),
  ]);
}

/** Current Requested Procedure Evidence Sequence (PS3.3 C.17.2.3): every instance the content refers to. */
export function evidence(report: Report, groups: readonly SeriesImages[]): Dataset[] {
  const filled = groups.filter((group) => group.images.length > 0);
  if (filled.length === 0) return [];
  return [
    dataset({
      StudyInstanceUID: studyUid(report),
      ReferencedSeriesSequence: filled.map(({ series, images }) =>
        dataset({ SeriesInstanceUID: seriesUid(series), ReferencedSOPSequence: images.map(referencedSop) }),
      ),
    }),
  ];
}
