import { createRequire } from 'node:module';
import { join } from 'node:path';

/**
 * Draws an SVG text with the fonts that ship with the program, so that every machine makes the same picture.
 * @param zoom pixels of the PNG per unit of the SVG; 1 unless given
 */
export async function svgToPng(svg: string, zoom = 1): Promise<Uint8Array> {
  const { Resvg } = await import('@resvg/resvg-js');
  const fonts = join(dirnameOf('dejavu-fonts-ttf/package.json'), 'ttf');
  const image = new Resvg(svg, {
    font: {
      fontFiles: ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map((file) => join(fonts, file)),
      defaultFontFamily: 'DejaVu Sans',
      loadSystemFonts: false,
    },
    fitTo: { mode: 'zoom', value: zoom },
  }).render();
  return image.asPng();
}

function dirnameOf(file: string): string {
  return join(createRequire(join(__dirname, 'x.js')).resolve(file), '..');
}
