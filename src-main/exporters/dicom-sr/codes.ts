/** A coded concept: value, coding scheme designator, meaning (PS3.3 8.8). */
export interface Code {
  readonly value: string;
  readonly scheme: string;
  readonly meaning: string;
}
const code =
  (scheme: string) =>
  (value: string, meaning: string): Code => ({ value, scheme, meaning });
const dcm = code('DCM');
const sct = code('SCT');
const ucum = code('UCUM');
const ncit = code('NCIt');
const own = code('99REGIO');

/** Concept names of TID 1500 and what it includes (PS3.16 annex A and D). */
export const concepts = {
  report: dcm('126000', 'Imaging Measurement Report'),
  language: dcm('121049', 'Language of Content Item and Descendants'),
  observerType: dcm('121005', 'Observer Type'),
  personObserverName: dcm('121008', 'Person Observer Name'),
  personObserverOrganization: dcm('121009', "Person Observer's Organization Name"),
  personObserverRole: dcm('121011', "Person Observer's Role in this Procedure"),
  identifierWithinRole: dcm('128775', "Identifier within Person Observer's Role"),
  deviceObserverUid: dcm('121012', 'Device Observer UID'),
  deviceObserverName: dcm('121013', 'Device Observer Name'),
  deviceObserverManufacturer: dcm('121014', 'Device Observer Manufacturer'),
  deviceObserverModelName: dcm('121015', 'Device Observer Model Name'),
  deviceObserverSerialNumber: dcm('121016', 'Device Observer Serial Number'),
  procedureReported: dcm('121058', 'Procedure reported'),
  imageLibrary: dcm('111028', 'Image Library'),
  imageLibraryGroup: dcm('126200', 'Image Library Group'),
  modality: dcm('121139', 'Modality'),
  targetRegion: dcm('123014', 'Target Region'),
  frameOfReferenceUid: dcm('112227', 'Frame of Reference UID'),
  pixelDataRows: dcm('110910', 'Pixel Data Rows'),
  pixelDataColumns: dcm('110911', 'Pixel Data Columns'),
  imagingMeasurements: dcm('126010', 'Imaging Measurements'),
  qualitativeEvaluations: code('UMLS')('C0034375', 'Qualitative Evaluations'),
  measurementGroup: dcm('125007', 'Measurement Group'),
  trackingIdentifier: dcm('112039', 'Tracking Identifier'),
  trackingUid: dcm('112040', 'Tracking Unique Identifier'),
  finding: dcm('121071', 'Finding'),
  findingSite: sct('363698007', 'Finding Site'),
  laterality: sct('272741003', 'Laterality'),
  measurementMethod: sct('370129005', 'Measurement Method'),
  algorithmName: dcm('111001', 'Algorithm Name'),
  algorithmVersion: dcm('111003', 'Algorithm Version'),
  algorithmParameters: dcm('111002', 'Algorithm Parameters'),
  imageRegion: dcm('111030', 'Image Region'),
  sourceImage: dcm('121324', 'Source Image'),
  volumeSurface: dcm('121231', 'Volume Surface'),
  sourceSeries: dcm('121232', 'Source series for segmentation'),
  longAxis: sct('103339001', 'Long Axis'),
  shortAxis: sct('103340004', 'Short Axis'),
  volume: sct('118565006', 'Volume'),
  area: sct('42798000', 'Area'),
  attenuation: dcm('112031', 'Attenuation Coefficient'),
  derivation: dcm('121401', 'Derivation'),
  comment: dcm('121106', 'Comment'),
  extentLeftRight: own('EXTENT-LR', 'Box extent left-right'),
  extentFrontBack: own('EXTENT-AP', 'Box extent anterior-posterior'),
  extentHeadFoot: own('EXTENT-SI', 'Box extent superior-inferior'),
  extentColumns: own('EXTENT-X', 'Box extent along image columns axis'),
  extentRows: own('EXTENT-Y', 'Box extent along image rows axis'),
  objectness: own('OBJECTNESS', 'Objectness score'),
  longest3d: own('LONGEST-3D', 'Longest diameter in any direction'),
  greyValue: own('GREY-VALUE', 'Grey value'),
  priorDate: own('PRIOR-DATE', 'Date of earlier study of the same lesion'),
  priorStudy: own('PRIOR-STUDY', 'Earlier study of the same lesion'),
  priorDistance: own('PRIOR-DISTANCE', 'Distance from earlier lesion once registered'),
  priorLongAxis: own('PRIOR-LONG', 'Long axis in earlier study'),
  priorShortAxis: own('PRIOR-SHORT', 'Short axis in earlier study'),
  priorVolume: own('PRIOR-VOLUME', 'Volume in earlier study'),
  priorInterval: own('PRIOR-INTERVAL', 'Time since earlier study'),
  longAxisChange: own('CHANGE-LONG', 'Change of long axis'),
  longAxisChangePart: own('CHANGE-LONG-PC', 'Change of long axis, relative'),
  volumeChangePart: own('CHANGE-VOL-PC', 'Change of volume, relative'),
  doublingTime: own('DOUBLING-TIME', 'Volume doubling time'),
  changeText: own('CHANGE', 'Change since earlier study'),
  proposalLabel: own('LABEL', 'Label'),
  reviewDecision: own('DECISION', 'Review decision'),
  rejectionReason: own('REJECTION', 'Reason for rejection'),
  location: own('LOCATION', 'Location'),
  appearance: own('APPEARANCE', 'Appearance'),
  assessmentContext: own('CONTEXT', 'Context of assessment'),
  readerConfidence: own('CONFIDENCE', "Reader's confidence"),
  assessmentCategory: own('CATEGORY', 'Assessment category'),
  decisionTime: own('DECIDED-AT', 'Date and time of decision (UTC)'),
  rejectedProposal: own('REJECTED-PROP', 'Rejected proposal'),
  uncertainProposal: own('UNCERTAIN-PROP', 'Uncertain proposal'),
} as const;

