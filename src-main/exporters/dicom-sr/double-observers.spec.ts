import { describe, expect, it } from 'vitest';
import { doubleReaders, doubleReport, thirdReader } from '../../../test-support/double-report';
import { readPart10 } from '../../../test-support/read-part10';
import {
  children,
  codeOf,
  groups,
  items,
  meaning,
  remarks,
  value,
  type ReadDataset,
} from '../../../test-support/read-sr';
import { reportFixture } from '../../../test-support/report-fixtures';
import type { Report } from '../../core/report/report';
import { tagOf, type Dataset } from './dataset';
import { missingRows } from './row-checker';
import { renderDicomSr } from '.';

const srOf = async (report: Report): Promise<ReadDataset> =>
  readPart10((await renderDicomSr(report))[0]!.bytes).dict;

/** The person observers of a container, each from its observer type on: name, organisation, role, which one. */
function people(of: ReadDataset): string[][] {
  const out: string[][] = [];
  for (const item of children(of)) {
    if (value(item, 'RelationshipType') !== 'HAS OBS CONTEXT') continue;
    if (meaning(item) === 'Observer Type') out.push([codeOf(item)]);
    else if (meaning(item) === 'Person Observer Name') out.at(-1)!.push(value(item, 'PersonName'));
    else if (meaning(item) === "Person Observer's Organization Name")
      out.at(-1)!.push(value(item, 'TextValue'));
    else if (meaning(item) === "Person Observer's Role in this Procedure") {
      const [role] = items(item, 'ConceptCodeSequence');
      const [number] = children(item);
      out
        .at(-1)!
        .push(
          `${value(role!, 'CodingSchemeDesignator')} ${value(role!, 'CodeValue')}`,
          number ? value(number, 'TextValue') : '',
        );
    }
  }
  return out.flatMap(([type, ...said]) => (type === 'Person' ? [said] : []));
}

const clinic = 'Sample Clinic';
const first = [doubleReaders[0], clinic, 'NCIt C28747', '1'];
const second = [doubleReaders[1], clinic, 'NCIt C28747', '2'];
const third = [thirdReader, clinic, 'NCIt C96561', ''];

describe('observers of a study that two people read', () => {
  it('names both as readers, numbered, and a third as adjudicator; of each finding who decided on it', async () => {
    const document = await srOf(doubleReport('ct', 'third'));
    expect(people(document)).toEqual([first, second, third]);
    const [agreed, adjudicated] = groups(document).map(people);
    expect(agreed).toEqual([first, second]);
    expect(adjudicated).toEqual([third]);
    expect(value(items(document, 'VerifyingObserverSequence')[0]!, 'VerifyingObserverName')).toBe(
      thirdReader,
    );
    expect(missingRows(document as unknown as Dataset)).toEqual([]);
  });

  it('of a consensus both stay readers, and what was settled is of both', async () => {
    const document = await srOf(doubleReport('mg', 'consensus'));
    expect(people(document)).toEqual([first, second]);
    expect(groups(document).map(people)).toEqual([
      [first, second],
      [first, second],
    ]);
    expect(remarks(document).join('\n')).toContain(
      'settled by Weber, Maria and Öztürk, Deniz in consensus from 2026-11-24 14:03 UTC.',
    );
  });

  it('who only takes the report out is no observer', async () => {
    const report = doubleReport('photo', 'agreed');
    const document = await srOf({ ...report, reviewer: 'Admin^Only', signature: null, preliminary: true });
    expect(people(document)).toEqual([first, second]);
  });

  it('one reader alone has an organisation, and no role is claimed of them', async () => {
    expect(people(await srOf(reportFixture({ source: 'ct' })))).toEqual([['Weber^Maria', clinic]]);
    expect(people(await srOf(reportFixture({ source: 'ct', institution: ' ' })))).toEqual([['Weber^Maria']]);
  });

  it('the row checker finds each observer’s name, type or role when it is gone', async () => {
    const document = await srOf(doubleReport('us', 'third'));
    const checked = ['Observer Type', 'Person Observer Name'];
    let deletions = 0;
    for (const parent of [document, ...groups(document)]) {
      const list = parent[tagOf('ContentSequence')]!.Value as ReadDataset[];
      for (const item of [...list]) {
        if (checked.includes(meaning(item))) {
          const at = list.indexOf(item);
          list.splice(at, 1);
          expect(missingRows(document as unknown as Dataset), meaning(item)).not.toEqual([]);
          list.splice(at, 0, item);
          deletions++;
        }
        if (meaning(item) !== "Person Observer's Role in this Procedure") continue;
        const code = item[tagOf('ConceptCodeSequence')]!;
        delete item[tagOf('ConceptCodeSequence')];
        expect(missingRows(document as unknown as Dataset)).not.toEqual([]);
        item[tagOf('ConceptCodeSequence')] = code;
        deletions++;
      }
    }
    // Three people and one model; two; one.
    expect(deletions).toBe(3 * 3 + 1 + 2 * 3 + 3);
    expect(missingRows(document as unknown as Dataset)).toEqual([]);
  });
});
