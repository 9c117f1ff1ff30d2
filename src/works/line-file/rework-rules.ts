import { ancestors } from '../../core/line/graph.ts';
import type { Line, Rework, Stage, StageKind } from '../../core/line/line.ts';
import { assuredAfter } from './assured.ts';
import type { Complaint } from '../../core/base/complaint.ts';
import { meant } from '../../core/base/nearest.ts';

const objectors: ReadonlySet<StageKind> = new Set(['inspection', 'judgement', 'reproduction', 'command', 'gate', 'runs']);

/** What may send back, and to where: to work that surely was done before it. */
export function reworkComplaints(line: Line): Complaint[] {
  return line.stages.flatMap((stage, at) => (stage.onFail === undefined ? [] : reworkComplaint(line, stage, { at, onFail: stage.onFail })));
}

function reworkComplaint(line: Line, stage: Stage, { at, onFail }: { readonly at: number; readonly onFail: Rework }): Complaint[] {
  const { id, does } = stage;
  if (!objectors.has(does)) {
    const message = `Stage "${id}" does ${does}, which objects to nothing.`;
    return [
      { path: ['stages', at, 'onFail'], at: 'key', message, mend: `Put "onFail" on a stage that does ${[...objectors].join(', ')}.` },
    ];
  }
  const place = { path: ['stages', at, 'onFail', 'stage'], at: 'value' } as const;
  const earlier = ancestors(line, id);
  const target = onFail.stage;
  if (!line.stages.some((other) => other.id === target))
    return [
      { ...place, message: `Stage "${id}" sends back to "${target}", which is no stage of this line.`, mend: meant(target, [...earlier]) },
    ];
  // What was not shown is tried again by the stage that tried it.
  if (does === 'reproduction' && target === id) return [];
  if (!earlier.has(target)) {
    const message = `Stage "${id}" sends back to "${target}", which does not come before it.`;
    return [{ ...place, message, mend: `Before it come: ${[...earlier].join(', ') || 'none'}.` }];
  }
  if (assuredAfter(line, (other) => other.id === target).has(id)) return [];
  const message = `Stage "${id}" sends back to "${target}", and a join lets the run come here without it.`;
  return [{ ...place, message, mend: 'Send back to a stage before the branches part.' }];
}
