import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

/**
 * Pure functions and the window's state: nothing of a file outlives it there (no native addon, no process, no store), so that
 * its files share a process and what they import. Everywhere else each file has a process of its own.
 */
const pure = [
  'src-main/core/**/*.spec.ts',
  'src-main/contract/**/*.spec.ts',
  'src-renderer/**/*.spec.ts',
  'test-support/**/*.spec.ts',
];

export default defineConfig({
  plugins: [svelte()],
  resolve: { conditions: ['browser', 'module', 'import', 'default'] },
  test: {
    setupFiles: ['test-support/seeded-properties.ts'],
    // tfjs-node's addon is loaded once a process: forks keep one TensorFlow a process (DESIGN section 1).
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'own',
          include: ['src-main/**/*.spec.ts', 'scripts/**/*.spec.mjs'],
          exclude: pure,
        },
      },
      { extends: true, test: { name: 'pure', include: pure, isolate: false } },
    ],
  },
});
