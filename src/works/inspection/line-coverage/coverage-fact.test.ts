import { describe, expect, it } from 'vitest';
import type { Collected } from './collect-coverage.ts';
import { coverageFact, type ChangedSource } from './coverage-fact.ts';

const text = ["'use strict';", 'function f(a) {', '  if (a) {', '    return 1;', '  }', '  // why', '  return 2;', '}', 'f(0);', ''].join(
  '\n',
);
const source: ChangedSource = { path: 'src/f.js', text, added: [1, 2, 3, 4, 5, 6, 7, 8] };
const start = text.indexOf('function');
const end = text.indexOf('\nf(0)');
const block = [text.indexOf('{', text.indexOf('if')), text.indexOf('}') + 1] as const;
const ran = (inner: number): Collected => ({
  seen: 2,
  scripts: [
    {
      path: 'src/f.js',
      functions: [
        [[0, text.length, 1]],
        [
          [start, end, 1],
          [...block, inner],
        ],
      ],
    },
  ],
});

describe('added lines', () => {
  it('that no test ran are named, and blanks, comments and brackets are none', () => {
    const found = coverageFact([source], ran(0));
    expect(found).toMatchObject({ outcome: 'broken', data: { lines: 5, covered: 4, unknown: [] } });
    expect(found.data.findings).toEqual([
      { rule: 'lines-not-run', file: 'src/f.js', line: 4, message: 'this line is run by no test of the branch' },
    ]);
  });

  it('count as run where any process ran them', () => {
    const both = { seen: 2, scripts: [...ran(0).scripts, ...ran(3).scripts] };
    expect(coverageFact([source], both)).toMatchObject({ outcome: 'holds', code: 'lines-run', data: { lines: 5, covered: 5 } });
  });

  it('of a file that was never loaded are run by nothing', () => {
    expect(coverageFact([source], { seen: 1, scripts: [] })).toMatchObject({ outcome: 'broken', data: { covered: 0 } });
  });

  it('of code that Node ran in another form are unknown, never guessed', () => {
    const other = { seen: 1, scripts: [{ path: 'src/f.js', functions: [[[0, text.length + 40, 1] as const]] }] };
    expect(coverageFact([source], other)).toMatchObject({ outcome: 'unknown', data: { unknown: ['src/f.js'], findings: [] } });
  });

  it.each([null, { seen: 0, scripts: [] }])('are unknown where Node counted nothing', (collected) => {
    expect(coverageFact([source], collected)).toMatchObject({ outcome: 'unknown', code: 'not-counted' });
  });

  it('are none where the change adds none', () => {
    expect(coverageFact([{ ...source, added: [5, 6] }], null)).toMatchObject({ outcome: 'holds', code: 'no-source-line' });
    expect(coverageFact([{ ...source, added: [] }], null)).toMatchObject({ outcome: 'holds', code: 'no-source-line' });
  });
});
