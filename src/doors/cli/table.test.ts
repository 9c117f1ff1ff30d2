import { describe, expect, it } from 'vitest';
import { pageOf } from './page.ts';
import { table } from './table.ts';

const columns = [{ title: 'RUN' }, { title: 'WHAT', flexible: true }, { title: 'WHY', flexible: true }];
const rows = [
  ['deps-ms', 'ms 2.1.2 -> 2.1.3', 'every test that passed before passes after'],
  ['deps-ip', 'ip 2.0.1', 'no fixed release'],
];

const page = (width: number): ReturnType<typeof pageOf> =>
  pageOf({ write: () => undefined, isTTY: width > 0, columns: width, isGone: false }, { NO_COLOR: '1' });

describe('table', () => {
  it('cuts nothing where the reader is no terminal', () => {
    expect(table(columns, rows, page(0))).toBe(
      [
        'RUN      WHAT               WHY',
        'deps-ms  ms 2.1.2 -> 2.1.3  every test that passed before passes after',
        'deps-ip  ip 2.0.1           no fixed release',
      ].join('\n'),
    );
  });

  it.each([60, 50, 44])('fits a terminal of %i columns', (width) => {
    const lines = table(columns, rows, page(width)).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
    expect(lines[1]).toMatch(/^deps-ms {2}ms 2\.1.*…/);
  });

  it('cuts the last flexible column first', () => {
    expect(table(columns, rows, page(50)).split('\n')[1]).toBe('deps-ms  ms 2.1.2 -> 2.1.3  every test that passe…');
  });
});
