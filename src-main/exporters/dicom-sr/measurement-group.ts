import { categoryTexts, contextText, locationText, looksText } from '../../core/report/description-text';
import { lesionHistory, outlineOf } from '../../core/report/lesion-measures';
import { measureFinding, seriesOf, type FindingMeasure } from '../../core/report/measure';
import type { Report, ReportSeries } from '../../core/report/report';
import { labelWord, modelName, rejectReasonWords } from '../../core/report/wording';
import type { Box3, BoxXywh } from '../../core/geometry/box';
import type { Finding } from '../../core/study/entities';
import {
  concepts,
  findingCode,
  lateralityCode,
  lobeCode,
  regionCode,
  units,
  values,
  verdictCodes,
} from './codes';
import {
  coded,
  container,
  imageItem,
  utcInstant,
  num,
  scoord,
  scoord3d,
  text,
  uidRef,
} from './content-items';
import type { Dataset } from './dataset';
import { historyItems, outlineMeasurements } from './lesion-items';
import { findingObservers } from './observer-context';
import { frameOfReferenceUid, imageOf, seriesUid } from './sources';
import { uidFromName } from './uid';
import { unlimitedText } from './values';

/**
 * One finding as a measurement group: TID 1411 (volumetric ROI) in a volume, TID 1410 (planar ROI) on an image.
 * The tracking UID is the finding's own and stays the same in every report of it.
 */
export function measurementGroup(report: Report, finding: Finding): Dataset {
  const series = seriesOf(report, finding);
  const measure = measureFinding(finding, series);
  return container(
    'CONTAINS',
    concepts.measurementGroup,
    [
      text('HAS OBS CONTEXT', concepts.trackingIdentifier, `Finding ${finding.number}`),
      uidRef('HAS OBS CONTEXT', concepts.trackingUid, uidFromName('finding', finding.findingId)),
      ...findingObservers(report, finding),
      coded('CONTAINS', concepts.finding, findingCode(finding.label)),
      ...findingSite(series, finding),
      ...algorithm(report, finding),
      ...region(report, series, finding),
      ...measurements(measure, finding.score),
      ...outlineMeasurements(outlineOf(finding)),
      ...historyItems(lesionHistory(report, finding, series)),
      ...evaluations(finding),
    ],
    finding.place.space === 'lps' ? '1411' : '1410',
  );
}

/** TID 1410 and 1411: the site, with its side beneath where the site does not hold one. */
function findingSite({ bodyPart }: ReportSeries, { description }: Finding): Dataset[] {
  const { side, lobe, eye } = description?.terms ?? {};
  const exact = lobeCode(side?.[0], lobe?.[0]);
  const site = exact ?? regionCode(bodyPart);
  if (site === null) return [];
  const laterality = exact ? null : lateralityCode(side?.[0] ?? eye?.[0]);
  const children = laterality === null ? [] : [coded('HAS CONCEPT MOD', concepts.laterality, laterality)];
  return [coded('HAS CONCEPT MOD', concepts.findingSite, site, children)];
}

/** TID 4019, algorithm identification. */
function algorithm(report: Report, finding: Finding): Dataset[] {
  const result = report.resultSets.find((r) => r.resultSetId === finding.resultSetId);
  if (!result) return [];
  const rel = 'HAS CONCEPT MOD';
  return [
    text(rel, concepts.algorithmName, `${modelName(report, result.modelId)} (${result.modelId})`),
    text(rel, concepts.algorithmVersion, result.modelVersion),
    text(rel, concepts.algorithmParameters, `sha256=${result.modelHash}`),
    text(rel, concepts.algorithmParameters, `threshold=${result.threshold}`),
  ];
}

function region(report: Report, series: ReportSeries, finding: Finding): Dataset[] {
  const { place } = finding;
  if (place.space === 'px') {
    const on = imageItem('SELECTED FROM', concepts.sourceImage, imageOf(report, series, finding));
    return [scoord(concepts.imageRegion, 'POLYLINE', rectangle(place.boxPx), on)];
  }
  return [
    scoord3d(concepts.volumeSurface, 'ELLIPSOID', ellipsoid(place.boxLps), frameOfReferenceUid(series)),
    uidRef('CONTAINS', concepts.sourceSeries, seriesUid(series)),
  ];
}

/** The box as a closed polyline: the fifth point is the first (PS3.3 C.18.6.1.2). */
function rectangle([x, y, width, height]: BoxXywh): number[] {
  return [x, y, x + width, y, x + width, y + height, x, y + height, x, y];
}

/**
 * The ellipsoid inscribed in the box: the end points of its three axes, the longest axis first
 * (PS3.3 C.18.9.1.2).
 */
function ellipsoid(box: Box3): number[] {
  const center = [0, 1, 2].map((axis) => (box[axis]! + box[axis + 3]!) / 2);
  const edge = (axis: number): number => box[axis + 3]! - box[axis]!;
  return [0, 1, 2]
    .sort((a, b) => edge(b) - edge(a) || a - b)
    .flatMap((axis) =>
      [box[axis]!, box[axis + 3]!].flatMap((end) => center.map((c, i) => (i === axis ? end : c))),
    );
}

function measurements(measure: FindingMeasure, score: number | null): Dataset[] {
  const rel = 'CONTAINS';
  const method = [coded('HAS CONCEPT MOD', concepts.measurementMethod, values.longestBoxEdge)];
  const out: Dataset[] = [];
  if (score !== null) out.push(num(rel, concepts.objectness, score, units.zeroToOne));
  if (measure.space === 'lps') {
    const { sizeMm, longAxisMm } = measure;
    if (sizeMm === null || longAxisMm === null) return out;
    out.push(
      num(rel, concepts.longAxis, longAxisMm, units.millimeter, method),
      num(rel, concepts.extentLeftRight, sizeMm[0], units.millimeter),
      num(rel, concepts.extentFrontBack, sizeMm[1], units.millimeter),
      num(rel, concepts.extentHeadFoot, sizeMm[2], units.millimeter),
    );
    return out;
  }
  const unit = measure.sizeMm ? units.millimeter : units.pixels;
  const [x, y] = measure.sizeMm ?? measure.sizePx;
  out.push(
    num(rel, concepts.longAxis, Math.max(x, y), unit, method),
    num(rel, concepts.extentColumns, x, unit),
    num(rel, concepts.extentRows, y, unit),
  );
  return out;
}

function evaluations({ label, decision, description }: Finding): Dataset[] {
  const rel = 'CONTAINS';
  const out = [
    text(rel, concepts.proposalLabel, labelWord(label)),
    coded(rel, concepts.reviewDecision, verdictCodes[decision.verdict]),
  ];
  if (description) {
    const said = [
      [concepts.location, locationText(description)],
      [concepts.appearance, looksText(description)],
      [concepts.assessmentContext, contextText(description)],
      [concepts.readerConfidence, description.confidence ?? ''],
      ...categoryTexts(description).map((category) => [concepts.assessmentCategory, category] as const),
    ] as const;
    out.push(...said.flatMap(([name, value]) => (value === '' ? [] : [text(rel, name, value)])));
  }
  if (decision.reason !== null)
    out.push(text(rel, concepts.rejectionReason, rejectReasonWords[decision.reason]));
  if (decision.decidedAt !== null) out.push(utcInstant(rel, concepts.decisionTime, decision.decidedAt));
  if (unlimitedText(decision.comment).trim() !== '') out.push(text(rel, concepts.comment, decision.comment));
  return out;
}