export const values = {
  english: code('RFC5646')('en-US', 'English (United States)'),
  person: dcm('121006', 'Person'),
  device: dcm('121007', 'Device'),
  outlineAxes: own('OUTLINE-AXES', 'Axes of outline in one plane'),
  outlineVoxels: own('OUTLINE-VOXELS', 'Voxels of outline'),
  mean: sct('373098007', 'Mean'),
  standardDeviation: sct('386136009', 'Standard Deviation'),
  longestBoxEdge: own('BOX-EDGE', 'Longest edge of bounding box'),
} as const;

/** CID 7453, performing roles: what somebody was in a reading. */
export const performingRoles = {
  reader: ncit('C28747', 'Reader'),
  adjudicator: ncit('C96561', 'Adjudicator'),
} as const;

export const units = {
  millimeter: ucum('mm', 'millimeter'),
  pixels: ucum('{pixels}', 'Pixels'),
  squareMillimeter: ucum('mm2', 'square millimeter'),
  cubicMillimeter: ucum('mm3', 'cubic millimeter'),
  hounsfield: ucum("[hnsf'U]", 'Hounsfield unit'),
  noUnits: ucum('1', 'no units'),
  percent: ucum('%', 'percent'),
  day: ucum('d', 'day'),
  zeroToOne: ucum('{0:1}', 'range: 0:1'),
} as const;

export const ownScheme = {
  designator: '99REGIO',
  name: 'Regio concepts',
  organization: 'The Regio authors',
} as const;

export const verdictCodes = {
  pending: own('PENDING', 'Not reviewed'),
  accepted: own('ACCEPTED', 'Accepted'),
  rejected: own('REJECTED', 'Rejected'),
  uncertain: own('UNCERTAIN', 'Uncertain'),
  edited: own('EDITED', 'Accepted, corrected'),
  added: own('ADDED', 'Added by reader'),
} as const;

/** Findings by the model's label; anything else is a lesion with its label beside it. */
const findings: readonly (readonly [RegExp, Code])[] = [
  [/tumou?r|neoplasm/, sct('108369006', 'Neoplasm')],
  [/nodule/, sct('27925004', 'Nodule')],
  [/mass/, sct('4147007', 'Mass')],
  [/ha?emorrhage/, sct('50960005', 'Hemorrhage')],
];
export const findingCode = (label: string): Code =>
  findings.find(([pattern]) => pattern.test(label.toLowerCase()))?.[1] ?? sct('52988006', 'Lesion');

const regions: readonly (readonly [RegExp, Code])[] = [
  [/BRAIN/, sct('12738006', 'Brain')],
  [/HEAD|SKULL/, sct('69536005', 'Head')],
  [/LUNG/, sct('39607008', 'Lung')],
  [/CHEST|THORAX/, sct('51185008', 'Chest')],
  [/BREAST/, sct('76752008', 'Breast')],
  [/COLON|BOWEL/, sct('71854001', 'Colon')],
  [/RETINA|FUNDUS/, sct('5665001', 'Retina')],
  [/EYE/, sct('81745001', 'Eye')],
  [/ABDOMEN/, sct('818981001', 'Abdomen')],
];
export const regionCode = (bodyPart: string): Code | null =>
  regions.find(([pattern]) => pattern.test(bodyPart.toUpperCase()))?.[1] ?? null;

/** CID 244 laterality, of the sides that a reader names. */
const sides: Readonly<Record<string, Code>> = {
  left: sct('7771000', 'Left'),
  right: sct('24028007', 'Right'),
  'both-sides': sct('51440002', 'Right and left'),
  'left-eye': sct('7771000', 'Left'),
  'right-eye': sct('24028007', 'Right'),
};
export const lateralityCode = (side: string | undefined): Code | null => sides[side ?? ''] ?? null;

/** Lobes of the lung, which hold their side. */
const lobes: Readonly<Record<string, Code>> = {
  'right upper-lobe': sct('42400003', 'Upper lobe of right lung'),
  'right middle-lobe': sct('72481006', 'Middle lobe of right lung'),
  'right lower-lobe': sct('266005', 'Lower lobe of right lung'),
  'left upper-lobe': sct('44714003', 'Upper lobe of left lung'),
  'left lingula': sct('50837003', 'Lingula of left lung'),
  'left lower-lobe': sct('41224006', 'Lower lobe of left lung'),
};
export const lobeCode = (side: string | undefined, lobe: string | undefined): Code | null =>
  lobes[`${side} ${lobe}`] ?? null;

/** CID 29 acquisition modalities. */
export const modalityCode = (modality: string): Code =>
  dcm(
    modality,
    {
      CT: 'Computed Tomography',
      MR: 'Magnetic Resonance',
      MG: 'Mammography',
      US: 'Ultrasound',
      ES: 'Endoscopy',
      OP: 'Ophthalmic Photography',
    }[modality] ?? 'Other',
  );

export function procedureCode(modality: string): Code {
  switch (modality) {
    case 'CT':
      return sct('77477000', 'Computed tomography');
    case 'MR':
      return sct('113091000', 'Magnetic resonance imaging');
    case 'MG':
      return sct('71651007', 'Mammography');
    case 'US':
      return sct('16310003', 'Ultrasonography');
    case 'ES':
      return sct('423827005', 'Endoscopy');
    default:
      return sct('363679005', 'Imaging procedure');
  }
}
