import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** DejaVu (Latin, Greek, Cyrillic and more), embedded as a subset of the glyphs used. */
export const fontFiles = {
  regular: 'DejaVuSans.ttf',
  bold: 'DejaVuSans-Bold.ttf',
  mono: 'DejaVuSansMono.ttf',
} as const;
export type FontName = keyof typeof fontFiles;

const cache = new Map<FontName, Buffer>();

/**
 * The one place that finds font files: inside the npm package, wherever Node finds it, so that it is the same in a
 * checkout and in a packaged application (Electron's fs reads app.asar too).
 */
export function fontBytes(name: FontName): Buffer {
  let bytes = cache.get(name);
  if (!bytes) {
    const folder = dirname(createRequire(import.meta.url).resolve('dejavu-fonts-ttf/package.json'));
    bytes = readFileSync(join(folder, 'ttf', fontFiles[name]));
    cache.set(name, bytes);
  }
  return bytes;
}
