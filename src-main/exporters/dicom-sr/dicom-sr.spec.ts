import { describe, expect, it } from 'vitest';
import { readPart10 } from '../../../test-support/read-part10';
import {
  child,
  children,
  codeOf,
  groups,
  items,
  meaning,
  numberOf,
  remarks,
  value,
  type ReadDataset,
} from '../../../test-support/read-sr';
import {
  fixtureHash,
  fixturePicture,
  namesOfTheWorld,
  reportFixture,
  type ReportFixtureOptions,
} from '../../../test-support/report-fixtures';
import type { Report } from '../../core/report/report';
import { tagOf, type Dataset } from './dataset';
import { missingRows } from './row-checker';
import { renderDicomSr } from '.';

const srOf = async (report: Report): Promise<ReadDataset> =>
  readPart10((await renderDicomSr(report))[0]!.bytes).dict;
const sr = (options: ReportFixtureOptions): Promise<ReadDataset> => srOf(reportFixture(options));

/** Every data element of a data set and its items, as [tag, element]. */
function* elements(set: ReadDataset): Generator<[string, ReadDataset[string]]> {
  for (const [tag, element] of Object.entries(set)) {
    yield [tag, element];
    if (element.vr === 'SQ') for (const item of element.Value) yield* elements(item as ReadDataset);
  }
}

