import type { Join, Line, Stage } from './line.ts';

/** Ids of the stages that must come before a stage: those it names, or the one above it. */
export function predecessors(line: Line, stage: Stage): readonly string[] {
  if (stage.after !== undefined) return stage.after;
  const above = line.stages[line.stages.indexOf(stage) - 1];
  return above === undefined ? [] : [above.id];
}

/** Stages that come directly after one. */
export function followers(line: Line, id: string): readonly Stage[] {
  return line.stages.filter((stage) => predecessors(line, stage).includes(id));
}

/** Stages that nothing comes after: once all of them are done, the line is. */
export function lastStages(line: Line): readonly Stage[] {
  const followed = new Set(line.stages.flatMap((stage) => predecessors(line, stage)));
  return line.stages.filter(({ id }) => !followed.has(id));
}

/** Ids of a stage and all that comes after it, however far. */
export function withDescendants(line: Line, id: string): ReadonlySet<string> {
  return grown(line, ({ stage, before }, found) => stage.id === id || before.some((earlier) => found.has(earlier)));
}

/** Ids of all that comes before a stage, however far; the stage itself is among them where the line goes in a circle. */
export function ancestors(line: Line, id: string): ReadonlySet<string> {
  const before = new Map(line.stages.map((stage) => [stage.id, predecessors(line, stage)]));
  const found = new Set(before.get(id));
  // A set that grows while it is walked is walked to its end.
  for (const earlier of found) for (const further of before.get(earlier) ?? []) found.add(further);
  return found;
}

/** How many of `total` must be done for a join to hold. */
export function needed(join: Join | undefined, total: number): number {
  if (join === undefined || join === 'all') return total;
  return Math.min(total, join === 'any' ? 1 : join.atLeast);
}

/** A stage, and what comes directly before it. */
export interface Place {
  readonly stage: Stage;
  readonly before: readonly string[];
}

/** Ids of the stages that qualify, given those that are known to; asked again until no more do. */
export function grown(line: Line, qualifies: (place: Place, found: ReadonlySet<string>) => boolean): ReadonlySet<string> {
  const places = line.stages.map((stage) => ({ stage, before: predecessors(line, stage) }));
  const found = new Set<string>();
  for (let size = -1; size !== found.size;) {
    size = found.size;
    for (const place of places) if (qualifies(place, found)) found.add(place.stage.id);
  }
  return found;
}
