import { grown, needed } from '../../core/line/graph.ts';
import type { Line, Stage } from '../../core/line/line.ts';

/**
 * Ids of the stages that cannot be begun before a stage of some sort is done, whichever way the joins let the run go.
 *
 * @example
 * assuredAfter(line, ({ does }) => does === 'baseline').has('inspection'); // true in the built-in lines
 */
export function assuredAfter(line: Line, isOfSort: (stage: Stage) => boolean): ReadonlySet<string> {
  const ofSort = new Set(line.stages.filter(isOfSort).map(({ id }) => id));
  return grown(line, ({ stage, before }, found) => {
    const sure = before.filter((id) => ofSort.has(id) || found.has(id)).length;
    // As many as the join can do without must not be all that brings the assurance.
    return sure > before.length - needed(stage.join, before.length);
  });
}