describe('DICOM SR', () => {
  it('is a Part 10 file with a zero preamble, explicit VR little endian, UTF-8', async () => {
    const [{ bytes, name }] = (await renderDicomSr(reportFixture({ source: 'ct' }))) as [
      { bytes: Uint8Array; name: string },
    ];
    expect(name).toBe('regio-report-fixture-ct-1-sr.dcm');
    expect(bytes.subarray(0, 128).every((byte) => byte === 0)).toBe(true);
    const { meta, dict } = readPart10(bytes);
    expect(meta['00020010']!.Value).toEqual(['1.2.840.10008.1.2.1']);
    expect(meta['00020003']!.Value).toEqual(dict['00080018']!.Value);
    expect(dict['00080005']!.Value).toEqual(['ISO_IR 192']);
    expect(dict['00080016']!.Value).toEqual(['1.2.840.10008.5.1.4.1.1.88.34']);
  });

  it('carries the identity of the source unchanged', async () => {
    for (const source of ['ct', 'nrrd', 'mg', 'us', 'photo'] as const) {
      for (const { name } of Object.values(namesOfTheWorld)) {
        const report = reportFixture({ source, patient: { name, id: 'Ä-007/ß' } });
        for (const { bytes } of await renderDicomSr(report)) {
          const { dict } = readPart10(bytes);
          const groups = dict['00100010']!.Value[0] as Record<string, string>;
          expect(
            ['Alphabetic', 'Ideographic', 'Phonetic']
              .map((g) => groups[g])
              .filter(Boolean)
              .join('='),
          ).toBe(name);
          expect(value(dict, 'PatientID')).toBe('Ä-007/ß');
          expect(value(dict, 'PatientBirthDate')).toBe('19610415');
          expect(value(dict, 'PatientSex')).toBe('F');
          expect(value(dict, 'StudyInstanceUID')).toBe(report.studyInstanceUid);
        }
      }
    }
    expect(value(await sr({ source: 'ct' }), 'AccessionNumber')).toBe('ACC-77');
  });

  it('keeps UTF-8 in nested items exactly', async () => {
    for (const { name, comment } of Object.values(namesOfTheWorld)) {
      const document = await sr({ source: 'ct', findings: 2, comment, reviewer: name.split('=')[0]! });
      expect(value(child(groups(document)[1]!, 'Comment'), 'TextValue')).toBe(comment);
      expect(value(child(document, 'Person Observer Name'), 'PersonName')).toBe(name.split('=')[0]);
      const verifier = items(document, 'VerifyingObserverSequence')[0]!;
      expect(value(verifier, 'VerifyingObserverName')).toBe(name.split('=')[0]);
    }
  });

  it('describes a volume finding by TID 1411 in the source’s frame of reference', async () => {
    const report = reportFixture({ source: 'ct', findings: 40 });
    const document = await srOf(report);
    expect(groups(document)).toHaveLength(40);
    groups(document).forEach((group, i) => {
      const { place, score } = report.findings[i]!;
      if (place.space !== 'lps') throw new Error('not a volume');
      expect(value(items(group, 'ContentTemplateSequence')[0]!, 'TemplateIdentifier')).toBe('1411');
      const surface = child(group, 'Volume Surface');
      expect(value(surface, 'GraphicType')).toBe('ELLIPSOID');
      expect(value(surface, 'ReferencedFrameOfReferenceUID')).toBe(
        report.series[0]!.dicom!.frameOfReferenceUid,
      );
      const points = surface[tagOf('GraphicData')]!.Value as number[];
      expect(points).toHaveLength(18);
      for (const axis of [0, 1, 2]) {
        const along = points.filter((_, n) => n % 3 === axis);
        expect(Math.abs(Math.min(...along) - place.boxLps[axis]!)).toBeLessThan(1e-3);
        expect(Math.abs(Math.max(...along) - place.boxLps[axis + 3]!)).toBeLessThan(1e-3);
      }
      expect(value(child(group, 'Source series for segmentation'), 'UID')).toBe(
        report.series[0]!.seriesInstanceUid,
      );
      expect(numberOf(child(group, 'Objectness score'))).toEqual([score, '{0:1}']);
      expect(numberOf(child(group, 'Long Axis'))[1]).toBe('mm');
      expect(codeOf(child(group, 'Review decision'))).toBe('Accepted');
    });
    const trackingUids = groups(document).map((group) =>
      value(child(group, 'Tracking Unique Identifier'), 'UID'),
    );
    expect(new Set(trackingUids).size).toBe(40);
    const library = child(child(document, 'Image Library'), 'Image Library Group');
    expect(children(library, 'Source Image')).toHaveLength(40);
  });

  it('gives volumes without DICOM a frame of reference of their own, always the same', async () => {
    const [a, b] = [await sr({ source: 'nrrd' }), await sr({ source: 'nrrd', findings: 2 })];
    const uids = [a, b].map((d) =>
      value(child(groups(d)[0]!, 'Volume Surface'), 'ReferencedFrameOfReferenceUID'),
    );
    expect(uids[0]).toMatch(/^2\.25\.\d{30,39}$/);
    expect(uids[1]).toBe(uids[0]);
    expect(children(a, 'Image Library')).toEqual([]);
    expect(a[tagOf('CurrentRequestedProcedureEvidenceSequence')]).toBeUndefined();
  });

  it('describes an image finding by TID 1410 on the very frame', async () => {
    const report = reportFixture({ source: 'us', findings: 3 });
    const group = groups(await srOf(report))[2]!;
    expect(value(items(group, 'ContentTemplateSequence')[0]!, 'TemplateIdentifier')).toBe('1410');
    const region = child(group, 'Image Region');
    expect(region[tagOf('GraphicData')]!.Value).toEqual([24, 34.5, 66, 34.5, 66, 65.75, 24, 65.75, 24, 34.5]);
    const reference = items(child(region, 'Source Image'), 'ReferencedSOPSequence')[0]!;
    expect(value(reference, 'ReferencedSOPInstanceUID')).toBe(
      report.series[0]!.dicom!.instances[2]!.sopInstanceUid,
    );
    expect(value(reference, 'ReferencedFrameNumber')).toBe('3');
    expect(numberOf(child(group, 'Long Axis'))).toEqual([42, '{pixels}']);
    expect(numberOf(child(groups(await sr({ source: 'mg' }))[0]!, 'Long Axis'))).toEqual([4, 'mm']);
  });

  it('writes a photograph as Secondary Capture, which the coordinates refer to', async () => {
    const report = reportFixture({ source: 'photo', findings: 2 });
    const files = await renderDicomSr(report);
    expect(files.map((f) => f.name)).toEqual([
      'regio-report-fixture-photo-2-sr.dcm',
      'regio-report-fixture-photo-2-image-1.dcm',
    ]);
    const [document, picture] = files.map((f) => readPart10(f.bytes).dict) as [ReadDataset, ReadDataset];
    const reference = items(
      child(child(groups(document)[0]!, 'Image Region'), 'Source Image'),
      'ReferencedSOPSequence',
    )[0]!;
    expect(value(reference, 'ReferencedSOPInstanceUID')).toBe(value(picture, 'SOPInstanceUID'));
    const evidence = items(document, 'CurrentRequestedProcedureEvidenceSequence')[0]!;
    expect(value(evidence, 'StudyInstanceUID')).toBe(value(picture, 'StudyInstanceUID'));
    expect(value(items(evidence, 'ReferencedSeriesSequence')[0]!, 'SeriesInstanceUID')).toBe(
      value(picture, 'SeriesInstanceUID'),
    );
    const { rgba } = fixturePicture(320, 240, 0);
    const pixels = new Uint8Array(picture[tagOf('PixelData')]!.Value[0] as ArrayBuffer);
    expect(Buffer.from(pixels)).toEqual(Buffer.from(rgba.filter((_, i) => i % 4 !== 3)));
  });

  it('refuses a photograph’s finding without its picture', async () => {
    const report = { ...reportFixture({ source: 'photo' }), frames: new Map() };
    await expect(renderDicomSr(report)).rejects.toMatchObject({ code: 'export.failed' });
  });

  it('names the reviewer as person and the model as device, with its hash', async () => {
    const document = await sr({ source: 'ct' });
    const observers = children(document).filter(
      (item) => value(item, 'RelationshipType') === 'HAS OBS CONTEXT',
    );
    expect(
      observers.map((item) => [meaning(item), value(item, 'TextValue') || value(item, 'PersonName')]),
    ).toEqual([
      ['Observer Type', ''],
      ['Person Observer Name', 'Weber^Maria'],
      ["Person Observer's Organization Name", 'Sample Clinic'],
      ['Observer Type', ''],
      ['Device Observer UID', ''],
      ['Device Observer Name', 'Brain MR tumour detector'],
      ['Device Observer Manufacturer', 'The Regio authors'],
      ['Device Observer Model Name', 'brain-mr-tumour'],
      ['Device Observer Serial Number', `1.2.0+sha256.${fixtureHash}`],
    ]);
    const other = reportFixture({ source: 'ct', reviewer: 'Weber^Maria' });
    const finding = {
      ...other.findings[0]!,
      decision: { ...other.findings[0]!.decision, reviewer: 'Second^Reader' },
    };
    const group = groups(await srOf({ ...other, findings: [finding] }))[0]!;
    expect(value(child(group, 'Person Observer Name'), 'PersonName')).toBe('Second^Reader');
    const alone = await srOf({ ...other, reviewer: '', resultSets: [] });
    expect(value(child(alone, 'Device Observer Model Name'), 'TextValue')).toBe('Regio');
  });

  it('is verified only by a named reviewer with nothing pending', async () => {
    const flags = async (options: ReportFixtureOptions): Promise<string[]> => {
      const document = await sr(options);
      const verifier = items(document, 'VerifyingObserverSequence')[0];
      const name = verifier ? value(verifier, 'VerifyingObserverName') : '';
      return [value(document, 'CompletionFlag'), value(document, 'VerificationFlag'), name];
    };
    expect(await flags({ source: 'ct' })).toEqual(['COMPLETE', 'VERIFIED', 'Weber^Maria']);
    expect(await flags({ source: 'ct', reviewer: ' ' })).toEqual(['COMPLETE', 'UNVERIFIED', '']);
    expect(await flags({ source: 'ct', findings: ['accepted', 'pending'] })).toEqual([
      'PARTIAL',
      'UNVERIFIED',
      '',
    ]);
  });

  it('holds only the reader’s findings as groups of a verified report', async () => {
    const decided = await sr({
      source: 'mg',
      findings: ['accepted', 'rejected', 'uncertain', 'edited', 'added'],
    });
    const decisions = (d: ReadDataset): string[] =>
      groups(d).map((group) => codeOf(child(group, 'Review decision')));
    expect(decisions(decided)).toEqual(['Accepted', 'Accepted, corrected', 'Added by reader']);
    expect(remarks(decided).join('\n')).toMatch(/Uncertain proposal: Finding 3: Mass/);
    expect(remarks(decided).join('\n')).toMatch(/Rejected proposal: Finding 2: .*reason: Artefact/);
    const open = await sr({ source: 'mg', findings: ['pending', 'rejected', 'uncertain', 'accepted'] });
    expect(decisions(open)).toEqual(['Accepted', 'Uncertain', 'Not reviewed']);
    expect(remarks(open)).toContain('Comment: PRELIMINARY: 1 of 4 findings are not reviewed yet.');
  });

  it('says research use and what zero findings mean, without an empty container', async () => {
    const document = await sr({ source: 'photo', findings: 0 });
    expect(remarks(document)).toContain('Comment: Research use only. Not for primary diagnosis.');
    expect(remarks(document).join('\n')).toMatch(/No finding was recorded/);
    expect(children(document, 'Imaging Measurements')).toEqual([]);
  });

  it('keeps every value within its VR, for odd numbers and long text', async () => {
    const report = reportFixture({
      source: 'ct',
      findings: 2,
      institution: 'I\\n'.repeat(60),
      comment: 'a\\b\n\u0007c\td',
    });
    const boxLps = [1e-7, -1234.123456789012, 1 / 3, 12.000000000000002, 2e3 / 7, 1e5 + Math.PI] as const;
    const first = { ...report.findings[0]!, place: { space: 'lps', boxLps } as const };
    const document = await srOf({
      ...report,
      findings: [first, report.findings[1]!],
    });
    const limits: Record<string, number> = { DS: 16, SH: 16, CS: 16, LO: 64, UI: 64, IS: 12, DT: 26, DA: 8 };
    for (const [tag, { vr, Value }] of elements(document)) {
      for (const v of Value) {
        if (vr in limits) expect(String(v).length, `${tag} ${String(v)}`).toBeLessThanOrEqual(limits[vr]!);
        if (vr === 'UI') expect(v).toMatch(/^(0|[1-9]\d*)(\.(0|[1-9]\d*))+$/);
      }
    }
    // dcmjs divides unlimited text at backslashes when it reads; the file holds one value.
    expect(child(groups(document)[0]!, 'Comment')[tagOf('TextValue')]!.Value.join('\\')).toBe('a\\b\r\n c d');
    const [longAxis] = numberOf(child(groups(document)[0]!, 'Long Axis'));
    expect(Math.abs(longAxis - (boxLps[5] - boxLps[2]))).toBeLessThan(1e-6);
  });

  it('has the same UIDs for the same report and others for another', async () => {
    const uid = async (reportId: string): Promise<string> => {
      const document = await srOf({ ...reportFixture({ source: 'ct' }), reportId });
      return value(document, 'SOPInstanceUID');
    };
    expect(await uid('a')).toBe(await uid('a'));
    expect(await uid('a')).not.toBe(await uid('b'));
  });
});

