import { join } from 'node:path';
import { defineConfig } from '@playwright/test';

const root = join(__dirname, '..');

/** `:90,:91`: displays that nobody else uses, as `npm test` brings them. A window each, else one at a time. */
const displays = process.env['REGIO_DISPLAYS']?.split(',') ?? [];

/** No retry: a test that passes at the second try has failed. */
export default defineConfig({
  testDir: join(__dirname, 'specs'),
  outputDir: join(root, 'test-results'),
  globalSetup: join(__dirname, 'global-setup.ts'),
  workers: Math.max(1, displays.length),
  retries: 0,
  forbidOnly: true,
  // Waits end when what is waited for is there; these only say when to give up, on however busy a machine.
  timeout: 240_000,
  expect: { timeout: 40_000 },
  reporter: [['list'], ['json', { outputFile: join(root, 'test-results', 'e2e.json') }]],
});
