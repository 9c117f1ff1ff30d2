import { Parser } from 'tap-parser';
import { z } from 'zod';

/** One line 'ok 3 - name' with what belongs to it. */
export interface TapPoint {
  readonly kind: 'point';
  readonly name: string;
  readonly number: number;
  readonly ok: boolean;
  readonly skipped: boolean;
  readonly message: string | undefined;
}

/** An indented subtest; `point` is the line of its parent that closes it, null where it was cut off. */
export interface TapSubtest {
  readonly kind: 'subtest';
  readonly name: string;
  readonly items: readonly TapItem[];
  readonly point: TapPoint | null;
}

export interface TapComment {
  readonly kind: 'comment';
  readonly text: string;
}

export type TapItem = TapPoint | TapSubtest | TapComment;

export interface TapDocument {
  readonly items: readonly TapItem[];
  /** Points that the plan line promises, null where there is none: the output was cut off. */
  readonly planned: number | null;
}

const Point = z.object({
  ok: z.boolean(),
  name: z.string(),
  id: z.number().nullish(),
  skip: z.union([z.boolean(), z.string()]).nullish(),
  todo: z.union([z.boolean(), z.string()]).nullish(),
  diag: z.unknown(),
});
type Log = readonly (readonly unknown[])[];

/** Reads TAP 12 to 14 with subtests. Text between the lines is passed by, as is a point out of its number. */
export function parseTap(text: string): TapDocument {
  const log: Log = Parser.parse(text);
  // The parser makes up a plan where the text has none; only one that was written says that nothing is cut off.
  const [, start, end] = [...text.matchAll(/^(\d+)\.\.(\d+)(?:\s*#.*)?\s*$/gm)].at(-1) ?? [];
  const planned = start === undefined || end === undefined ? null : Math.max(0, Number(end) - Number(start) + 1);
  // It also remarks on what it misses, as comments.
  const written = itemsOf(log).filter((item) => item.kind !== 'comment' || text.includes(`# ${item.text}`));
  return { items: written, planned };
}

/** Tests can print 'ok 7 - looks like a result': a point is one by closing a subtest, or by having the next number. */
function itemsOf(log: Log): readonly TapItem[] {
  const items: TapItem[] = [];
  let next = 1;
  for (const [event, value] of log) {
    if (event === 'comment')
      items.push({
        kind: 'comment',
        text: String(value)
          .replace(/^\s*#\s?/, '')
          .trimEnd(),
      });
    if (event === 'child') items.push(subtest(value as Log)); // the event log of a child is a log
    if (event !== 'assert') continue;
    const read = Point.parse(value);
    const number = read.id ?? next;
    const found = point(read, number);
    const closes = close(items, found);
    if (!closes && number !== next) continue;
    if (!closes) items.push(found);
    next = number + 1;
  }
  const taken = new Set(items.map((item) => (item.kind === 'subtest' ? item.point?.number : undefined)));
  return items.filter((item) => item.kind !== 'point' || !taken.has(item.number));
}

function subtest(log: Log): TapSubtest {
  const items = itemsOf(log);
  const first = items[0];
  const name = first?.kind === 'comment' ? first.text.replace(/^Subtest: /, '') : '';
  return { kind: 'subtest', name, items: items.slice(name === '' ? 0 : 1), point: null };
}

/** Gives a point to the subtest it closes, and says whether it closes one. */
function close(items: TapItem[], found: TapPoint): boolean {
  const last = items.findLastIndex((item) => item.kind === 'subtest');
  const open = items[last];
  const closes = open?.kind === 'subtest' && open.point === null && open.name === found.name;
  if (closes) items[last] = { ...open, point: found };
  return closes;
}

function point(read: z.infer<typeof Point>, number: number): TapPoint {
  const skipped = given(read.skip) || given(read.todo);
  return { kind: 'point', name: read.name, number, ok: read.ok, skipped, message: read.ok ? undefined : messageOf(read) };
}

function given(directive: boolean | string | null | undefined): boolean {
  return directive !== undefined && directive !== null && directive !== false;
}

const Diagnostic = z.record(z.string(), z.unknown());

function messageOf(read: z.infer<typeof Point>): string {
  const diag = Diagnostic.safeParse(read.diag).data;
  if (diag === undefined) return read.name;
  const shown = ['message', 'operator', 'expected', 'actual', 'found', 'wanted', 'values', 'diff', 'exitCode', 'signal', 'stack', 'at']
    .filter((key) => diag[key] !== undefined && diag[key] !== null)
    .map((key) => `${key}: ${typeof diag[key] === 'string' ? diag[key] : JSON.stringify(diag[key])}`);
  return [read.name, ...shown].join('\n');
}
