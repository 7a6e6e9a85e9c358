/**
 * Suites that take minutes each: run by `npm run verify:full` after everything else, never by `npm test`. A new one is a line
 * here: its name, the script that ends with 0 when it held, and what it cannot run without (relative to the root).
 */
export const longSuites = [
  {
    name: 'mutants of DICOM files (F2)',
    args: ['bench/hostile-dicom.mjs'],
    needs: '../shared/data/dicom-corpus',
  },
  { name: 'bombs (F4)', args: ['bench/bombs.mjs'] },
  { name: 'a worklist of 5,000 studies', args: ['bench/worklist.mjs'] },
];
