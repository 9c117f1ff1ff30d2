import type { Line } from '../../core/line/line.ts';
import type { Complaint } from '../../core/base/complaint.ts';
import { graphComplaints } from './graph-rules.ts';
import { nameComplaints } from './name-rules.ts';
import { nestedComplaints } from './nested-rules.ts';
import { proofComplaints } from './proof-rules.ts';
import { reworkComplaints } from './rework-rules.ts';
import { stageComplaints } from './stage-rules.ts';
import { timeComplaints } from './time-rules.ts';

/**
 * What the schema cannot say: that the names lead somewhere, that the graph has an end, that every stage has what its
 * kind needs, and that nothing is passed on unchecked. A law is asked only where those it rests on hold.
 */
export function houseRules(line: Line): Complaint[] {
  return rulesOf(line, []);
}

/** `above`: the names of the lines that this one is nested in, outermost first. */
function rulesOf(line: Line, above: readonly string[]): Complaint[] {
  const nested = nestedComplaints(line, above);
  if (nested.length > 0) return nested;
  const inner = (line.lines ?? []).flatMap((child, at) => rulesOf(child, [...above, line.name]).map(within(['lines', at])));
  return [...ownRules(line), ...inner];
}

function ownRules(line: Line): Complaint[] {
  const names = [...nameComplaints(line), ...stageComplaints(line), ...timeComplaints(line)];
  const graph = names.length > 0 ? [] : graphComplaints(line);
  if (names.length + graph.length > 0) return [...names, ...graph];
  return [...reworkComplaints(line), ...proofComplaints(line)];
}

function within(place: readonly PropertyKey[]): (complaint: Complaint) => Complaint {
  return (complaint) => ({ ...complaint, path: [...place, ...complaint.path] });
}
