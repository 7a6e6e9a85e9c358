import { join } from 'node:path';
import { build } from 'vite';
import { fromRoot } from '../../scripts/lib/paths.mjs';
import { benchCache } from './peers.mjs';

/** Bundles one TypeScript file of bench/ for plain Node, as electron-vite does with the program. @returns its path */
export async function bundle(name, source) {
  const outDir = join(benchCache, 'built');
  await build({
    configFile: false,
    root: fromRoot(),
    logLevel: 'warn',
    build: {
      ssr: fromRoot('bench', source),
      outDir,
      emptyOutDir: false,
      target: 'node20',
      rollupOptions: { output: { format: 'cjs', entryFileNames: `${name}.cjs` } },
    },
  });
  return join(outDir, `${name}.cjs`);
}
