import type { Code } from './codes';
import { dataset, type Dataset, type Keyword } from './dataset';
import { decimalString, longString, personName, shortString, unlimitedText, utcDateAndTime } from './values';

/** SR content items (PS3.3 C.17.3), each a small data set. */
export type Relationship =
  'CONTAINS' | 'HAS CONCEPT MOD' | 'HAS OBS CONTEXT' | 'HAS ACQ CONTEXT' | 'SELECTED FROM';

/** What points at an image: one frame of it where `frame` (1-based) is not null. */
export interface ImageReference {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly frame: number | null;
}

export const codeItem = (c: Code): Dataset =>
  dataset({
    CodeValue: shortString(c.value),
    CodingSchemeDesignator: shortString(c.scheme),
    CodeMeaning: longString(c.meaning),
  });

/**
 * dcmjs (and what is built on it, OHIF among it) reads nested items as Latin-1 unless the item itself names its character
 * set, which PS3.3 C.12.1.1.2 allows.
 */
const isAscii = (values: object): boolean =>
  // eslint-disable-next-line no-control-regex -- ASCII has control characters
  Object.values(values).every((value) => typeof value !== 'string' || /^[\u0000-\u007f]*$/.test(value));

function item(
  relationship: Relationship,
  valueType: string,
  name: Code | null,
  values: Partial<Record<Keyword, unknown>>,
  children: readonly Dataset[] = [],
): Dataset {
  return dataset({
    SpecificCharacterSet: isAscii(values) ? undefined : 'ISO_IR 192',
    RelationshipType: relationship,
    ValueType: valueType,
    ConceptNameCodeSequence: name === null ? undefined : codeItem(name),
    ...values,
    ContentSequence: children.length > 0 ? children : undefined,
  });
}

export const text = (rel: Relationship, name: Code, value: string): Dataset =>
  item(rel, 'TEXT', name, { TextValue: unlimitedText(value) });

export const coded = (
  rel: Relationship,
  name: Code,
  value: Code,
  children: readonly Dataset[] = [],
): Dataset => item(rel, 'CODE', name, { ConceptCodeSequence: codeItem(value) }, children);

export const uidRef = (rel: Relationship, name: Code, uid: string): Dataset =>
  item(rel, 'UIDREF', name, { UID: uid });

export const person = (rel: Relationship, name: Code, value: string): Dataset =>
  item(rel, 'PNAME', name, { PersonName: personName(value) });

/** DCMTK 3.6.7 refuses a DATETIME with the offset +0000, so the concept's name says that it is UTC. */
export const utcInstant = (rel: Relationship, name: Code, iso: string): Dataset =>
  item(rel, 'DATETIME', name, { DateTime: Object.values(utcDateAndTime(iso)).join('') });

export const num = (
  rel: Relationship,
  name: Code,
  value: number,
  unit: Code,
  children: readonly Dataset[] = [],
): Dataset =>
  item(
    rel,
    'NUM',
    name,
    {
      MeasuredValueSequence: dataset({
        MeasurementUnitsCodeSequence: codeItem(unit),
        NumericValue: decimalString(value),
      }),
    },
    children,
  );

export const referencedSop = (image: ImageReference): Dataset =>
  dataset({
    ReferencedSOPClassUID: image.sopClassUid,
    ReferencedSOPInstanceUID: image.sopInstanceUid,
    ReferencedFrameNumber: image.frame === null ? undefined : String(image.frame),
  });

export const imageItem = (rel: Relationship, name: Code | null, image: ImageReference): Dataset =>
  item(rel, 'IMAGE', name, { ReferencedSOPSequence: referencedSop(image) });

/** Spatial coordinates in pixels of one image, PS3.3 C.18.6: the top left pixel's outer corner is 0, 0. */
export const scoord = (
  name: Code,
  graphicType: 'POLYLINE',
  points: readonly number[],
  on: Dataset,
): Dataset => item('CONTAINS', 'SCOORD', name, { GraphicType: graphicType, GraphicData: [...points] }, [on]);

/** Spatial coordinates in LPS mm of a frame of reference, PS3.3 C.18.9. */
export const scoord3d = (
  name: Code,
  graphicType: 'ELLIPSOID',
  points: readonly number[],
  frameOfReferenceUid: string,
): Dataset =>
  item('CONTAINS', 'SCOORD3D', name, {
    GraphicType: graphicType,
    GraphicData: [...points],
    ReferencedFrameOfReferenceUID: frameOfReferenceUid,
  });

/** A container, with the template it follows where that is named. */
export const container = (
  rel: Relationship,
  name: Code,
  children: readonly Dataset[],
  templateIdentifier?: string,
): Dataset => item(rel, 'CONTAINER', name, containerValues(templateIdentifier), children);

export const containerValues = (templateIdentifier?: string): Partial<Record<Keyword, unknown>> => ({
  ContinuityOfContent: 'SEPARATE',
  ContentTemplateSequence:
    templateIdentifier === undefined
      ? undefined
      : dataset({ MappingResource: 'DCMR', TemplateIdentifier: templateIdentifier }),
});
