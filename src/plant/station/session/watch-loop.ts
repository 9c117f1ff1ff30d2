import { canonicalJson } from '../../../core/base/json.ts';
import type { SessionEvent } from '../../../core/station/session-event.ts';

/** The very same call so many times in a row is a loop; no harness but one or two notices it itself. */
export const sameCalls = 30;

/** Tells, of each event, whether the agent has now done the same again and again. */
export function watchLoop(): (event: SessionEvent) => boolean {
  let last = '';
  let times = 0;
  return (event) => {
    if (event.type !== 'tool.started') return false;
    const call = canonicalJson([event.name, event.input]);
    times = call === last ? times + 1 : 1;
    last = call;
    return times >= sameCalls;
  };
}
