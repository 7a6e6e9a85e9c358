import { concepts, performingRoles, values, type Code } from './codes';
import { itemsOf, valuesOf, type Dataset, type Keyword } from './dataset';

/**
 * Checks the mandatory rows of TID 1500, 1204, 1001 to 1004, 1600, 1410 and 1411 (PS3.16 annex A), which dciodvfy does not
 * know. Returns one line for each row that is missing, empty or has another value type; no line means none.
 */
export function missingRows(document: Dataset): string[] {
  const problems: string[] = [];
  const check = (ok: boolean, row: string): void => {
    if (!ok) problems.push(row);
  };
  check(isContainer(document, concepts.report), 'TID 1500 row 1: root container');
  check(templateOf(document) === '1500', 'TID 1500: template identifier');
  check(
    rows(document, concepts.language, 'CODE', 'HAS CONCEPT MOD').length === 1,
    'TID 1204 row 1: language',
  );
  check(
    rows(document, concepts.procedureReported, 'CODE', 'HAS CONCEPT MOD').length > 0,
    'TID 1500 row 4: procedure reported',
  );
  observerProblems(document).forEach((p) => problems.push(p));
  for (const library of rows(document, concepts.imageLibrary, 'CONTAINER', 'CONTAINS')) {
    const groups = rows(library, concepts.imageLibraryGroup, 'CONTAINER', 'CONTAINS');
    check(groups.length > 0, 'TID 1600 row 2: image library group');
    for (const group of groups) {
      check(
        itemsOf(group, 'ContentSequence').some((i) => value(i, 'ValueType') === 'IMAGE' && hasReference(i)),
        'TID 1600 row 4: image library entry',
      );
    }
  }
  const measurements = rows(document, concepts.imagingMeasurements, 'CONTAINER', 'CONTAINS');
  const evaluations = rows(document, concepts.qualitativeEvaluations, 'CONTAINER', 'CONTAINS');
  check(
    measurements.length + evaluations.length > 0,
    'TID 1500 rows 6 and 12: neither measurements nor evaluations',
  );
  for (const c of [...measurements, ...evaluations]) {
    check(itemsOf(c, 'ContentSequence').length > 0, 'TID 1500 rows 6 and 12: empty container');
  }
  for (const item of measurements.flatMap((m) => itemsOf(m, 'ContentSequence'))) {
    if (isContainer(item, concepts.measurementGroup)) problems.push(...groupProblems(item));
    else problems.push('TID 1500 row 6: something else than a measurement group');
  }
  return problems;
}

function observerProblems(document: Dataset): string[] {
  const types = rows(document, concepts.observerType, 'CODE', 'HAS OBS CONTEXT');
  return [...(types.length === 0 ? ['TID 1002 row 1: observer type'] : []), ...observersIn(document)];
}

/** TID 1002 to 1004, in a document or in a measurement group: each observer begins with its type. */
function observersIn(parent: Dataset): string[] {
  const problems: string[] = [];
  let type = '';
  let missing: string | null = null;
  const end = (): void => {
    if (missing !== null) problems.push(missing);
  };
  for (const item of itemsOf(parent, 'ContentSequence')) {
    if (value(item, 'RelationshipType') !== 'HAS OBS CONTEXT') continue;
    const is = (name: Code, valueType: string): boolean =>
      named(item, name) && value(item, 'ValueType') === valueType && hasValue(item);
    if (is(concepts.observerType, 'CODE')) {
      end();
      type = value(itemsOf(item, 'ConceptCodeSequence')[0] ?? {}, 'CodeValue');
      missing =
        type === values.person.value
          ? 'TID 1003 row 1: person observer name'
          : 'TID 1004 row 1: device observer UID';
    } else if (is(concepts.personObserverName, 'PNAME') || is(concepts.deviceObserverUid, 'UIDREF')) {
      const fits = (type === values.person.value) === named(item, concepts.personObserverName);
      if (!fits || missing === null) problems.push('TID 1002 row 1: observer type');
      else missing = null;
    } else if (named(item, concepts.personObserverRole)) {
      const code = itemsOf(item, 'ConceptCodeSequence')[0];
      const known = Object.values(performingRoles).some((r) => code && value(code, 'CodeValue') === r.value);
      if (!known || type !== values.person.value || missing !== null)
        problems.push('TID 1003 row 4: role in this procedure (CID 7453)');
    } else if (named(item, concepts.personObserverOrganization) && !hasValue(item))
      problems.push("TID 1003 row 2: person observer's organisation");
  }
  end();
  return problems;
}

