const e2e = (spec) => [
  'node_modules/@playwright/test/cli.js',
  'test',
  '-c',
  'e2e/playwright.config.ts',
  spec,
];

const seed = Date.now() % 2 ** 31;

/**
 * Suites that take minutes each: run by `npm run verify:full` after everything else, never by `npm test`. A new one is a line
 * here: its name, the script that ends with 0 when it held, what it cannot run without (relative to the root), and what it is told
 * by the environment.
 */
export const longSuites = [
  {
    name: `property tests, other cases: REGIO_SEED=${seed}`,
    args: ['node_modules/vitest/vitest.mjs', 'run', '--reporter=dot'],
    env: { REGIO_SEED: String(seed) },
  },
  {
    name: '1,000 pictures in a row without a tensor more (R4)',
    args: ['node_modules/vitest/vitest.mjs', 'run', '--reporter=dot', 'network-graph'],
    env: { REGIO_PICTURES_IN_A_ROW: '1000' },
  },
  {
    name: 'mutants of DICOM files (F2)',
    args: ['bench/hostile-dicom.mjs'],
    needs: '../shared/data/dicom-corpus',
  },
  { name: 'bombs (F4)', args: ['bench/bombs.mjs'] },
  { name: 'a worklist of 5,000 studies', args: ['bench/worklist.mjs'] },
  { name: '500 switches between studies (W1)', args: e2e('switching'), env: { REGIO_SWITCHES: '500' } },
  { name: '200 kills while a study is reviewed (D1)', args: e2e('kill-app'), env: { REGIO_KILLS: '200' } },
  {
    name: 'every screen in five languages',
    args: e2e('languages'),
    env: { REGIO_ALL_LANGUAGES: '1' },
  },
];
