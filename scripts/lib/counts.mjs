/** Tests of one step: how many passed, how many failed, how many said that they were not run. */
export const noCounts = () => ({ passed: 0, failed: 0, notRun: 0 });
export const plus = (a, b) => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  notRun: a.notRun + b.notRun,
});

/** A check without tests of its own counts as one. */
export const asOne = (code) =>
  code === 0 ? { passed: 1, failed: 0, notRun: 0 } : { passed: 0, failed: 1, notRun: 0 };

/** A runner that ended badly without naming a failed test (a crash, a file that does not load) is one failure all the same. */
const withExit = (counts, code) => (code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts);

/** From vitest's JSON report. A file that could not be loaded has no tests and counts as one failure. */
export function vitestCounts(report, code) {
  if (!report) return withExit(noCounts(), code === 0 ? 1 : code);
  const brokenFiles = (report.testResults ?? []).filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  ).length;
  const counts = {
    passed: report.numPassedTests,
    failed: report.numFailedTests + brokenFiles,
    notRun: (report.numPendingTests ?? 0) + (report.numTodoTests ?? 0),
  };
  return withExit(counts, code);
}

/** From Playwright's JSON report. A test that passed only when tried again did not pass. */
export function playwrightCounts(report, code) {
  if (!report?.stats) return withExit(noCounts(), code === 0 ? 1 : code);
  const { expected, unexpected, flaky, skipped } = report.stats;
  return withExit(
    { passed: expected, failed: unexpected + flaky + (report.errors?.length ?? 0), notRun: skipped },
    code,
  );
}

export const lastLine = ({ passed, failed }) => `${passed} passed, ${failed} failed`;
