import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sampleLine } from '../../../kit/evidence/index.ts';
import { needed, predecessors } from '../../core/line/graph.ts';
import type { Line, Stage } from '../../core/line/line.ts';
import { assuredAfter } from './assured.ts';

const lines: fc.Arbitrary<Line> = fc.array(fc.tuple(fc.nat(255), fc.nat(5)), { minLength: 1, maxLength: 7 }).map((rows) => ({
  ...sampleLine,
  stages: rows.map(([mask, join], at): Stage => {
    const after = rows.flatMap((_, earlier) => (earlier < at && (mask >> earlier) % 2 === 1 ? [`s${earlier}`] : []));
    const joins = ['all', 'any', { atLeast: 1 + (join % Math.max(1, after.length)) }] as const;
    return { id: `s${at}`, does: 'command', after, join: joins[join % 3] ?? 'all' };
  }),
}));

/** Every set of stages that may be done at once, found by trying them all. */
function possible(line: Line): readonly ReadonlySet<string>[] {
  const all = Array.from({ length: 2 ** line.stages.length }, (_, mask) => line.stages.filter((_stage, at) => (mask >> at) % 2 === 1));
  return all
    .filter((done) => done.every((stage) => mayBegin(line, stage, new Set(done.map(({ id }) => id)))))
    .map((done) => new Set(done.map(({ id }) => id)));
}

function mayBegin(line: Line, stage: Stage, done: ReadonlySet<string>): boolean {
  const before = predecessors(line, stage);
  return before.filter((id) => done.has(id)).length >= needed(stage.join, before.length);
}

it('assures exactly what no way through a line can do without', () => {
  let assurances = 0;
  fc.assert(
    fc.property(lines, fc.nat(6), (line, wanted) => {
      const sort = `s${wanted % line.stages.length}`;
      const assured = assuredAfter(line, ({ id }) => id === sort);
      const ways = possible(line);
      for (const stage of line.stages) {
        const isSure = ways.filter((done) => mayBegin(line, stage, done)).every((done) => done.has(sort));
        expect(assured.has(stage.id)).toBe(isSure);
        assurances += isSure ? 1 : 0;
      }
    }),
    { numRuns: 500 },
  );
  expect(assurances).toBeGreaterThan(100);
});
