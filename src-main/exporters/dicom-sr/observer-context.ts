import { decidedBy } from '../../core/report/report-double';
import { modelName, modelsOf } from '../../core/report/wording';
import type { Report } from '../../core/report/report';
import type { Finding } from '../../core/study/entities';
import { concepts, performingRoles, values, type Code } from './codes';
import { coded, person, text, uidRef } from './content-items';
import type { Dataset } from './dataset';
import { uidFromName } from './uid';
import { personName, unlimitedText } from './values';

const rel = 'HAS OBS CONTEXT';
const manufacturer = 'The Regio authors';

interface PersonObserver {
  readonly name: string;
  readonly organization: string;
  /** Null: not said. */
  readonly role: Code | null;
  /** Which of several in one role, as they are numbered in the report. */
  readonly number: number | null;
}

/** TID 1003, person observer: name, organisation, role in this procedure and which one in that role. */
function personObserver({ name, organization, role, number }: PersonObserver): Dataset[] {
  if (personName(name) === '') return [];
  const which =
    number === null ? [] : [text('HAS CONCEPT MOD', concepts.identifierWithinRole, String(number))];
  return [
    coded(rel, concepts.observerType, values.person),
    person(rel, concepts.personObserverName, name),
    ...(unlimitedText(organization).trim() === ''
      ? []
      : [text(rel, concepts.personObserverOrganization, organization)]),
    ...(role === null ? [] : [coded(rel, concepts.personObserverRole, role, which)]),
  ];
}

/**
 * Who read a study: of a double reading both readers, numbered, and a third who adjudicated. A consensus is of the
 * readers themselves: TID 1003 has one role a person, so they stay readers and the remarks tell of it.
 */
function readersOf({ double, reviewer, institution: organization }: Report): PersonObserver[] {
  if (!double) return [{ name: reviewer, organization, role: null, number: null }];
  const { readers, adjudication } = double;
  const third = adjudication?.way === 'third' ? adjudication.by : [];
  return [
    ...readers.map((name, n) => ({ name, organization, role: performingRoles.reader, number: n + 1 })),
    ...third.map((name) => ({ name, organization, role: performingRoles.adjudicator, number: null })),
  ];
}

/** Whose decision a finding is, where that is not everybody whom the report names as its observers. */
export function findingObservers(report: Report, { decision }: Finding): Dataset[] {
  const { double } = report;
  const name = personName(decision.reviewer);
  if (name === '') return [];
  const all = readersOf(report);
  if (!double) return name === personName(report.reviewer) ? [] : personObserver({ ...all[0]!, name });
  return decidedBy(double, decision).flatMap((by) => {
    const known = all.find((observer) => observer.name === by);
    return personObserver(known ?? { name: by, organization: report.institution, role: null, number: null });
  });
}

/** TID 1004, device observer. `serial` holds what tells two builds of a device apart. */
const deviceObserver = (uid: string, name: string, model: string, serial: string): Dataset[] => [
  coded(rel, concepts.observerType, values.device),
  uidRef(rel, concepts.deviceObserverUid, uid),
  text(rel, concepts.deviceObserverName, name),
  text(rel, concepts.deviceObserverManufacturer, manufacturer),
  text(rel, concepts.deviceObserverModelName, model),
  text(rel, concepts.deviceObserverSerialNumber, serial),
];

/**
 * TID 1001: who observed. Who read it as persons, each model version as a device whose serial number is its
 * version and the hash of its weights; the program itself where neither is known.
 */
export function observerContext(report: Report): Dataset[] {
  const people = readersOf(report).flatMap(personObserver);
  const devices = modelsOf(report).flatMap(({ modelId, modelVersion, modelHash }) =>
    deviceObserver(
      uidFromName('model', `${modelId}/${modelVersion}/${modelHash}`),
      modelName(report, modelId),
      modelId,
      `${modelVersion}+sha256.${modelHash}`,
    ),
  );
  const context = [...people, ...devices];
  if (context.length > 0) return context;
  return deviceObserver(
    uidFromName('software', report.softwareVersion),
    'Regio',
    'Regio',
    report.softwareVersion,
  );
}
