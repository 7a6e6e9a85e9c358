import PDFDocument from 'pdfkit';
import { inertText } from '../../core/report/inert-text';
import { fontBytes, fontFiles, type FontName } from './fonts';

export const colors = {
  ink: '#17212b',
  muted: '#5a6773',
  rule: '#cfd6dc',
  panel: '#f3f6f8',
  accent: '#0b5c6b',
  warning: '#8a4b00',
  warningPanel: '#fff1d6',
  good: '#1d6b3a',
  bad: '#8c2f2f',
} as const;

export interface TextStyle {
  readonly font: FontName;
  readonly size: number;
  readonly color: string;
}
export const styles = {
  body: { font: 'regular', size: 9, color: colors.ink },
  strong: { font: 'bold', size: 9, color: colors.ink },
  label: { font: 'regular', size: 7.5, color: colors.muted },
  small: { font: 'regular', size: 7.5, color: colors.muted },
  heading: { font: 'bold', size: 11, color: colors.accent },
  title: { font: 'bold', size: 18, color: colors.ink },
  mono: { font: 'mono', size: 7.5, color: colors.ink },
} as const satisfies Record<string, TextStyle>;

const margins = { top: 58, bottom: 58, left: 48, right: 48 };
const lineGap = 1.5;
/** What is printed for a character that the report cannot print; a note says so. */
const missingGlyph = '\u25a1';
/**
 * Scripts written from right to left. pdfkit lays text out from left to right word by word and reverses digits inside
 * such words: "3.1" could print as "1.3". A mark in their place is visible; a wrong number would not be.
 */
const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

interface FontkitFont {
  hasGlyphForCodePoint(codePoint: number): boolean;
}

/**
 * A4 pages filled from top to bottom. Coordinates and sizes in points, y down. All text goes through here, is
 * made inert and keeps to characters the fonts have, so that nothing is dropped unseen.
 */
export class Sheet {
  readonly doc: PDFKit.PDFDocument;
  /** Where the next block starts. */
  y = margins.top;
  readonly left = margins.left;
  readonly width: number;
  /** True once a character had to be replaced. */
  missingGlyphs = false;

  constructor(info: PDFKit.DocumentInfo) {
    this.doc = new PDFDocument({
      size: 'A4',
      margins,
      bufferPages: true,
      autoFirstPage: false,
      font: null as unknown as string,
      lang: 'en',
      displayTitle: true,
      info,
    });
    for (const name of Object.keys(fontFiles) as FontName[]) this.doc.registerFont(name, fontBytes(name));
    this.doc.addPage();
    this.width = this.doc.page.width - margins.left - margins.right;
  }

  get bottom(): number {
    return this.doc.page.height - margins.bottom;
  }
  get right(): number {
    return this.left + this.width;
  }

  /** Starts a new page unless `height` fits on this one. */
  ensure(height: number): void {
    if (this.y + Math.min(height, this.bottom - margins.top) > this.bottom) this.newPage();
  }

  private newPage(): void {
    this.doc.addPage();
    this.y = margins.top;
  }

  height(text: string, style: TextStyle, width: number): number {
    return this.use(style).heightOfString(this.printable(text, style.font), { width, lineGap });
  }

  textWidth(text: string, style: TextStyle): number {
    return this.use(style).widthOfString(this.printable(text, style.font));
  }

  /** Draws text where the caller made room for it; returns its height. */
  put(
    text: string,
    style: TextStyle,
    x: number,
    y: number,
    width: number,
    align: 'left' | 'right' | 'center' = 'left',
  ): number {
    const height = this.height(text, style, width);
    this.use(style)
      .fillColor(style.color)
      .text(this.printable(text, style.font), x, y, { width, align, lineGap });
    return height;
  }

  /** One line, cut with an ellipsis where it is too long. */
  putLine(
    text: string,
    style: TextStyle,
    x: number,
    y: number,
    width: number,
    align: 'left' | 'right' = 'left',
  ): void {
    let line = this.printable(text.replace(/\n/g, ' '), style.font);
    if (this.textWidth(line, style) > width) {
      const letters = Array.from(line);
      while (letters.length > 0 && this.textWidth(`${letters.join('')}\u2026`, style) > width) letters.pop();
      line = `${letters.join('').trimEnd()}\u2026`;
    }
    this.use(style)
      .fillColor(style.color)
      .text(line, x, y, { width: width + 1, align, lineBreak: false });
  }

  /** Text of any length from `y` on, over as many pages as it needs. */
  flow(text: string, style: TextStyle, x: number, width: number): void {
    this.ensure(2 * style.size);
    this.use(style)
      .fillColor(style.color)
      .text(this.printable(text, style.font), x, this.y, { width, lineGap });
    this.y = this.doc.y;
  }

  rule(y: number, color: string = colors.rule, x = this.left, width = this.width): void {
    this.doc
      .lineWidth(0.6)
      .strokeColor(color)
      .moveTo(x, y)
      .lineTo(x + width, y)
      .stroke();
  }

  panel(x: number, y: number, width: number, height: number, color: string): void {
    this.doc.roundedRect(x, y, width, height, 3).fill(color);
  }

  /** Draws on every page after all is laid out; there the margins are free to use. */
  onEveryPage(draw: (page: number, pages: number) => void): void {
    const { start, count } = this.doc.bufferedPageRange();
    for (let i = 0; i < count; i++) {
      this.doc.switchToPage(start + i);
      const kept = this.doc.page.margins;
      this.doc.page.margins = { top: 0, bottom: 0, left: 0, right: 0 };
      draw(i + 1, count);
      this.doc.page.margins = kept;
    }
  }

  bytes(): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      this.doc.on('data', (chunk: Buffer) => chunks.push(chunk));
      this.doc.on('error', reject);
      this.doc.on('end', () => resolve(new Uint8Array(Buffer.concat(chunks))));
      this.doc.end();
    });
  }

  private use(style: TextStyle): PDFKit.PDFDocument {
    return this.doc.font(style.font).fontSize(style.size);
  }

  private printable(text: string, font: FontName): string {
    this.doc.font(font);
    const { font: face } = (this.doc as unknown as { _font: { font: FontkitFont } })._font;
    let out = '';
    for (const character of inertText(text)) {
      const known =
        character === '\n' ||
        (face.hasGlyphForCodePoint(character.codePointAt(0)!) && !rightToLeft.test(character));
      if (!known) this.missingGlyphs = true;
      out += known ? character : missingGlyph;
    }
    return out;
  }
}
