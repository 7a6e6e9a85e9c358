import { encode } from 'fast-png';
import type { PictureOutcome } from '../../core/evaluation/picture-outcomes';
import type { Pixels } from '../preprocess/sample';

/**
 * A picture with what the model made of it. Kinds are told by colour, by line and by letter:
 *   H, solid green: a mark on a lesion; M, dashed orange: a lesion without a mark; F, dotted magenta: a mark beside lesions.
 * What people drew where it was found is a thin white line.
 */
export interface FigurePicture {
  readonly pixels: Pixels;
  /** Largest value, drawn white. */
  readonly depthMax: number;
  readonly outcome: PictureOutcome;
}

const tile = 360;
const caption = 22;
const margin = 8;
const columns = 3;

const styles = {
  H: 'stroke="#37d67a" stroke-width="2"',
  M: 'stroke="#ffa62b" stroke-width="2.5" stroke-dasharray="9 5"',
  F: 'stroke="#ff5cd1" stroke-width="2" stroke-dasharray="2 4"',
  found: 'stroke="#ffffff" stroke-width="1"',
} as const;

/** An SVG of all pictures, three in a row. */
export function drawFigures(title: string, pictures: readonly FigurePicture[]): string {
  const rows = Math.max(1, Math.ceil(pictures.length / columns));
  const head = 52;
  const width = columns * (tile + margin) + margin;
  const height = head + rows * (tile + caption + margin) + margin;
  const cells = pictures.map((picture, n) => {
    const x = margin + (n % columns) * (tile + margin);
    const y = head + Math.floor(n / columns) * (tile + caption + margin);
    return `<g transform="translate(${x} ${y})">${cell(picture)}</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="DejaVu Sans" font-size="12">
<rect width="${width}" height="${height}" fill="#15181d"/>
<text x="${margin}" y="20" fill="#fff" font-size="15" font-weight="bold">${escape(title)}</text>
<g transform="translate(${margin} 40)" fill="#ddd">${legend()}</g>
${cells.join('\n')}
</svg>`;
}

function legend(): string {
  const items = [
    ['H', 'H: mark on a lesion'],
    ['M', 'M: lesion missed'],
    ['F', 'F: false mark'],
    ['found', 'drawn by people, found'],
  ] as const;
  return items
    .map(
      ([kind, text], n) =>
        `<g transform="translate(${n * 200} 0)"><path d="M0 -4H30" fill="none" ${styles[kind]}/><text x="36">${text}</text></g>`,
    )
    .join('');
}

function cell({ pixels, depthMax, outcome }: FigurePicture): string {
  const scale = tile / Math.max(pixels.width, pixels.height);
  const [width, height] = [pixels.width * scale, pixels.height * scale];
  const [left, top] = [(tile - width) / 2, (tile - height) / 2];
  const box = (kind: keyof typeof styles, [x, y, w, h]: readonly number[], text: string): string => {
    const at = [left + x! * scale, top + y! * scale] as const;
    const label = text
      ? `<text x="${f(at[0] + 3)}" y="${f(Math.max(12, at[1] - 3))}" fill="#fff" stroke="#000" stroke-width="2.5" paint-order="stroke">${text}</text>`
      : '';
    return `<rect x="${f(at[0])}" y="${f(at[1])}" width="${f(w! * scale)}" height="${f(h! * scale)}" fill="none" ${styles[kind]}/>${label}`;
  };
  const { marks, lesions, image } = outcome;
  return [
    `<image x="${f(left)}" y="${f(top)}" width="${f(width)}" height="${f(height)}" href="data:image/png;base64,${png(pixels, depthMax)}"/>`,
    ...lesions.map((l) => box(l.found ? 'found' : 'M', l.box, l.found ? '' : 'M')),
    ...marks.map((m) => box(m.hit ? 'H' : 'F', m.box, `${m.hit ? 'H' : 'F'} ${m.score.toFixed(2)}`)),
    `<text y="${tile + 15}" fill="#ddd">${escape(image)}</text>`,
  ].join('');
}

function png({ data, width, height, channels }: Pixels, depthMax: number): string {
  const bytes = new Uint8Array(width * height * channels);
  for (let n = 0; n < bytes.length; n++) bytes[n] = Math.round((255 * data[n]!) / depthMax);
  return Buffer.from(encode({ data: bytes, width, height, channels, depth: 8 })).toString('base64');
}

const f = (v: number): string => v.toFixed(1);
const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
