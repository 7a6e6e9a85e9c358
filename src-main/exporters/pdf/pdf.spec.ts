import { describe, expect, it } from 'vitest';
import { itWithTools, runTool } from '../../../test-support/external-tools';
import {
  fixtureHash,
  namesOfTheWorld,
  reportFixture,
  type ReportFixtureOptions,
} from '../../../test-support/report-fixtures';
import { doubleReport } from '../../../test-support/double-report';
import { renderPdf } from '.';

const pdfOf = async (options: ReportFixtureOptions): Promise<Uint8Array> =>
  (await renderPdf(reportFixture(options)))[0]!.bytes;
const textOf = async (options: ReportFixtureOptions): Promise<string> =>
  runTool('pdftotext', ['-layout', '{}', '-'], await pdfOf(options)).output;
const flat = (text: string): string => text.replace(/\s+/g, ' ');
const pagesOf = (bytes: Uint8Array): number =>
  Buffer.from(bytes)
    .toString('latin1')
    .match(/\/Type \/Page\b/g)?.length ?? 0;

describe('PDF', () => {
  it('is a PDF of as many pages as it needs, and the same bytes for the same report', async () => {
    const few = await pdfOf({ source: 'photo' });
    const many = await pdfOf({
      source: 'ct',
      findings: 40,
      comment: 'long comment '.repeat(300).slice(0, 3900),
    });
    expect(Buffer.from(few).subarray(0, 5).toString()).toBe('%PDF-');
    expect(pagesOf(few)).toBe(1);
    expect(pagesOf(many)).toBeGreaterThan(20);
    expect(Buffer.from(await pdfOf({ source: 'photo' })).equals(few)).toBe(true);
  });

  it('holds nothing of the patient outside its compressed pages', async () => {
    const [file] = await renderPdf(
      reportFixture({ source: 'ct', patient: { name: 'Secretname^Ann', id: 'SECRETID' } }),
    );
    const raw = Buffer.from(file!.bytes).toString('latin1');
    for (const secret of ['Secretname', 'SECRETID', '1961']) {
      expect(raw).not.toContain(secret);
      expect(file!.name).not.toContain(secret);
    }
  });

  itWithTools('says what the reader said by list', ['pdftotext'], async () => {
    const text = flat(await textOf({ source: 'ct', described: true }));
    for (const part of [
      'Right, upper lobe',
      'Texture: solid; nodule margin: smooth; long axis: 9.1 mm; short axis: 8.2 mm',
      'Setting: screening; status: baseline',
      'Lung-RADS v2022: 4A (chosen by the reader; as suggested)',
    ])
      expect(text).toContain(part);
  });

  itWithTools('says what the outline measures, and what became of the lesion', ['pdftotext'], async () => {
    const text = flat(await textOf({ source: 'ct', measured: true }));
    for (const part of [
      'Long axis 12.0 mm, short axis 9.5 mm, longest in 3D 13.3 mm, volume 600 mm³, mean 36 HU (SD 12)',
      '2023-09-02, finding 4: long axis 9.5 mm',
      '2022-01-01, finding 2: long axis 8.4 mm',
      'In 180 days: long axis +2.5 mm (+26 %)',
      'volume doubling time 180 days; linked by the reader, 2.3 mm apart once registered',
    ])
      expect(text).toContain(part);
  });

  itWithTools(
    'tells of two readings, how far they agree, and who settled the rest',
    ['pdftotext'],
    async () => {
      const said = async (...args: Parameters<typeof doubleReport>): Promise<string> => {
        const [file] = await renderPdf(doubleReport(...args));
        return flat(runTool('pdftotext', ['-layout', '{}', '-'], file!.bytes).output);
      };
      const third = await said('ct', 'third');
      for (const part of [
        'Double reading: Weber, Maria and Öztürk, Deniz read the study, neither knowing what the other found.',
        'Lesions reported by both: 1, by Weber, Maria alone: 1, by Öztürk, Deniz alone: 0.',
        "Candidates of the network judged by both: 12, alike: 83 %, Cohen's kappa 0.69 (95 % 0.29 to 1.00).",
        'Decision Weber, Maria and Öztürk, Deniz, 2026-11-24 14:05 UTC',
        'Decision Costa, Inês, 2026-11-24 14:05 UTC',
        'They differed at 2 places: adjudicated by Costa, Inês from 2026-11-24 14:03 UTC.',
        'Signed by Costa, Inês at 2026-11-24 14:09 UTC.',
      ])
        expect(third).toContain(part);
      expect(await said('mg', 'consensus')).toContain(
        'They differed at 2 places: settled by Weber, Maria and Öztürk, Deniz in consensus from 2026-11-24 14:03 UTC.',
      );
      const alike = await said('nrrd', 'agreed', [[4]]);
      expect(alike).toContain('The readers differed nowhere.');
      expect(alike).toContain("Cohen's kappa does not exist where all are judged alike.");
      expect(flat(await textOf({ source: 'ct' }))).not.toContain('Double reading');
    },
  );

  itWithTools('says who, what, where and by which model', ['pdftotext'], async () => {
    const text = await textOf({ source: 'ct', findings: 12, comment: 'Check in six months.' });
    expect(text).toContain(fixtureHash);
    for (const part of [
      'Doe, Jane',
      'PID-0042',
      '1961-04-15',
      '2024-02-29',
      'Brain MR tumour detector (brain-mr-tumour)',
    ]) {
      expect(text).toContain(part);
    }
    for (let n = 1; n <= 12; n++) expect(text).toContain(`Finding ${n}: Nodule`);
    expect(text).toContain('-23.9, -55.4, -42.0 mm (LPS), slice 7 of 40');
    expect(text.match(/Check in six months\./g)).toHaveLength(12);
    expect(text).toContain('Weber, Maria, 2026-11-24 14:05 UTC');
    expect(text).not.toContain('PRELIMINARY');
  });

  itWithTools(
    'has the research-use line, software and page number on every page',
    ['pdftotext'],
    async () => {
      const pages = (await textOf({ source: 'nrrd', findings: 20 })).split('\f').slice(0, -1);
      expect(pages.length).toBeGreaterThan(4);
      pages.forEach((page, i) => {
        expect(page).toContain('Research use only. Not for primary diagnosis.');
        expect(page).toContain('Regio 0.1.0');
        expect(page).toContain(`Page ${i + 1} of ${pages.length}`);
        expect(page).toContain('Doe, Jane');
      });
    },
  );

  itWithTools('says side and view beside the modality', ['pdftotext'], async () => {
    expect(flat(await textOf({ source: 'mg' }))).toContain('MG, BREAST, left, CC');
  });

  itWithTools(
    'names what is wrong with a series by severity, and each sentence once',
    ['pdftotext'],
    async () => {
      const report = reportFixture({ source: 'ct' });
      const tilt = 'Tilted by 12.0 degrees.';
      const series = report.series.map((s) => ({
        ...s,
        warnings: [...s.warnings, tilt],
        issues: [{ code: 'gantry-tilt', severity: 'warning', text: tilt } as const],
      }));
      const [file] = await renderPdf({ ...report, series });
      const text = flat(runTool('pdftotext', ['-layout', '{}', '-'], file!.bytes).output);
      expect(text).toContain(`Warning, Chest 1.25 mm: ${tilt}`);
      expect(text.split(tilt)).toHaveLength(2);
      expect(text).toContain('Chest 1.25 mm: Slice spacing varies');
    },
  );

  itWithTools('keeps undecided and rejected marks apart, and says preliminary', ['pdftotext'], async () => {
    const findings = ['rejected', 'accepted', 'pending', 'uncertain', 'edited', 'added'] as const;
    const text = flat(await textOf({ source: 'us', findings }));
    expect(text).toContain('PRELIMINARY: 1 of 6 findings are not reviewed yet.');
    const order = [
      'Reviewed findings (3)',
      'Finding 2:',
      'Finding 5:',
      'Finding 6:',
      'Uncertain (1)',
      'Finding 4:',
    ];
    order.push(
      'Not reviewed yet: proposals',
      'Finding 3:',
      'Rejected: proposals',
      'Finding 1:',
      'Reason Artefact',
    );
    const places = order.map((part) => text.indexOf(part));
    expect(places.every((place) => place >= 0)).toBe(true);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  itWithTools('never gives mm of an uncalibrated picture', ['pdftotext'], async () => {
    const text = await textOf({ source: 'photo', findings: 3 });
    expect(text).toContain('40 × 31 px (uncalibrated)');
    expect(text).toContain('Uncalibrated image');
    expect(text).not.toMatch(/\d mm/);
  });

  itWithTools('says what zero findings mean', ['pdftotext'], async () => {
    expect(flat(await textOf({ source: 'nrrd', findings: 0 }))).toContain(
      'the detection model marked nothing',
    );
  });

  itWithTools('wraps what is long and prints every word of it', ['pdftotext'], async () => {
    const comment = Array.from({ length: 600 }, (_, i) => `w${i}`).join(' ');
    const name = 'Featherstonehaughcholmondeley'.repeat(4);
    const text = await textOf({ source: 'mg', comment, patient: { name, id: 'I'.repeat(64) } });
    const words = new Set(text.split(/\s+/));
    for (let i = 0; i < 600; i++) expect(words).toContain(`w${i}`);
    const firstPage = runTool(
      'pdftotext',
      ['-f', '1', '-l', '1', '-x', '0', '-y', '0', '-W', '297', '-H', '842', '{}', '-'],
      await pdfOf({ source: 'mg', patient: { name } }),
    ).output;
    expect(firstPage.replace(/\s+/g, '')).toContain(name);
  });

  itWithTools('prints Greek and Cyrillic, and marks what it cannot print', ['pdftotext'], async () => {
    for (const { name, comment } of [
      namesOfTheWorld.cyrillic,
      namesOfTheWorld.greek,
      namesOfTheWorld.german,
    ]) {
      const text = flat(await textOf({ source: 'ct', comment, patient: { name } }));
      expect(text).toContain(comment);
      expect(text).toContain(name.split('^')[0]);
      expect(text).not.toContain('□');
    }
    for (const { name } of [namesOfTheWorld.japanese, namesOfTheWorld.arabic]) {
      const text = flat(await textOf({ source: 'ct', patient: { name } }));
      expect(text).toContain('□□');
      expect(text).toContain('□ stands for a character');
    }
  });

  itWithTools('makes hidden characters visible', ['pdftotext'], async () => {
    const text = await textOf({
      source: 'ct',
      comment: 'size 3\u202e1.\u202c mm <b>&amp;',
      patient: { name: 'A\u200bB' },
    });
    expect(text).toContain('⟨U+202E⟩');
    expect(text).toContain('A⟨U+200B⟩B');
    expect(text).toContain('<b>&amp;');
  });

  itWithTools('embeds its fonts', ['pdffonts'], async () => {
    const { output } = runTool('pdffonts', ['{}'], await pdfOf({ source: 'ct' }));
    const fonts = output.trim().split('\n').slice(2);
    expect(fonts.length).toBeGreaterThanOrEqual(3);
    for (const font of fonts) expect(font).toMatch(/DejaVu.* yes yes yes/);
  });
});
