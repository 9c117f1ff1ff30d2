import type { FailureClass } from '../evidence/fact.ts';

/**
 * What can go wrong between a station and its work, and what follows from it: a failure class of the run, or null where
 * nothing of the surroundings failed and a person is to look.
 */
export const agentErrors = {
  login: { failure: 'login', statement: 'the agent is not logged in, or its key is refused' },
  quota: { failure: 'quota', statement: 'the account has used up what it may' },
  'rate-limit': { failure: 'provider', statement: 'the provider asks to come back later' },
  overloaded: { failure: 'provider', statement: 'the provider is overloaded' },
  server: { failure: 'provider', statement: 'the provider answered with an error of its own' },
  'stream-lost': { failure: 'provider', statement: 'the answer of the model broke off' },
  network: { failure: 'network', statement: 'the provider cannot be reached' },
  stalled: { failure: 'stall', statement: 'nothing was heard for longer than the limit' },
  'bad-request': { failure: null, statement: 'the provider refused the request' },
  'context-overflow': { failure: null, statement: 'the conversation is longer than the model takes' },
  'model-unknown': { failure: null, statement: 'the provider has no such model' },
  refused: { failure: null, statement: 'the model declined' },
  denied: { failure: null, statement: 'a tool that the agent needed was not allowed' },
  loop: { failure: null, statement: 'the agent did the same again and again' },
  'turn-limit': { failure: null, statement: 'the agent used up its turns' },
  budget: { failure: null, statement: 'the agent used up its budget' },
  protocol: { failure: 'crash', statement: 'the agent spoke what is not its protocol' },
  spawn: { failure: 'environment', statement: 'the agent could not be started' },
  crash: { failure: 'crash', statement: 'the agent ended in the middle of its work' },
} as const satisfies Readonly<Record<string, { readonly failure: FailureClass | null; readonly statement: string }>>;
export type AgentErrorClass = keyof typeof agentErrors;
