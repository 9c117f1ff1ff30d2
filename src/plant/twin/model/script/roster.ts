import type { IncomingHttpHeaders } from 'node:http';
import type { ModelCall } from '../call.ts';
import { type Scenario, Script } from '../scenario/scenario.ts';
import { scriptFor } from './cast.ts';
import { begun, type Conversation } from './conversation.ts';
import { digest, type Signs } from './recognise.ts';

/** The conversations of a twin. */
export interface Roster {
  /** The conversation that a request belongs to; null for a new one. */
  find(signs: Signs): Conversation | null;
  /** Begins a conversation with the script that is for it. */
  begin(signs: Signs, call: ModelCall, headers: IncomingHttpHeaders): Conversation;
  keep(conversation: Conversation): void;
  of(id: string): Conversation | null;
  /** Ids that a conversation was given, by which it is known again. */
  gave(id: string, given: readonly string[]): void;
}

const unscripted = Script.parse({
  name: 'none',
  steps: [{ say: 'No script of the scenario of this model twin fits this conversation.', times: 'forever' }],
});

export function openRoster(scenario: Scenario): Roster {
  const conversations = new Map<string, Conversation>();
  const ofGiven = new Map<string, string>();
  const ofKey = new Map<string, string>();
  const taken = new Set<Script>();
  return {
    find({ givenIds, summarised, key, isNamed, isFresh }) {
      const id = givenIds.map((given) => ofGiven.get(given)).find((known) => known !== undefined) ?? summarised ?? ofKey.get(key);
      const found = id === undefined ? undefined : conversations.get(id);
      // The same task begun anew, where no name tells the two conversations apart.
      const isAnother = !isNamed && isFresh && id === ofKey.get(key) && found?.last?.sent === 'whole';
      return found === undefined || isAnother ? null : found;
    },
    begin({ key }, call, headers) {
      const script = scriptFor(scenario, call, headers, taken) ?? unscripted;
      taken.add(script);
      const id = digest(`${key} ${ofKey.get(key) ?? ''}`);
      ofKey.set(key, id);
      return begun(id, script);
    },
    keep: (conversation) => void conversations.set(conversation.id, conversation),
    of: (id) => conversations.get(id) ?? null,
    gave(id, given) {
      for (const one of given) ofGiven.set(one, id);
    },
  };
}
