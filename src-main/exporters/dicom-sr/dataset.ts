/**
 * DICOM data elements as dcmjs writes them. Tags and VRs stand here rather than in a dictionary look-up:
 * the exporter uses few of them and decides each value's form itself (lengths, character repertoire).
 */
interface DataElement {
  readonly vr: Vr;
  readonly Value: readonly unknown[];
}
export type Dataset = Record<string, DataElement>;
type Vr =
  | 'AE'
  | 'CS'
  | 'DA'
  | 'DS'
  | 'DT'
  | 'FL'
  | 'IS'
  | 'LO'
  | 'OB'
  | 'PN'
  | 'SH'
  | 'SQ'
  | 'ST'
  | 'TM'
  | 'UI'
  | 'US'
  | 'UT';

const attributes = {
  SpecificCharacterSet: ['00080005', 'CS'],
  ImageType: ['00080008', 'CS'],
  InstanceCreationDate: ['00080012', 'DA'],
  InstanceCreationTime: ['00080013', 'TM'],
  SOPClassUID: ['00080016', 'UI'],
  SOPInstanceUID: ['00080018', 'UI'],
  StudyDate: ['00080020', 'DA'],
  SeriesDate: ['00080021', 'DA'],
  ContentDate: ['00080023', 'DA'],
  StudyTime: ['00080030', 'TM'],
  SeriesTime: ['00080031', 'TM'],
  ContentTime: ['00080033', 'TM'],
  AccessionNumber: ['00080050', 'SH'],
  Modality: ['00080060', 'CS'],
  ConversionType: ['00080064', 'CS'],
  Manufacturer: ['00080070', 'LO'],
  InstitutionName: ['00080080', 'LO'],
  ReferringPhysicianName: ['00080090', 'PN'],
  CodeValue: ['00080100', 'SH'],
  CodingSchemeDesignator: ['00080102', 'SH'],
  CodeMeaning: ['00080104', 'LO'],
  MappingResource: ['00080105', 'CS'],
  CodingSchemeIdentificationSequence: ['00080110', 'SQ'],
  CodingSchemeName: ['00080115', 'ST'],
  CodingSchemeResponsibleOrganization: ['00080116', 'ST'],
  StudyDescription: ['00081030', 'LO'],
  SeriesDescription: ['0008103E', 'LO'],
  ManufacturerModelName: ['00081090', 'LO'],
  ReferencedPerformedProcedureStepSequence: ['00081111', 'SQ'],
  ReferencedSeriesSequence: ['00081115', 'SQ'],
  ReferencedSOPClassUID: ['00081150', 'UI'],
  ReferencedSOPInstanceUID: ['00081155', 'UI'],
  ReferencedFrameNumber: ['00081160', 'IS'],
  ReferencedSOPSequence: ['00081199', 'SQ'],
  PatientName: ['00100010', 'PN'],
  PatientID: ['00100020', 'LO'],
  PatientBirthDate: ['00100030', 'DA'],
  PatientSex: ['00100040', 'CS'],
  BodyPartExamined: ['00180015', 'CS'],
  DeviceSerialNumber: ['00181000', 'LO'],
  DateOfSecondaryCapture: ['00181012', 'DA'],
  TimeOfSecondaryCapture: ['00181014', 'TM'],
  SoftwareVersions: ['00181020', 'LO'],
  StudyInstanceUID: ['0020000D', 'UI'],
  SeriesInstanceUID: ['0020000E', 'UI'],
  StudyID: ['00200010', 'SH'],
  SeriesNumber: ['00200011', 'IS'],
  InstanceNumber: ['00200013', 'IS'],
  PatientOrientation: ['00200020', 'CS'],
  SamplesPerPixel: ['00280002', 'US'],
  PhotometricInterpretation: ['00280004', 'CS'],
  PlanarConfiguration: ['00280006', 'US'],
  Rows: ['00280010', 'US'],
  Columns: ['00280011', 'US'],
  BitsAllocated: ['00280100', 'US'],
  BitsStored: ['00280101', 'US'],
  HighBit: ['00280102', 'US'],
  PixelRepresentation: ['00280103', 'US'],
  MeasurementUnitsCodeSequence: ['004008EA', 'SQ'],
  RelationshipType: ['0040A010', 'CS'],
  VerifyingOrganization: ['0040A027', 'LO'],
  VerificationDateTime: ['0040A030', 'DT'],
  ValueType: ['0040A040', 'CS'],
  ConceptNameCodeSequence: ['0040A043', 'SQ'],
  ContinuityOfContent: ['0040A050', 'CS'],
  VerifyingObserverSequence: ['0040A073', 'SQ'],
  VerifyingObserverName: ['0040A075', 'PN'],
  VerifyingObserverIdentificationCodeSequence: ['0040A088', 'SQ'],
  DateTime: ['0040A120', 'DT'],
  PersonName: ['0040A123', 'PN'],
  UID: ['0040A124', 'UI'],
  TextValue: ['0040A160', 'UT'],
  ConceptCodeSequence: ['0040A168', 'SQ'],
  MeasuredValueSequence: ['0040A300', 'SQ'],
  NumericValue: ['0040A30A', 'DS'],
  PerformedProcedureCodeSequence: ['0040A372', 'SQ'],
  CurrentRequestedProcedureEvidenceSequence: ['0040A375', 'SQ'],
  CompletionFlag: ['0040A491', 'CS'],
  VerificationFlag: ['0040A493', 'CS'],
  PreliminaryFlag: ['0040A496', 'CS'],
  ContentTemplateSequence: ['0040A504', 'SQ'],
  ContentSequence: ['0040A730', 'SQ'],
  TemplateIdentifier: ['0040DB00', 'CS'],
  GraphicData: ['00700022', 'FL'],
  GraphicType: ['00700023', 'CS'],
  ReferencedFrameOfReferenceUID: ['30060024', 'UI'],
  PixelData: ['7FE00010', 'OB'],
} as const satisfies Record<string, readonly [string, Vr]>;

export type Keyword = keyof typeof attributes;
export const tagOf = (keyword: Keyword): string => attributes[keyword][0];

/** A value or list of values per attribute; an empty list writes the attribute without a value (type 2). */
export function dataset(values: Partial<Record<Keyword, unknown>>): Dataset {
  const out: Dataset = {};
  for (const [keyword, value] of Object.entries(values)) {
    if (value === undefined) continue;
    const [tag, vr] = attributes[keyword as Keyword];
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    out[tag] = { vr, Value: list.filter((v) => v !== '') };
  }
  return out;
}

/** The values of an attribute of a data set in dcmjs's form; empty where it is absent. */
export const valuesOf = (item: Dataset, keyword: Keyword): readonly unknown[] =>
  item[tagOf(keyword)]?.Value ?? [];

export const itemsOf = (item: Dataset, keyword: Keyword): readonly Dataset[] =>
  valuesOf(item, keyword) as readonly Dataset[];
