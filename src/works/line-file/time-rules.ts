import { parseDuration } from '../../core/line/duration.ts';
import type { Line, Stage } from '../../core/line/line.ts';

import type { Complaint } from '../../core/base/complaint.ts';

/** Limits that can be reached, in an order in which each of them can matter. */
export function timeComplaints({ stages }: Line): Complaint[] {
  return stages.flatMap((stage, at) => [...bounds(stage, at), ...order(stage, at)]);
}

const hours = (count: number): number => count * 3_600_000;
/** A clock of a process counts to less than 25 days. */
const mostOfProcess = { text: '24d', ms: hours(24 * 24) };
const mostOfGate = { text: '365d', ms: hours(24 * 365) };

function bounds({ timeout, deadline, stall, gate }: Stage, at: number): Complaint[] {
  return [
    ...bounded(['stages', at, 'timeout'], timeout, mostOfProcess),
    ...bounded(['stages', at, 'deadline'], deadline, mostOfProcess),
    ...bounded(['stages', at, 'stall'], stall, mostOfProcess),
    ...bounded(['stages', at, 'gate', 'expires'], gate?.expires, mostOfGate),
  ];
}

function bounded(path: readonly PropertyKey[], text: string | undefined, most: typeof mostOfGate): Complaint[] {
  if (text === undefined) return [];
  const ms = parseDuration(text);
  if (ms === 0) return [{ path, at: 'value', message: `"${text}" is no time at all.`, mend: 'Write a duration such as "5m".' }];
  return ms <= most.ms ? [] : [{ path, at: 'value', message: `"${text}" is too long.`, mend: `Write at most "${most.text}".` }];
}

function order({ id, timeout, deadline, stall }: Stage, at: number): Complaint[] {
  return [
    ...shorter(['stages', at, 'deadline'], {
      pair: [timeout, deadline],
      message: `Stage "${id}" ends after ${deadline}, before one command of it may time out (${timeout}).`,
      mend: 'Make "deadline" at least as long as "timeout".',
    }),
    ...shorter(['stages', at, 'stall'], {
      pair: [stall, timeout],
      message: `Stage "${id}" has its commands end after ${timeout}, so that none can be silent for ${stall}.`,
      mend: 'Make "stall" shorter than "timeout".',
    }),
  ];
}

/** Complains where the first of a pair is longer than the second. */
function shorter(
  path: readonly PropertyKey[],
  {
    pair: [first, second],
    ...said
  }: { readonly pair: readonly [string | undefined, string | undefined]; readonly message: string; readonly mend: string },
): Complaint[] {
  if (first === undefined || second === undefined || parseDuration(first) <= parseDuration(second)) return [];
  return [{ path, at: 'value', ...said }];
}
