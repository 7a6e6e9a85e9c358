import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte()],
  resolve: { conditions: ['browser', 'module', 'import', 'default'] },
  test: {
    include: [
      'src-main/**/*.spec.ts',
      'src-renderer/**/*.spec.ts',
      'test-support/**/*.spec.ts',
      'scripts/**/*.spec.mjs',
    ],
    setupFiles: ['test-support/seeded-properties.ts'],
    // tfjs-node's addon is loaded once a process: forks keep one TensorFlow a process (DESIGN section 1).
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
