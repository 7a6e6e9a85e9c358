import { colors, styles, type Sheet, type TextStyle } from './sheet';

/** One line of a list of facts; facts without a value are left out by the caller. */
export interface Fact {
  readonly label: string;
  readonly value: string;
  readonly style?: TextStyle;
}

const factGap = 3;

export function factsHeight(sheet: Sheet, facts: readonly Fact[], labelWidth: number, width: number): number {
  return facts.reduce((sum, fact) => sum + factHeight(sheet, fact, labelWidth, width) + factGap, 0) - factGap;
}

function factHeight(sheet: Sheet, fact: Fact, labelWidth: number, width: number): number {
  return Math.max(
    sheet.height(fact.label, styles.label, labelWidth - 6),
    sheet.height(fact.value, fact.style ?? styles.body, width - labelWidth),
  );
}

/** Label and value side by side; values wrap. The caller made room with {@link factsHeight}. */
export function drawFacts(
  sheet: Sheet,
  facts: readonly Fact[],
  x: number,
  y: number,
  labelWidth: number,
  width: number,
): void {
  for (const fact of facts) {
    const style = fact.style ?? styles.body;
    // Base lines meet: DejaVu's ascender is 0.93 of the size.
    sheet.put(fact.label, styles.label, x, y + 0.93 * (style.size - styles.label.size), labelWidth - 6);
    sheet.put(fact.value, style, x + labelWidth, y, width - labelWidth);
    y += factHeight(sheet, fact, labelWidth, width) + factGap;
  }
}

/** A heading that stays with the first `following` points of what it heads. */
export function heading(sheet: Sheet, text: string, following: number): void {
  sheet.ensure(30 + following);
  sheet.y += 12;
  sheet.y += sheet.put(text, styles.heading, sheet.left, sheet.y, sheet.width) + 2;
  sheet.rule(sheet.y, colors.accent);
  sheet.y += 7;
}

/** A coloured box of one message. */
export function banner(sheet: Sheet, text: string, color: string, background: string): void {
  const style: TextStyle = { ...styles.strong, color };
  const height = sheet.height(text, style, sheet.width - 20) + 11;
  sheet.ensure(height);
  sheet.panel(sheet.left, sheet.y, sheet.width, height, background);
  sheet.put(text, style, sheet.left + 10, sheet.y + 6, sheet.width - 20);
  sheet.y += height + 8;
}

/** A small word in a filled box; returns its width. */
export function badge(sheet: Sheet, text: string, x: number, y: number, color: string): number {
  const style: TextStyle = { font: 'bold', size: 7.5, color: '#ffffff' };
  const width = sheet.textWidth(text, style) + 12;
  sheet.doc.roundedRect(x, y, width, 13, 2.5).fill(color);
  sheet.putLine(text, style, x + 6, y + 2.4, width);
  return width;
}

export interface Column {
  readonly title: string;
  readonly width: number;
}

/** A table with a head; every cell wraps, rows do not break over pages. */
export function table(
  sheet: Sheet,
  columns: readonly Column[],
  rows: readonly (readonly { text: string; style?: TextStyle }[])[],
): void {
  const scale = sheet.width / columns.reduce((sum, column) => sum + column.width, 0);
  const widths = columns.map((column) => column.width * scale);
  const pad = 4;
  const rowHeight = (row: (typeof rows)[number]): number =>
    Math.max(
      ...row.map((cell, i) => sheet.height(cell.text, cell.style ?? styles.body, widths[i]! - 2 * pad)),
    ) +
    2 * pad;
  const drawRow = (row: (typeof rows)[number]): void => {
    let x = sheet.left;
    row.forEach((cell, i) => {
      sheet.put(cell.text, cell.style ?? styles.body, x + pad, sheet.y + pad, widths[i]! - 2 * pad);
      x += widths[i]!;
    });
  };
  const head = columns.map((column) => ({
    text: column.title,
    style: { ...styles.label, font: 'bold' as const },
  }));
  const headHeight = rowHeight(head);
  const drawHead = (): void => {
    sheet.doc.rect(sheet.left, sheet.y, sheet.width, headHeight).fill(colors.panel);
    drawRow(head);
    sheet.y += headHeight;
  };
  sheet.ensure(headHeight + (rows[0] ? rowHeight(rows[0]) : 0));
  drawHead();
  for (const row of rows) {
    const height = rowHeight(row);
    if (sheet.y + height > sheet.bottom) {
      sheet.ensure(Infinity);
      drawHead();
    }
    drawRow(row);
    sheet.y += height;
    sheet.rule(sheet.y);
  }
  sheet.y += 4;
}
