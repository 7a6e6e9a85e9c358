import { modelName, modelsOf } from '../../core/report/wording';
import type { Report } from '../../core/report/report';
import { concepts, values } from './codes';
import { coded, person, text, uidRef } from './content-items';
import type { Dataset } from './dataset';
import { uidFromName } from './uid';
import { personName } from './values';

const rel = 'HAS OBS CONTEXT';
const manufacturer = 'The Regio authors';

/** TID 1003, person observer. */
export const personObserver = (name: string): Dataset[] => [
  coded(rel, concepts.observerType, values.person),
  person(rel, concepts.personObserverName, name),
];

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
 * TID 1001: who observed. The reviewer as a person, each model version as a device whose serial number is its
 * version and the hash of its weights; the program itself where neither is known.
 */
export function observerContext(report: Report): Dataset[] {
  const people = personName(report.reviewer) === '' ? [] : personObserver(report.reviewer);
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
