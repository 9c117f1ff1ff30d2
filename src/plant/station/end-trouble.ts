import type { TurnEnd } from './driver.ts';
import type { AgentError } from './session/session.ts';

/**
 * What the end of a process tells that the agent itself did not; null where it tells nothing. Limits of time and of the
 * floor are no errors of the agent, but for silence. An exit code alone proves nothing, in neither direction: one that is
 * not 0 counts only where a turn ended with no error told.
 */
export function troubleOfEnd({ exit, stderr }: TurnEnd, errorTold: boolean): AgentError | null {
  if (exit === null) return null;
  const last = stderr.trim().split('\n').slice(-5).join('\n').slice(-1_000);
  const words = last === '' ? '' : ` It wrote last: ${last}`;
  switch (exit.kind) {
    case 'exited':
      return exit.code === 0 || errorTold ? null : errorOfEnd('crash', `The agent ended with exit code ${exit.code}.${words}`);
    case 'signalled':
      return errorTold ? null : errorOfEnd('crash', `The agent was ended by ${exit.signal}.${words}`);
    case 'stalled':
      // What it said on its stderr before it fell silent says more, where it was understood.
      return errorTold ? null : errorOfEnd('stalled', `Nothing was heard of the agent for ${exit.afterMs} ms.${words}`);
    case 'not-started':
      return errorOfEnd('spawn', `The agent could not be started: ${exit.message}.`);
    case 'timed-out':
    case 'limited':
    case 'cancelled':
      return null;
    default:
      return exit satisfies never;
  }
}

function errorOfEnd(name: AgentError['class'], message: string): AgentError {
  return { type: 'error', class: name, status: null, retryAfterMs: null, message };
}
