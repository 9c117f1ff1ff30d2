import { type Line, StageKind } from '../../core/line/line.ts';
import type { Complaint } from './complaint.ts';

/** What the schema cannot say: the order of the stages, names given once, a station for the change. */
export function houseRules(line: Line): Complaint[] {
  return [...stageComplaints(line), ...repeated(line), ...stationComplaints(line)];
}

const order = StageKind.options;
const orderMend = `A line has each of these once, in this order: ${order.join(', ')}.`;

function stageComplaints({ stages }: Line): Complaint[] {
  const kinds = stages.map(({ does }) => does);
  const misplaced = kinds.findIndex((kind, at) => kinds.slice(0, at).some((earlier) => order.indexOf(earlier) >= order.indexOf(kind)));
  if (misplaced !== -1) {
    const message = `Stage "${stages[misplaced]?.id}" (${kinds[misplaced]}) is out of order.`;
    return [{ path: ['stages', misplaced], at: 'value', message, mend: orderMend }];
  }
  const absent = order.find((kind) => !kinds.includes(kind));
  return absent === undefined ? [] : [{ path: ['stages'], at: 'key', message: `No stage does "${absent}".`, mend: orderMend }];
}

function repeated({ stages, inspection, noOpRules }: Line): Complaint[] {
  return [
    ...twice(
      'stages',
      'id',
      stages.map(({ id }) => id),
    ),
    ...twice(
      'inspection',
      'check',
      inspection.map(({ check }) => check),
    ),
    ...twice(
      'noOpRules',
      'code',
      noOpRules.map(({ code }) => code),
    ),
  ];
}

function twice(list: string, key: string, names: readonly string[]): Complaint[] {
  const at = names.findIndex((name, index) => names.indexOf(name) < index);
  if (at === -1) return [];
  return [{ path: [list, at, key], at: 'value', message: `"${names[at]}" is already in "${list}".`, mend: 'Keep one of the two.' }];
}

function stationComplaints({ stages }: Line): Complaint[] {
  return stages.flatMap(({ id, does, station }, at): Complaint[] => {
    if (does === 'change' && station === undefined) {
      return [
        {
          path: ['stages', at],
          at: 'value',
          message: `Stage "${id}" has no station to do the change.`,
          mend: 'Add "station: mechanic" to it.',
        },
      ];
    }
    if (does === 'change' || station === undefined) return [];
    const message = `Stage "${id}" does ${does}, which the factory does itself.`;
    return [{ path: ['stages', at, 'station'], at: 'key', message, mend: 'Remove "station" here; only a change has one.' }];
  });
}