function groupProblems(group: Dataset): string[] {
  const problems = observersIn(group);
  const template = templateOf(group);
  const id = `TID ${template}`;
  const one = (name: Code, type: string, relationship: string, row: string): void => {
    if (rows(group, name, type, relationship).length !== 1) problems.push(`${id} ${row}`);
  };
  one(concepts.trackingIdentifier, 'TEXT', 'HAS OBS CONTEXT', 'row 2: tracking identifier');
  one(concepts.trackingUid, 'UIDREF', 'HAS OBS CONTEXT', 'row 3: tracking unique identifier');
  if (template === '1411') {
    one(concepts.volumeSurface, 'SCOORD3D', 'CONTAINS', 'row 8: volume surface');
    one(concepts.sourceSeries, 'UIDREF', 'CONTAINS', 'row 12: source series');
  } else if (template === '1410') {
    one(concepts.imageRegion, 'SCOORD', 'CONTAINS', 'row 6: image region');
    const region = rows(group, concepts.imageRegion, 'SCOORD', 'CONTAINS')[0];
    const image = region && itemsOf(region, 'ContentSequence')[0];
    const selected = image && value(image, 'RelationshipType') === 'SELECTED FROM' && hasReference(image);
    if (!selected) problems.push(`${id} row 7: image of the region`);
  } else {
    problems.push('measurement group of another template than 1410 and 1411');
  }
  for (const item of itemsOf(group, 'ContentSequence')) {
    if (value(item, 'ValueType') === 'NUM' && !hasValue(item))
      problems.push(`${id}: measurement without value and unit`);
  }
  return problems;
}

const value = (item: Dataset, keyword: Keyword): string => String(valuesOf(item, keyword)[0] ?? '');

const templateOf = (item: Dataset): string =>
  value(itemsOf(item, 'ContentTemplateSequence')[0] ?? {}, 'TemplateIdentifier');

function named(item: Dataset, name: Code): boolean {
  const code = itemsOf(item, 'ConceptNameCodeSequence')[0];
  return (
    code !== undefined &&
    value(code, 'CodeValue') === name.value &&
    value(code, 'CodingSchemeDesignator') === name.scheme
  );
}

const isContainer = (item: Dataset, name: Code): boolean =>
  value(item, 'ValueType') === 'CONTAINER' && named(item, name);

function rows(parent: Dataset, name: Code, valueType: string, relationship: string): Dataset[] {
  return itemsOf(parent, 'ContentSequence').filter(
    (item) =>
      named(item, name) &&
      value(item, 'ValueType') === valueType &&
      value(item, 'RelationshipType') === relationship &&
      hasValue(item),
  );
}

/** Whether an item holds what its value type asks for (PS3.3 C.17.3.2). */
function hasValue(item: Dataset): boolean {
  const filled = (keyword: Keyword): boolean =>
    valuesOf(item, keyword).length > 0 && value(item, keyword) !== '';
  switch (value(item, 'ValueType')) {
    case 'CONTAINER':
      return filled('ContinuityOfContent');
    case 'TEXT':
      return filled('TextValue');
    case 'CODE':
      return filled('ConceptCodeSequence');
    case 'UIDREF':
      return filled('UID');
    case 'PNAME':
      return filled('PersonName');
    case 'DATETIME':
      return filled('DateTime');
    case 'IMAGE':
      return hasReference(item);
    case 'SCOORD':
      return filled('GraphicType') && valuesOf(item, 'GraphicData').length >= 2;
    case 'SCOORD3D':
      return (
        filled('GraphicType') &&
        filled('ReferencedFrameOfReferenceUID') &&
        valuesOf(item, 'GraphicData').length >= 3
      );
    case 'NUM': {
      const measured = itemsOf(item, 'MeasuredValueSequence')[0];
      return (
        measured !== undefined &&
        value(measured, 'NumericValue') !== '' &&
        itemsOf(measured, 'MeasurementUnitsCodeSequence').length === 1
      );
    }
    default:
      return false;
  }
}

function hasReference(item: Dataset): boolean {
  const reference = itemsOf(item, 'ReferencedSOPSequence')[0];
  return (
    reference !== undefined &&
    value(reference, 'ReferencedSOPClassUID') !== '' &&
    value(reference, 'ReferencedSOPInstanceUID') !== ''
  );
}
