import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { svgToPng } from './svg-to-png';

const svg = (inside: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20" font-family="DejaVu Sans"><rect width="40" height="20" fill="#fff"/>${inside}</svg>`;

describe('svgToPng', () => {
  it('draws shapes in place, zoomed', async () => {
    const image = decode(await svgToPng(svg('<rect x="10" y="5" width="10" height="10" fill="#f00"/>'), 2));
    expect([image.width, image.height]).toEqual([80, 40]);
    const pixel = (x: number, y: number): number[] => [
      ...image.data.slice((y * 80 + x) * image.channels, (y * 80 + x) * image.channels + 3),
    ];
    expect(pixel(30, 20)).toEqual([255, 0, 0]);
    expect(pixel(45, 20)).toEqual([255, 255, 255]);
  });

  it('has its own fonts, regular and bold', async () => {
    const ink = async (weight: string): Promise<number> => {
      const text = `<text x="2" y="15" font-size="14" font-weight="${weight}">mm</text>`;
      const { data, channels } = decode(await svgToPng(svg(text)));
      let dark = 0;
      for (let i = 0; i < data.length; i += channels) dark += 255 - data[i]!;
      return dark;
    };
    const regular = await ink('normal');
    expect(regular).toBeGreaterThan(0);
    expect(await ink('bold')).toBeGreaterThan(regular * 1.2);
  });
});
