import { resolve } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type UserConfig } from 'electron-vite';

/**
 * ES-module-only packages: they must be bundled, since main-side output is CommonJS that also
 * runs on Electron 22's Node 16 (docs/architecture.md, "Which Electron").
 */
const esmOnly = ['fast-png', 'commander', 'zod'];

const src = (path: string): string => resolve(__dirname, path);

const main: UserConfig['main'] = {
  build: {
    outDir: 'dist/main',
    target: 'node16',
    sourcemap: true,
    externalizeDeps: { exclude: esmOnly },
    rollupOptions: {
      input: {
        main: src('src-main/host/main.ts'),
        engine: src('src-main/engine/entry.ts'),
        cli: src('src-main/cli/main.ts'),
        'batch-maker': src('src-main/services/batch-maker.ts'),
        'decode-worker': src('src-main/imaging/decode-worker.ts'),
      },
      output: { format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: 'chunks/[name]-[hash].cjs' },
    },
  },
};

const preload: UserConfig['preload'] = {
  build: {
    outDir: 'dist/preload',
    target: 'node16',
    // A sandboxed preload may require nothing but electron, so everything else is bundled into one file.
    externalizeDeps: false,
    rollupOptions: {
      input: { preload: src('src-main/host/preload.ts') },
      output: { format: 'cjs', entryFileNames: '[name].cjs' },
    },
  },
};

const renderer: UserConfig['renderer'] = {
  root: src('src-renderer'),
  base: './',
  plugins: [svelte()],
  resolve: {
    // Cornerstone3D's dependencies name Node's modules; in the browser these are their npm packages.
    alias: { events: 'events/', url: 'url/' },
  },
  worker: { format: 'es' },
  build: {
    outDir: src('dist/renderer'),
    target: 'chrome108',
    sourcemap: false,
    rollupOptions: { input: src('src-renderer/index.html') },
  },
};

/** `REGIO_BUILD=node` builds only what plain Node runs (CLI and engine): seconds instead of a minute. */
export default defineConfig(process.env['REGIO_BUILD'] === 'node' ? { main } : { main, preload, renderer });
