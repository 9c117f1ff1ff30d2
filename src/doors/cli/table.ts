import { stripVTControlCharacters } from 'node:util';
import { fit, type Page } from './page.ts';

export interface Column {
  readonly title: string;
  /** This column gives way where the terminal is too narrow. */
  readonly flexible?: boolean;
}

/** Columns stop giving way here; the terminal wraps what is still too wide. */
const narrowest = 8;

/**
 * Lays out rows in columns that fit the page. Cells may be coloured unless their column is flexible.
 *
 * @example
 * table([{ title: 'RUN' }, { title: 'TITLE', flexible: true }], [['deps-ms-1f0c', 'ms 2.1.2 -> 2.1.3']], page);
 */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], page: Page): string {
  const widths = fittedWidths(columns, rows, page.width);
  const heading = columns.map(({ title }, at) => page.paint.dim(cell(title, widths[at] ?? 0)));
  const body = rows.map((row) => row.map((text, at) => cell(text, widths[at] ?? 0)));
  return [heading, ...body].map((line) => line.join('  ').trimEnd()).join('\n');
}

function fittedWidths(columns: readonly Column[], rows: readonly (readonly string[])[], pageWidth: number): number[] {
  const widths = columns.map(({ title }, at) => Math.max(title.length, ...rows.map((row) => length(row[at] ?? ''))));
  let excess = widths.reduce((sum, width) => sum + width + 2, -2) - pageWidth;
  // The last flexible column gives way first: the first ones tell the rows apart.
  for (const [at, column] of [...columns.entries()].toReversed()) {
    const width = widths[at] ?? 0;
    if (excess <= 0 || column.flexible !== true) continue;
    widths[at] = Math.max(Math.min(narrowest, width), width - excess);
    excess -= width - (widths[at] ?? 0);
  }
  return widths;
}

function cell(text: string, width: number): string {
  const shown = length(text) > width ? fit(text, width) : text;
  return shown + ' '.repeat(Math.max(0, width - length(shown)));
}

function length(text: string): number {
  return stripVTControlCharacters(text).length;
}
