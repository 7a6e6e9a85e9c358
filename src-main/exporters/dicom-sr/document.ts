import {
  calibrationNotes,
  directionText,
  measureFinding,
  positionText,
  seriesOf,
  sizeText,
} from '../../core/report/measure';
import { decisionText } from '../../core/report/double-text';
import { isOfOtherResult } from '../../core/reading/read-results';
import { researchUseLine, type Report } from '../../core/report/report';
import { isPreliminary, noFindingText, preliminaryText, reportSections } from '../../core/report/sections';
import { otherResultWords, phaseWords, readingLines } from '../../core/report/reading-text';
import { addendumText, signatureLines } from '../../core/report/signing-text';
import { labelWord, rejectReasonWords, scoreText } from '../../core/report/wording';
import type { Finding } from '../../core/study/entities';
import { concepts, ownScheme, procedureCode, values } from './codes';
import { codeItem, coded, container, containerValues, text } from './content-items';
import { dataset, type Dataset } from './dataset';
import { evidence, imageLibrary, type SeriesImages } from './image-library';
import { measurementGroup } from './measurement-group';
import { equipment, patientAndStudy } from './modules';
import { observerContext } from './observer-context';
import { uidFromName } from './uid';
import { dateTime, longString, personName, utcDateAndTime } from './values';

const comprehensive3dSr = '1.2.840.10008.5.1.4.1.1.88.34';

/**
 * Findings that become measurement groups. A final report holds only what a reader accepted, corrected or added:
 * whoever reads the groups takes them for findings. A preliminary one also holds pending and uncertain marks, each
 * with its decision. Rejected marks are never groups.
 */
export function groupedFindings(report: Report): readonly Finding[] {
  const { reviewed, uncertain, pending } = reportSections(report);
  return isPreliminary(report) ? [...reviewed, ...uncertain, ...pending] : reviewed;
}

/** Comprehensive 3D SR (PS3.3 A.35.13) of template TID 1500. `images`: the DICOM instances it refers to. */
export function srDocument(report: Report, images: readonly SeriesImages[]): Dataset {
  const { date, time } = utcDateAndTime(report.createdAt);
  const identity = `${report.reportId}/${report.createdAt}`;
  const sources = evidence(report, images);
  return {
    ...patientAndStudy(report),
    ...equipment(report),
    ...dataset({
      SOPClassUID: comprehensive3dSr,
      SOPInstanceUID: uidFromName('sr', identity),
      InstanceCreationDate: date,
      InstanceCreationTime: time,
      CodingSchemeIdentificationSequence: dataset({
        CodingSchemeDesignator: ownScheme.designator,
        CodingSchemeName: ownScheme.name,
        CodingSchemeResponsibleOrganization: ownScheme.organization,
      }),
      Modality: 'SR',
      SeriesInstanceUID: uidFromName('sr-series', identity),
      SeriesNumber: '9001',
      SeriesDescription: 'Regio lesion review',
      ReferencedPerformedProcedureStepSequence: [],
      InstanceNumber: '1',
      ContentDate: date,
      ContentTime: time,
      ...flags(report),
      PerformedProcedureCodeSequence: [],
      CurrentRequestedProcedureEvidenceSequence: sources.length > 0 ? sources : undefined,
      ValueType: 'CONTAINER',
      ConceptNameCodeSequence: codeItem(concepts.report),
      ...containerValues('1500'),
      ContentSequence: content(report, images),
    }),
  };
}

/** Completion and verification, PS3.3 C.17.2: verified only by who signed, and never while a mark is undecided. */
function flags(report: Report): Parameters<typeof dataset>[0] {
  const preliminary = isPreliminary(report);
  const { signature } = report;
  const verified = !preliminary && signature !== null && personName(signature.name) !== '';
  return {
    CompletionFlag: preliminary ? 'PARTIAL' : 'COMPLETE',
    VerificationFlag: verified ? 'VERIFIED' : 'UNVERIFIED',
    PreliminaryFlag: preliminary ? 'PRELIMINARY' : 'FINAL',
    VerifyingObserverSequence: verified
      ? dataset({
          // As in content items: dcmjs reads nested names right only with it.
          SpecificCharacterSet: 'ISO_IR 192',
          VerifyingObserverName: personName(signature.name),
          VerifyingOrganization: longString(report.institution) || 'Not stated',
          VerificationDateTime: dateTime(signature.at),
          VerifyingObserverIdentificationCodeSequence: [],
        })
      : undefined,
  };
}

function content(report: Report, images: readonly SeriesImages[]): Dataset[] {
  const modalities = [...new Set(report.series.map((series) => series.modality))];
  const procedures = new Map(modalities.map(procedureCode).map((code) => [code.value, code]));
  if (procedures.size === 0) procedures.set('', procedureCode(''));
  const library = imageLibrary(images);
  const groups = groupedFindings(report).map((finding) => measurementGroup(report, finding));
  return [
    coded('HAS CONCEPT MOD', concepts.language, values.english),
    ...observerContext(report),
    ...[...procedures.values()].map((code) => coded('HAS CONCEPT MOD', concepts.procedureReported, code)),
    ...(library === null ? [] : [library]),
    // An empty container is legal but stops readers (highdicom 0.28); row 12 stands in for it.
    ...(groups.length === 0 ? [] : [container('CONTAINS', concepts.imagingMeasurements, groups)]),
    container('CONTAINS', concepts.qualitativeEvaluations, remarks(report)),
  ];
}

/** What a reader must know that is no measurement: status, marks set aside, limits. */
function remarks(report: Report): Dataset[] {
  const { reviewed, uncertain, rejected } = reportSections(report);
  const comment = (value: string): Dataset => text('CONTAINS', concepts.comment, value);
  return [
    comment(researchUseLine),
    ...(isPreliminary(report) ? [comment(preliminaryText(report))] : []),
    ...(reviewed.length === 0 ? [comment(noFindingText(report))] : []),
    ...readingLines(report).map(comment),
    ...phases(report).map(comment),
    ...otherResults(report).map(comment),
    ...signatureLines(report).map(comment),
    ...report.addenda.map((addendum) => comment(addendumText(addendum))),
    ...calibrationNotes(report).map(comment),
    ...report.series.flatMap((series) => series.warnings.map(comment)),
    ...uncertain.map((f) => text('CONTAINS', concepts.uncertainProposal, markText(report, f))),
    ...rejected.map((f) => text('CONTAINS', concepts.rejectedProposal, markText(report, f))),
  ];
}

/** Which of the reader's own findings came before and after the network's marks. */
const phases = ({ findings }: Report): string[] =>
  findings.flatMap(({ number, phase }) => (phase ? [`Finding ${number}: ${phaseWords[phase]}.`] : []));

/** Which findings are of another result than the one that was read. */
const otherResults = ({ findings, read }: Report): string[] =>
  findings.flatMap((f) => (isOfOtherResult(f, read) ? [`Finding ${f.number}: ${otherResultWords}.`] : []));

function markText(report: Report, finding: Finding): string {
  const measure = measureFinding(finding, seriesOf(report, finding));
  const { reason, comment } = finding.decision;
  return [
    `Finding ${finding.number}: ${labelWord(finding.label)}`,
    [positionText(measure), directionText(measure)].filter(Boolean).join('; '),
    `size ${sizeText(measure)}`,
    `score ${scoreText(finding.score)}`,
    ...(reason === null ? [] : [`reason: ${rejectReasonWords[reason]}`]),
    ...[decisionText(report.double, finding.decision)].filter(Boolean),
    ...(comment === '' ? [] : [`comment: ${comment}`]),
  ].join('; ');
}
