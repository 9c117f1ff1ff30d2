import type { Join, Line, Stage } from './line.ts';

/** Ids of the stages that must come before a stage: those it names, or the one above it. */
export function predecessors(line: Line, stage: Stage): readonly string[] {
  if (stage.after !== undefined) return stage.after;
  const above = line.stages[line.stages.indexOf(stage) - 1];
  return above === undefined ? [] : [above.id];
}

/** Stages that nothing comes after: once all of them are done, the line is. */
export function lastStages(line: Line): readonly Stage[] {
  const followed = new Set(line.stages.flatMap((stage) => predecessors(line, stage)));
  return line.stages.filter(({ id }) => !followed.has(id));
}

/** Ids of a stage and all that comes after it, however far. */
export function withDescendants(line: Line, id: string): ReadonlySet<string> {
  const found = new Set([id]);
  for (let size = 0; size !== found.size; ) {
    size = found.size;
    for (const stage of line.stages) if (predecessors(line, stage).some((before) => found.has(before))) found.add(stage.id);
  }
  return found;
}

/** Ids of all that comes before a stage, however far; without the stage. */
export function ancestors(line: Line, id: string): ReadonlySet<string> {
  const stage = line.stages.find((candidate) => candidate.id === id);
  const found = new Set<string>();
  for (const before of stage === undefined ? [] : predecessors(line, stage)) {
    found.add(before);
    for (const further of ancestors(line, before)) found.add(further);
  }
  return found;
}

/** How many of `total` must be done for a join to hold. */
export function needed(join: Join | undefined, total: number): number {
  if (join === undefined || join === 'all') return total;
  return Math.min(total, join === 'any' ? 1 : join.atLeast);
}

/** Stages that come directly after one. */
export function followers(line: Line, id: string): readonly Stage[] {
  return line.stages.filter((stage) => predecessors(line, stage).includes(id));
}
