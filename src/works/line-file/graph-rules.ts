import { ancestors, predecessors } from '../../core/line/graph.ts';
import type { Line, Stage } from '../../core/line/line.ts';
import type { Complaint } from '../../core/base/complaint.ts';
import { meant } from '../../core/base/nearest.ts';

/** What makes a graph of the stages: names that lead somewhere, no circle, joins that can hold. */
export function graphComplaints(line: Line): Complaint[] {
  const names = line.stages.flatMap((stage, at) => nameless(line, stage, at));
  if (names.length > 0) return names;
  const circles = circle(line);
  return circles.length > 0 ? circles : [...beginning(line), ...line.stages.flatMap((stage, at) => joining(line, stage, at))];
}

function nameless({ stages }: Line, { id, after = [] }: Stage, at: number): Complaint[] {
  const known = stages.map((stage) => stage.id);
  return after.flatMap((name, index): Complaint[] => {
    const place = { path: ['stages', at, 'after', index], at: 'value' } as const;
    if (name === id) return [{ ...place, message: `Stage "${id}" comes after itself.`, mend: 'Name the stage before it.' }];
    if (after.indexOf(name) < index) return [{ ...place, message: `Stage "${id}" names "${name}" twice.`, mend: 'Keep one of the two.' }];
    if (known.includes(name)) return [];
    return [{ ...place, message: `Stage "${id}" comes after "${name}", which is no stage of this line.`, mend: meant(name, known) }];
  });
}

function circle(line: Line): Complaint[] {
  const inCircle = line.stages.filter(({ id }) => ancestors(line, id).has(id));
  const [first] = inCircle;
  if (first === undefined) return [];
  const way = wayBack(line, first, new Set(inCircle.map(({ id }) => id)));
  const shown = [...way, first.id].map((id) => `"${id}"`).join(' after ');
  const at = line.stages.indexOf(first);
  const message = `The stages wait for each other in a circle: ${shown}.`;
  const mend = 'Take one of these out of an "after"; to do earlier work again use "onFail".';
  return [{ path: ['stages', at, 'after'], at: 'key', message, mend }];
}

/** From a stage of a circle through those before it until it comes round. */
function wayBack(line: Line, start: Stage, among: ReadonlySet<string>): readonly string[] {
  const way = [start.id];
  const stepBack = (id: string): string | undefined => {
    const stage = line.stages.find((candidate) => candidate.id === id);
    const before = stage === undefined ? [] : predecessors(line, stage);
    return before.find((earlier) => among.has(earlier) && ancestors(line, earlier).has(start.id));
  };
  for (let at = stepBack(start.id); at !== undefined && !way.includes(at); at = stepBack(at)) way.push(at);
  return way;
}

/** A line is read from its first stage on; what stands first is what an operator's limits on new runs are held against. */
function beginning({ stages }: Line): Complaint[] {
  const [first] = stages;
  if (first?.after === undefined || first.after.length === 0) return [];
  const message = `Stage "${first.id}" stands first and comes after "${first.after.join('", "')}".`;
  return [{ path: ['stages', 0, 'after'], at: 'key', message, mend: 'Begin the list with a stage that nothing comes before.' }];
}

function joining(line: Line, stage: Stage, at: number): Complaint[] {
  const { id, join } = stage;
  if (join === undefined) return [];
  const before = predecessors(line, stage);
  if (before.length < 2) {
    const message = `Stage "${id}" joins, but ${before.length === 0 ? 'nothing' : `only "${before[0]}"`} comes before it.`;
    return [{ path: ['stages', at, 'join'], at: 'key', message, mend: 'Remove "join", or name several stages in "after".' }];
  }
  if (typeof join === 'string' || join.atLeast <= before.length) return [];
  const message = `Stage "${id}" waits for ${join.atLeast} stages, and ${before.length} come before it.`;
  return [{ path: ['stages', at, 'join', 'atLeast'], at: 'value', message, mend: `Write at most ${before.length}.` }];
}
