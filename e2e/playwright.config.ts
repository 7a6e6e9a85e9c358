import { join } from 'node:path';
import { defineConfig } from '@playwright/test';

const root = join(__dirname, '..');

/** One window at a time, no retry: a test that passes at the second try has failed. */
export default defineConfig({
  testDir: join(__dirname, 'specs'),
  outputDir: join(root, 'test-results'),
  globalSetup: join(__dirname, 'global-setup.ts'),
  workers: 1,
  retries: 0,
  forbidOnly: true,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: [['list'], ['json', { outputFile: join(root, 'test-results', 'e2e.json') }]],
});
