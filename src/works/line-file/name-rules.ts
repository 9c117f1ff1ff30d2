import type { Line } from '../../core/line/line.ts';
import type { Complaint } from '../../core/base/complaint.ts';
import { meant } from '../../core/base/nearest.ts';

/** Names given once, short enough to stand in a branch, and none that means something else where it would stand. */
export function nameComplaints(line: Line): Complaint[] {
  return [...repeated(line), ...reserved(line), ...long(line), ...roleless(line)];
}

function repeated({ stages, inspection, noOpRules }: Line): Complaint[] {
  return [
    ...twice(
      ['stages', 'id'],
      stages.map(({ id }) => id),
    ),
    ...twice(
      ['inspection', 'check'],
      inspection.map(({ check }) => check),
    ),
    ...twice(
      ['noOpRules', 'code'],
      noOpRules.map(({ code }) => code),
    ),
  ];
}

function twice([list, key]: readonly [string, string], names: readonly string[]): Complaint[] {
  const at = names.findIndex((name, index) => names.indexOf(name) < index);
  if (at === -1) return [];
  return [{ path: [list, at, key], at: 'value', message: `"${names[at]}" is already in "${list}".`, mend: 'Keep one of the two.' }];
}

/** Steps and records of a run that are no stages. */
const stepNames = new Set(['run', 'packet', 'decide', 'verdict', 'seal', 'evidence', 'deliver', 'end', 'rework', 'factory']);
/** What an operator says for everything. */
const lineNames = new Set(['factory', 'all']);
/** Queues whose steps are never kept waiting. */
const queueNames = new Set(['control', 'requests']);

function reserved({ name, stages }: Line): Complaint[] {
  return [
    ...taken(['name'], name, lineNames),
    ...stages.flatMap(({ id, queue }, at) => [
      ...taken(['stages', at, 'id'], id, stepNames),
      ...(queue === undefined ? [] : taken(['stages', at, 'queue'], queue, queueNames)),
    ]),
  ];
}

function taken(path: readonly PropertyKey[], name: string, names: ReadonlySet<string>): Complaint[] {
  if (!names.has(name)) return [];
  return [{ path, at: 'value', message: `"${name}" is a name that the factory uses itself.`, mend: 'Choose another.' }];
}

/** A role that a stage names is one of the line's own, or lies in a file beside it. */
function roleless({ stages, roles = [] }: Line): Complaint[] {
  const known = roles.map(({ name }) => name);
  return stages.flatMap(({ id, role }, at): Complaint[] => {
    if (role === undefined || known.includes(role)) return [];
    const message = `Stage "${id}" has the role "${role}", and there is no roles/${role}.md beside the line.`;
    return [{ path: ['stages', at, 'role'], at: 'value', message, mend: meant(role, known) }];
  });
}

const lettersAllowed = 40;

function long({ name, stages }: Line): Complaint[] {
  const named = [{ path: ['name'], name }, ...stages.map(({ id }, at) => ({ path: ['stages', at, 'id'], name: id }))];
  return named
    .filter((one) => one.name.length > lettersAllowed)
    .map((one) => ({
      path: one.path,
      at: 'value',
      message: `"${one.name.slice(0, 20)}…" has ${one.name.length} letters, and stands in branches and file names.`,
      mend: `Use at most ${lettersAllowed}.`,
    }));
}
