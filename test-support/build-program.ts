import { basename, join } from 'node:path';
import { build } from 'vite';

/** Bundles a TypeScript file for plain Node, as electron-vite does with the program. @returns the built file, in `outDir` */
export async function buildProgram(source: string, outDir: string): Promise<string> {
  const name = `${basename(source, '.ts')}.cjs`;
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      outDir,
      emptyOutDir: false,
      target: 'node16',
      ssr: source,
      rollupOptions: { output: { format: 'cjs', entryFileNames: name } },
    },
  });
  return join(outDir, name);
}
