import { adapters, firstClass } from './first-class.ts';
import { others } from './others.ts';
import type { AgentRecord } from './agent-record.ts';

export type { AgentRecord, LoginPlaces } from './agent-record.ts';

/** Every agent that can be installed by name. What else speaks the Agent Client Protocol is found on PATH. */
export const catalogue: readonly AgentRecord[] = [...firstClass, ...adapters, ...others];
