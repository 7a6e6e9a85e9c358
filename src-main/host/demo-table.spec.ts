import { expect, it } from 'vitest';
import { demoTable } from './demo-table';

it('prints a row a finding, notes, skipped files and what was written', () => {
  const text = demoTable(
    {
      studyIds: ['a', 'b'],
      rows: [
        {
          studyId: 'a',
          file: 'brain1_image.nrrd',
          model: 'brain-mr-tumour',
          number: 2,
          label: 'tumour',
          score: 0.876,
          center: [10, -20.04, 30],
          size: [12, 13, 14],
          unit: 'mm',
        },
      ],
      notes: { 'lung1_image.nrrd': 'No installed model fits.' },
      files: ['/out/brain1/report.pdf'],
      skipped: [{ file: '/data/x.txt', reason: 'not an image' }],
    },
    '/',
  );
  expect(text).toContain(
    'brain1_image.nrrd  2        tumour  0.88   10.0, -20.0, 30.0  12.0 x 13.0 x 14.0 mm',
  );
  expect(text).toContain('lung1_image.nrrd: No installed model fits.');
  expect(text).toContain('skipped data/x.txt: not an image');
  expect(text).toContain('  out/brain1/report.pdf');
});
