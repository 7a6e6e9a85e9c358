import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

// By path: vitest takes a style sheet out of what is imported.
const css = readFileSync(join(__dirname, '..', 'src-renderer', 'app.css'), 'utf8');

type Colour = readonly [red: number, green: number, blue: number, alpha: number];
type Tokens = Readonly<Record<string, string>>;

/** The custom properties of a rule. */
function tokensOf(selector: string): Tokens {
  const rule = css.slice(css.indexOf(`${selector} {`));
  const body = rule.slice(rule.indexOf('{') + 1, rule.indexOf('}'));
  return Object.fromEntries([...body.matchAll(/--([\w-]+):\s*([^;]+);/g)].map((m) => [m[1]!, m[2]!]));
}
const dark = tokensOf(':root');
const themes: Readonly<Record<string, Tokens>> = {
  dark,
  light: { ...dark, ...tokensOf("[data-theme='light']") },
  contrast: { ...dark, ...tokensOf("[data-theme='contrast']") },
};

function colour(text: string): Colour {
  const hex = /^#(\w\w)(\w\w)(\w\w)$/.exec(text);
  if (hex) return [parseInt(hex[1]!, 16), parseInt(hex[2]!, 16), parseInt(hex[3]!, 16), 1];
  const rgb = /^rgb\((\d+) (\d+) (\d+) \/ ([\d.]+)\)$/.exec(text);
  if (!rgb) throw new Error(`no colour: ${text}`);
  return [Number(rgb[1]), Number(rgb[2]), Number(rgb[3]), Number(rgb[4])];
}

const over = (top: Colour, below: Colour): Colour =>
  [0, 1, 2].map((n) => top[n]! * top[3] + below[n]! * (1 - top[3])).concat(1) as unknown as Colour;

/** WCAG 2.2, relative luminance and contrast ratio. */
function luminance(of: Colour): number {
  const [red, green, blue] = of.slice(0, 3).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}
function ratio(a: Colour, b: Colour): number {
  const [darker, lighter] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (lighter! + 0.05) / (darker! + 0.05);
}

const texts = ['text', 'muted', 'accent', 'pending', 'accepted', 'rejected', 'uncertain', 'danger'];
const surfaces = ['bg', 'surface', 'raised', 'accent-soft', 'hover', 'warn-soft', 'danger-soft'];
const black: Colour = [0, 0, 0, 1];

/** Pairs that fall short, as lines to read. */
function short(theme: string, least: number, front: readonly string[], back: readonly string[]): string[] {
  const tokens = themes[theme]!;
  return back.flatMap((behind) =>
    front.flatMap((name) => {
      const surface = over(colour(tokens[behind]!), colour(tokens['surface']!));
      const found = ratio(colour(tokens[name]!), surface);
      return found >= least ? [] : [`${name} on ${behind}: ${found.toFixed(2)}`];
    }),
  );
}

describe('themes', () => {
  it('contrast: text at 7:1 on every surface (WCAG 2.2, 1.4.6 AAA)', () => {
    expect(short('contrast', 7, texts, surfaces)).toEqual([]);
    expect(
      ratio(colour(themes['contrast']!['accent-text']!), colour(themes['contrast']!['accent']!)),
    ).toBeGreaterThan(7);
  });

  it('contrast: borders, marks of verdicts and the ring of the focus at 4.5:1', () => {
    expect(
      short('contrast', 4.5, ['line', 'accent', 'pending', 'accepted', 'rejected', 'uncertain'], surfaces),
    ).toEqual([]);
    const ring = /5px (#\w+)/.exec(themes['contrast']!['focus']!)![1]!;
    expect(ratio(colour(ring), colour(themes['contrast']!['bg']!))).toBeGreaterThan(4.5);
  });

  it.each(['dark', 'light'])('%s: text at 4.5:1 on every surface (1.4.3 AA)', (theme) => {
    expect(short(theme, 4.5, texts, surfaces)).toEqual([]);
    expect(ratio(colour(themes[theme]!['accent-text']!), colour(themes[theme]!['accent']!))).toBeGreaterThan(
      4.5,
    );
  });

  it.each(Object.keys(themes))('%s: boxes at 7:1 on the black that lies round them on an image', (theme) => {
    for (const verdict of ['pending', 'accepted', 'rejected', 'uncertain'])
      expect(ratio(colour(themes[theme]![`mark-${verdict}`]!), black), verdict).toBeGreaterThan(7);
  });
});
