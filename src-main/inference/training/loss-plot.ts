import { svgToPng } from '../../graphics/svg-to-png';
import type { HistoryPoint } from './checkpoint';

const curves = [
  { key: 'total', name: 'total', colour: '#1f6feb' },
  { key: 'objectness', name: 'objectness', colour: '#d29922' },
  { key: 'box', name: 'box', colour: '#2da44e' },
] as const;

/** Losses over steps as a PNG, smoothed over about a fiftieth of the training. */
export const renderLossPlot = (title: string, history: readonly HistoryPoint[]): Promise<Uint8Array> =>
  svgToPng(lossPlotSvg(title, history));

export function lossPlotSvg(title: string, history: readonly HistoryPoint[]): string {
  const width = 900;
  const height = 480;
  const [left, right, top, bottom] = [64, 24, 48, 48];
  const lastStep = Math.max(1, history[history.length - 1]?.step ?? 1);
  const smooth = curves.map((c) => ({
    ...c,
    values: smoothed(
      history.map((h) => h[c.key]),
      Math.ceil(history.length / 50),
    ),
  }));
  // The first steps are far above the rest: the scale leaves out the top twentieth of the values.
  const all = smooth.flatMap((c) => c.values).sort((a, b) => a - b);
  const highest = Math.max(1e-6, all[Math.floor(all.length * 0.97)] ?? 1) * 1.1;
  const x = (step: number): number => left + ((width - left - right) * step) / lastStep;
  const y = (loss: number): number =>
    height - bottom - ((height - top - bottom) * Math.min(loss, highest)) / highest;
  const ticks = Array.from({ length: 6 }, (_, n) => n / 5);
  const text = (tx: number, ty: number, anchor: string, content: string): string =>
    `<text x="${tx}" y="${ty}" font-size="13" text-anchor="${anchor}" fill="#333">${escapeXml(content)}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="DejaVu Sans">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="${left}" y="28" font-size="16" fill="#111">${escapeXml(title)}</text>`,
    ...ticks.map(
      (t) =>
        `<line x1="${left}" x2="${width - right}" y1="${y(t * highest)}" y2="${y(t * highest)}" stroke="#ddd"/>` +
        text(left - 8, y(t * highest) + 4, 'end', (t * highest).toPrecision(2)) +
        text(x(t * lastStep), height - bottom + 20, 'middle', String(Math.round(t * lastStep))),
    ),
    text((left + width - right) / 2, height - 8, 'middle', 'step'),
    ...smooth.map((c, n) => {
      const points = c.values.map((v, i) => `${x(history[i]!.step).toFixed(1)},${y(v).toFixed(1)}`).join(' ');
      return (
        `<polyline points="${points}" fill="none" stroke="${c.colour}" stroke-width="2"/>` +
        `<text x="${width - right}" y="${top + 18 * (n + 1)}" font-size="13" text-anchor="end" fill="${c.colour}">${c.name}</text>`
      );
    }),
    '</svg>',
  ].join('\n');
}

function smoothed(values: readonly number[], reach: number): number[] {
  return values.map((_, n) => {
    const window = values.slice(Math.max(0, n - reach), n + reach + 1);
    return window.reduce((a, b) => a + b, 0) / window.length;
  });
}

const escapeXml = (text: string): string =>
  text.replace(/[<>&]/g, (c) => ({ '<': '&lt;', '>': '&gt;', '&': '&amp;' })[c]!);
