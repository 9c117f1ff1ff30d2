import { followers, grown, lastStages, needed, predecessors } from './graph.ts';
import type { Line, Stage } from './line.ts';
import type { RunState } from './state.ts';

/** True where a stage came to something, or the run goes on without it. */
export function isPast({ results, forgone }: RunState, id: string): boolean {
  return results.has(id) || forgone.has(id);
}

/** True where enough of what comes before a stage is done. */
export function isJoined(line: Line, state: RunState, stage: Stage): boolean {
  const before = predecessors(line, stage);
  return before.filter((id) => isGood(state, id)).length >= needed(stage.join, before.length);
}

/** True where every stage that the line ends with is done or can still come about. */
export function canStillEnd(line: Line, state: RunState): boolean {
  const hopeful = grown(line, ({ stage, before }, found) => {
    if (isPast(state, stage.id)) return isGood(state, stage.id);
    return before.filter((id) => found.has(id)).length >= needed(stage.join, before.length);
  });
  return lastStages(line).every(({ id }) => hopeful.has(id));
}

/** A stage still to come that other stages come after, none of which waits for it any more. */
export function unwanted(line: Line, state: RunState): Stage | undefined {
  const isWaiting = (stage: Stage): boolean => !isPast(state, stage.id) && !isJoined(line, state, stage);
  return line.stages.find(({ id }) => {
    const after = isPast(state, id) ? [] : followers(line, id);
    return after.length > 0 && !after.some(isWaiting);
  });
}

function isGood({ results, forgone }: RunState, id: string): boolean {
  return results.get(id)?.outcome === 'done' && !forgone.has(id);
}
