/**
 * A chart as one SVG text: frame, ticks, grid, legend. Colours are Okabe and Ito's (2008), told apart by colour-blind
 * readers and in grey; the figure holds at a journal column's width (84 mm) and doubles for a page.
 * Shape shorthand: points are [x, y] in the units of the axes.
 */
export type Point = readonly [number, number];

export interface Axis {
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly log?: boolean;
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
}

export type Layer = { readonly colour: string; readonly legend?: string } & (
  | {
      readonly kind: 'line';
      readonly points: readonly Point[];
      readonly dashed?: boolean;
      readonly width?: number;
    }
  /** Between two lines over the same x. */
  | { readonly kind: 'band'; readonly low: readonly Point[]; readonly high: readonly Point[] }
  | { readonly kind: 'dots'; readonly points: readonly Point[] }
  /** Upright bars with end strokes, from low to high at x. */
  | {
      readonly kind: 'errors';
      readonly bars: readonly { readonly x: number; readonly low: number; readonly high: number }[];
    }
);

export interface Chart {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  /** Drawn in order, clipped to the frame; dots over all others, unclipped. */
  readonly layers: readonly Layer[];
  /** Lines of text under the legend's entries. */
  readonly notes?: readonly string[];
  /** Where the legend goes unless it would hide more of the data there than in another corner. */
  readonly legendAt: Corner;
}

const corners = ['top-left', 'top-right', 'bottom-left', 'bottom-right'] as const;
type Corner = (typeof corners)[number];

export const colours = { blue: '#0072b2', orange: '#d55e00', green: '#009e73', grey: '#767676' } as const;

const width = 720;
const height = 560;
const frame = { left: 84, right: 692, top: 52, bottom: 488 };
const ink = '#1a1a1a';

