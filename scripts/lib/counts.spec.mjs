import { expect, test } from 'vitest';
import { chosen, laterChecks, staticChecks } from './checks.mjs';
import { asOne, lastLine, noCounts, playwrightCounts, plus, vitestCounts } from './counts.mjs';

test('a check without tests counts as one', () => {
  expect(lastLine(plus(plus(noCounts(), asOne(0)), asOne(2)))).toBe('1 passed, 1 failed');
});

test("vitest's tests are counted; a file that does not load is a failure", () => {
  const report = {
    numPassedTests: 5,
    numFailedTests: 1,
    numPendingTests: 1,
    testResults: [
      { status: 'failed', assertionResults: [] },
      { status: 'failed', assertionResults: [{}] },
    ],
  };
  expect(vitestCounts(report, 1)).toEqual({ passed: 5, failed: 2, notRun: 1 });
});

test('a runner that ends badly without a failed test, or without a report, is a failure', () => {
  expect(vitestCounts({ numPassedTests: 5, numFailedTests: 0, testResults: [] }, 1).failed).toBe(1);
  expect(vitestCounts(null, 0).failed).toBe(1);
  expect(playwrightCounts(null, 0).failed).toBe(1);
});

test('a Playwright test that passed only when tried again did not pass', () => {
  const report = { stats: { expected: 3, unexpected: 1, flaky: 1, skipped: 2 }, errors: [{}] };
  expect(playwrightCounts(report, 1)).toEqual({ passed: 3, failed: 3, notRun: 2 });
});

test('--only takes the beginning of a name', () => {
  const names = (only) => chosen([...staticChecks, ...laterChecks], only).map(({ name }) => name);
  expect(names(['types', 'e2e'])).toEqual(['types', 'types (e2e)', 'types (svelte)', 'e2e']);
  expect(names(null)).toHaveLength(10);
  expect(names(['nonsense'])).toEqual([]);
});
