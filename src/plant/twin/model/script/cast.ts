import type { IncomingHttpHeaders } from 'node:http';
import { type ModelCall, saidTo } from '../call.ts';
import type { Scenario, Script, When } from '../scenario/scenario.ts';

/** Chooses the script of a new conversation: the first that fits; null where none does. `taken` are those that only one may play. */
export function scriptFor(scenario: Scenario, call: ModelCall, headers: IncomingHttpHeaders, taken: ReadonlySet<Script>): Script | null {
  return scenario.scripts.find((script) => !(script.once && taken.has(script)) && fits(script.when, call, headers)) ?? null;
}

/** Says whether a conversation is one of those that something is for. */
export function fits({ says, protocol, model, agent }: When, call: ModelCall, headers: IncomingHttpHeaders): boolean {
  if (protocol !== undefined && protocol !== call.protocol) return false;
  if (model !== undefined && !isModel(model, call.model)) return false;
  if (agent !== undefined && !(headers['user-agent'] ?? '').toLowerCase().includes(agent.toLowerCase())) return false;
  return says === undefined || saidTo(call).includes(says);
}

function isModel(wanted: string, model: string): boolean {
  return wanted.endsWith('*') ? model.startsWith(wanted.slice(0, -1)) : model === wanted;
}