export function chartSvg(chart: Chart): string {
  const place = placer(chart);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ` +
      `font-family="'DejaVu Sans', Verdana, Arial, sans-serif" fill="${ink}">`,
    `<title>${escapeXml(chart.title)}</title>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<clipPath id="frame"><rect x="${frame.left}" y="${frame.top}" width="${frame.right - frame.left}" height="${frame.bottom - frame.top}"/></clipPath>`,
    text(frame.left, 34, chart.title, 'font-size="18" font-weight="bold"'),
    ...grid(chart, place),
    '<g clip-path="url(#frame)">',
    ...chart.layers.filter((layer) => layer.kind !== 'dots').map((layer) => layerSvg(layer, place)),
    '</g>',
    `<rect x="${frame.left}" y="${frame.top}" width="${frame.right - frame.left}" height="${frame.bottom - frame.top}" fill="none" stroke="${ink}" stroke-width="1.2"/>`,
    // Over the frame, so that a dot on an axis is whole.
    ...chart.layers.filter((layer) => layer.kind === 'dots').map((layer) => layerSvg(layer, place)),
    ...legend(chart, place),
    '</svg>',
    '',
  ].join('\n');
}

interface Placer {
  x(value: number): number;
  y(value: number): number;
}

function placer({ x, y }: Chart): Placer {
  const share = (axis: Axis, value: number): number =>
    axis.log
      ? Math.log(value / axis.min) / Math.log(axis.max / axis.min)
      : (value - axis.min) / (axis.max - axis.min);
  return {
    x: (value) => frame.left + share(x, value) * (frame.right - frame.left),
    y: (value) => frame.bottom - share(y, value) * (frame.bottom - frame.top),
  };
}

function grid({ x, y }: Chart, place: Placer): string[] {
  const line = (x1: number, y1: number, x2: number, y2: number, colour: string): string =>
    `<line x1="${px(x1)}" y1="${px(y1)}" x2="${px(x2)}" y2="${px(y2)}" stroke="${colour}"/>`;
  const middle = (frame.top + frame.bottom) / 2;
  return [
    ...x.ticks.flatMap(({ at, label }) => [
      line(place.x(at), frame.top, place.x(at), frame.bottom, '#e4e4e4'),
      line(place.x(at), frame.bottom, place.x(at), frame.bottom + 6, ink),
      text(place.x(at), frame.bottom + 24, label, 'font-size="15" text-anchor="middle"'),
    ]),
    ...y.ticks.flatMap(({ at, label }) => [
      line(frame.left, place.y(at), frame.right, place.y(at), '#e4e4e4'),
      line(frame.left - 6, place.y(at), frame.left, place.y(at), ink),
      text(frame.left - 11, place.y(at) + 5, label, 'font-size="15" text-anchor="end"'),
    ]),
    text((frame.left + frame.right) / 2, height - 18, x.label, 'font-size="17" text-anchor="middle"'),
    text(26, middle, y.label, `font-size="17" text-anchor="middle" transform="rotate(-90 26 ${middle})"`),
  ];
}

function layerSvg(layer: Layer, place: Placer): string {
  const path = (points: readonly Point[]): string =>
    points.map(([x, y]) => `${px(place.x(x))},${px(place.y(y))}`).join(' ');
  switch (layer.kind) {
    case 'line':
      return (
        `<polyline points="${path(thinned(layer.points, place))}" fill="none" stroke="${layer.colour}" ` +
        `stroke-width="${layer.width ?? 2.4}" stroke-linejoin="round"${layer.dashed ? ' stroke-dasharray="7 5"' : ''}/>`
      );
    case 'band':
      return `<polygon points="${path([...layer.low, ...[...layer.high].reverse()])}" fill="${layer.colour}" fill-opacity="0.2"/>`;
    case 'dots':
      return layer.points
        .map(
          ([x, y]) =>
            `<circle cx="${px(place.x(x))}" cy="${px(place.y(y))}" r="4.5" fill="${layer.colour}" stroke="#fff" stroke-width="1.2"/>`,
        )
        .join('\n');
    case 'errors':
      return layer.bars
        .map(({ x, low, high }) => {
          const [at, y0, y1] = [place.x(x), px(place.y(low)), px(place.y(high))];
          const [a, b] = [px(at - 4), px(at + 4)];
          return `<path d="M${px(at)} ${y0}V${y1}M${a} ${y0}H${b}M${a} ${y1}H${b}" fill="none" stroke="${layer.colour}" stroke-width="1.4"/>`;
        })
        .join('\n');
  }
}

/** A curve of 50,000 marks drawn over 600 px: points that move less than a third of a pixel are left out. */
function thinned(points: readonly Point[], place: Placer): Point[] {
  let kept: Point | undefined;
  return points.filter((point, n) => {
    const moved =
      kept === undefined ||
      Math.abs(place.x(point[0]) - place.x(kept[0])) + Math.abs(place.y(point[1]) - place.y(kept[1])) > 1 / 3;
    if (!moved && n < points.length - 1) return false;
    kept = point;
    return true;
  });
}

function legend(chart: Chart, place: Placer): string[] {
  const entries = chart.layers.filter((layer) => layer.legend !== undefined);
  const notes = chart.notes ?? [];
  const lines = [...entries.map((entry) => entry.legend!), ...notes];
  if (lines.length === 0) return [];
  const step = 23;
  const swatch = entries.length > 0 ? 42 : 0;
  // DejaVu Sans is about 0.56 em wide in running text; measured widths would need the font.
  const boxWidth =
    Math.max(...lines.map((line, n) => line.length * 14 * 0.56 + (n < entries.length ? swatch : 0))) + 24;
  const boxHeight = lines.length * step + 12;
  const margin = 14;
  const at = (corner: Corner): Point => [
    corner.endsWith('left') ? frame.left + margin : frame.right - margin - boxWidth,
    corner.startsWith('top') ? frame.top + margin : frame.bottom - margin - boxHeight,
  ];
  const data = chart.layers.flatMap((layer) => samples(layer, place));
  const hidden = (corner: Corner): number => {
    const [x0, y0] = at(corner);
    return data.filter(([x, y]) => x >= x0 && x <= x0 + boxWidth && y >= y0 && y <= y0 + boxHeight).length;
  };
  const [left, top] = at(
    corners.reduce((best, corner) => (hidden(corner) < hidden(best) ? corner : best), chart.legendAt),
  );
  return [
    `<rect x="${px(left)}" y="${px(top)}" width="${px(boxWidth)}" height="${boxHeight}" rx="3" fill="#fff" fill-opacity="0.9" stroke="#bbb"/>`,
    ...entries.map((entry, n) => swatchSvg(entry, left + 12, top + 18 + n * step)),
    ...lines.map((line, n) =>
      text(left + 12 + (n < entries.length ? swatch : 0), top + 23 + n * step, line, 'font-size="14"'),
    ),
  ];
}

/** What a layer covers, about every 4 units. */
function samples(layer: Layer, place: Placer): Point[] {
  const along = (points: readonly Point[]): Point[] => {
    const drawn = points.map(([x, y]): Point => [place.x(x), place.y(y)]);
    return drawn.flatMap(([x, y], n): Point[] => {
      const [x1, y1] = drawn[n + 1] ?? [x, y];
      const steps = Math.max(1, Math.ceil(Math.hypot(x1 - x, y1 - y) / 4));
      return Array.from({ length: steps }, (_, s) => [
        x + ((x1 - x) * s) / steps,
        y + ((y1 - y) * s) / steps,
      ]);
    });
  };
  switch (layer.kind) {
    case 'line':
      return along(thinned(layer.points, place));
    case 'band':
      return [...along(layer.low), ...along(layer.high)];
    case 'dots':
      return layer.points.map(([x, y]): Point => [place.x(x), place.y(y)]);
    case 'errors':
      return layer.bars.flatMap(({ x, low, high }) =>
        along([
          [x, low],
          [x, high],
        ]),
      );
  }
}

function swatchSvg(layer: Layer, x: number, y: number): string {
  const [x0, x1, middle] = [px(x), px(x + 32), px(x + 16)];
  switch (layer.kind) {
    case 'line':
      return `<line x1="${x0}" y1="${px(y)}" x2="${x1}" y2="${px(y)}" stroke="${layer.colour}" stroke-width="${layer.width ?? 2.4}"${layer.dashed ? ' stroke-dasharray="7 5"' : ''}/>`;
    case 'band':
      return `<rect x="${x0}" y="${px(y - 7)}" width="32" height="14" fill="${layer.colour}" fill-opacity="0.2"/>`;
    case 'dots':
      return `<circle cx="${middle}" cy="${px(y)}" r="4.5" fill="${layer.colour}"/>`;
    case 'errors':
      return `<path d="M${middle} ${px(y - 8)}v16m-4 0h8m-8 -16h8" fill="none" stroke="${layer.colour}" stroke-width="1.4"/>`;
  }
}

const px = (value: number): string => String(Math.round(value * 100) / 100);

const text = (x: number, y: number, content: string, attributes: string): string =>
  `<text x="${px(x)}" y="${px(y)}" ${attributes}>${escapeXml(content)}</text>`;

const escapeXml = (content: string): string =>
  // eslint-disable-next-line no-control-regex
  content.replace(/[<>&"\u0000-\u001f]/g, (c) => entities[c] ?? ' ');
const entities: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' };
