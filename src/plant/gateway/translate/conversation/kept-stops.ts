import type { Tongue } from '../protocol.ts';
import type { Conversation } from './conversation.ts';
import { isNewerOpenAi } from './newer-openai.ts';
import type { Upstream } from './upstream.ts';

/**
 * The texts at which the gateway has to end an answer by itself, because the upstream is not told them. What a package tells its model
 * is not known before it is asked; where it tells them, they do not come.
 */
export function keptStops({ sampling }: Conversation, to: Tongue, upstream: Upstream): readonly string[] {
  const isTold = to === 'chat' ? takesStop(upstream) : to !== 'responses' && to !== 'sdk';
  return isTold ? [] : sampling.stop.filter((text) => text !== '');
}

/** Whether a model takes `stop` over Chat Completions. */
export function takesStop({ model }: Upstream): boolean {
  return !isNewerOpenAi(model);
}
