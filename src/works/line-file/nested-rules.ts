import type { Line } from '../../core/line/line.ts';
import { meant } from '../../core/base/nearest.ts';
import type { Complaint } from '../../core/base/complaint.ts';

/** A run of a run of a run is as deep as anyone can still follow. */
const depthAllowed = 2;

/** Lines within a line: only so deep, each with a name of its own, each used, and only those that stand there. */
export function nestedComplaints(line: Line, above: readonly string[]): Complaint[] {
  const lines = line.lines ?? [];
  if (lines.length > 0 && above.length >= depthAllowed) {
    const message = `Lines are nested more than ${depthAllowed} deep here.`;
    return [{ path: ['lines'], at: 'key', message, mend: `Let "${line.name}" do the work itself.` }];
  }
  return [...lines.flatMap((_, at) => child(lines, at, [...above, line.name])), ...used(line)];
}

function child(lines: readonly Line[], at: number, above: readonly string[]): Complaint[] {
  const line = lines[at];
  if (line === undefined) return [];
  const { name, seed } = line;
  const named = { path: ['lines', at, 'name'], at: 'value' } as const;
  if (above.includes(name))
    return [{ ...named, message: `Line "${name}" stands inside of a line "${name}".`, mend: 'Give it another name.' }];
  if (lines.slice(0, at).some((other) => other.name === name))
    return [{ ...named, message: `"${name}" is already in "lines".`, mend: 'Give it another name.' }];
  if (seed === 'task') return [];
  const message = `Line "${name}" is run for the items of a stage, and those are tasks.`;
  return [{ path: ['lines', at, 'seed'], at: 'value', message, mend: 'Write "seed: task".' }];
}

function used({ stages, lines = [] }: Line): Complaint[] {
  const known = lines.map(({ name }) => name);
  const unknown = stages.flatMap(({ id, runs }, at): Complaint[] => {
    if (runs === undefined || known.includes(runs.line)) return [];
    const message = `Stage "${id}" runs the line "${runs.line}", which does not stand under "lines" here.`;
    return [{ path: ['stages', at, 'runs', 'line'], at: 'value', message, mend: meant(runs.line, known) }];
  });
  const asked = new Set(stages.flatMap(({ runs }) => runs?.line ?? []));
  const idle = known.flatMap((name, at): Complaint[] => {
    if (asked.has(name)) return [];
    return [
      {
        path: ['lines', at, 'name'],
        at: 'value',
        message: `No stage runs the line "${name}".`,
        mend: 'Run it from a stage, or remove it.',
      },
    ];
  });
  return unknown.length > 0 ? unknown : idle;
}