describe('row checker', () => {
  const mandatory = [
    'Language of Content Item and Descendants',
    'Observer Type',
    'Person Observer Name',
    'Device Observer UID',
    'Procedure reported',
    'Image Library Group',
    'Tracking Identifier',
    'Tracking Unique Identifier',
    'Volume Surface',
    'Source series for segmentation',
    'Image Region',
    'Source Image',
  ];

  it('names the lobe, or the side of the site, and what the reader said by list', async () => {
    const [nodule] = groups(await sr({ source: 'ct', described: true }));
    expect(codeOf(child(nodule!, 'Finding Site'))).toBe('Upper lobe of right lung');
    expect(children(child(nodule!, 'Finding Site'))).toEqual([]);
    expect(value(child(nodule!, 'Assessment category'), 'TextValue')).toBe(
      'Lung-RADS v2022: 4A (chosen by the reader; as suggested)',
    );
    expect(value(child(nodule!, "Reader's confidence"), 'TextValue')).toBe('high');
    const document = await sr({ source: 'mg', described: true });
    const [mass] = groups(document);
    const site = child(mass!, 'Finding Site');
    expect([codeOf(site), codeOf(child(site, 'Laterality'))]).toEqual(['Breast', 'Left']);
    expect(missingRows(document as unknown as Dataset)).toEqual([]);
    expect(children(groups(await sr({ source: 'mg' }))[0]!, 'Location')).toEqual([]);
  });

  it('measures the outline with UCUM units, method and derivation, and tells the change since the earlier lesion', async () => {
    const document = await sr({ source: 'ct', measured: true });
    const [nodule] = groups(document);
    const measured = (name: string): [string, string, string][] =>
      children(nodule!, name).map((item) => {
        const [measuredValue] = items(item, 'MeasuredValueSequence');
        const [unit] = items(measuredValue!, 'MeasurementUnitsCodeSequence');
        const by = children(item)[0];
        return [value(measuredValue!, 'NumericValue'), value(unit!, 'CodeValue'), by ? codeOf(by) : ''];
      });
    expect(measured('Long Axis')).toContainEqual(['12', 'mm', 'Axes of outline in one plane']);
    expect(measured('Short Axis')).toEqual([['9.5', 'mm', 'Axes of outline in one plane']]);
    expect(measured('Volume')).toEqual([['600', 'mm3', 'Voxels of outline']]);
    expect(measured('Attenuation Coefficient')).toEqual([
      ['35.5', "[hnsf'U]", 'Mean'],
      ['12.25', "[hnsf'U]", 'Standard Deviation'],
    ]);
    expect(measured('Time since earlier study')).toEqual([['180', 'd', '']]);
    expect(Number(measured('Volume doubling time')[0]![0])).toBeCloseTo(180, 6);
    expect(value(child(nodule!, 'Date of earlier study of the same lesion'), 'TextValue')).toBe('2023-09-02');
    expect(missingRows(document as unknown as Dataset)).toEqual([]);
    const [picture] = groups(await sr({ source: 'mg', measured: true }));
    expect(children(picture!, 'Area')).toHaveLength(1);
    expect(children(picture!, 'Volume')).toEqual([]);
  });

  /** Every content item below, with its parent. */
  function* walk(parent: ReadDataset): Generator<[ReadDataset, ReadDataset]> {
    for (const item of children(parent)) {
      yield [parent, item];
      yield* walk(item);
    }
  }

  it('catches the deletion and the emptying of each mandatory item in turn', async () => {
    let deletions = 0;
    for (const source of ['ct', 'us', 'photo'] as const) {
      const one = { ...reportFixture({ source, findings: 2 }) };
      const series = one.series.map((s) => ({
        ...s,
        dicom: s.dicom && { ...s.dicom, instances: s.dicom.instances.slice(0, 2) },
      }));
      const findings = one.findings.map((f) => ({
        ...f,
        place: f.place.space === 'px' ? { ...f.place, frame: 0 } : f.place,
      }));
      const document = await srOf({ ...one, series, findings });
      expect(missingRows(document as unknown as Dataset)).toEqual([]);
      const inLibrary = new Set(
        [...walk(document)].filter(([p]) => meaning(p) === 'Image Library Group').map(([, i]) => i),
      );
      const targets = [...walk(document)].filter(
        ([, item]) => mandatory.includes(meaning(item)) && !inLibrary.has(item),
      );
      for (const [parent, item] of targets) {
        const list = parent[tagOf('ContentSequence')]!.Value;
        const at = list.indexOf(item);
        list.splice(at, 1);
        expect(
          missingRows(document as unknown as Dataset),
          `${source}: ${meaning(item)} deleted`,
        ).not.toEqual([]);
        list.splice(at, 0, item);
        for (const keyword of [
          'TextValue',
          'UID',
          'PersonName',
          'ConceptCodeSequence',
          'GraphicData',
          'RelationshipType',
        ] as const) {
          const element = item[tagOf(keyword)];
          if (!element) continue;
          delete item[tagOf(keyword)];
          expect(
            missingRows(document as unknown as Dataset),
            `${meaning(item)} without ${keyword}`,
          ).not.toEqual([]);
          item[tagOf(keyword)] = element;
        }
        deletions++;
      }
      const library = [...walk(document)].find(([, item]) => meaning(item) === 'Image Library Group')![1];
      const images = library[tagOf('ContentSequence')]!;
      library[tagOf('ContentSequence')] = {
        ...images,
        Value: images.Value.filter((i) => !inLibrary.has(i as ReadDataset)),
      };
      expect(missingRows(document as unknown as Dataset)).not.toEqual([]);
      library[tagOf('ContentSequence')] = images;
      expect(missingRows(document as unknown as Dataset)).toEqual([]);
    }
    expect(deletions).toBeGreaterThan(35);
  });
});
