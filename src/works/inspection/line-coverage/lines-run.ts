import type { CountedFunction } from './collect-coverage.ts';

/**
 * The lines of a script that were run, by the ranges that V8 counted; null where the counts are of another text than this
 * one. A line counts as run where the smallest range around all of it was.
 */
export function linesRun(text: string, functions: readonly CountedFunction[]): ReadonlySet<number> | null {
  const ranges = functions.flat();
  const whole = ranges.reduce((longest, [start, end]) => Math.max(longest, end - start), 0);
  if (whole !== text.length || ranges.length === 0) return null;
  const run = new Set<number>();
  let offset = 0;
  for (const [at, line] of text.split('\n').entries()) {
    const start = offset + (line.length - line.trimStart().length);
    const end = offset + line.trimEnd().length;
    offset += line.length + 1;
    if (end > start && countAround(ranges, start, end) > 0) run.add(at + 1);
  }
  return run;
}

function countAround(ranges: CountedFunction, start: number, end: number): number {
  let smallest: CountedFunction[number] | undefined;
  for (const range of ranges) {
    if (range[0] > start || range[1] < end) continue;
    // Of two of one size the later is the inner one.
    if (smallest === undefined || range[1] - range[0] <= smallest[1] - smallest[0]) smallest = range;
  }
  return smallest?.[2] ?? 0;
}
