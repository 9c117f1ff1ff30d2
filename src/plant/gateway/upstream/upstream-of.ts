import { type Tongue, type Upstream } from '../translate/index.ts';
import { isNewerOpenAi } from '../translate/conversation/newer-openai.ts';
import { thinksBy } from '../translate/sdk/model-kind.ts';
import { cacheKeyFor } from './cache-key.ts';
import type { Way } from './candidates.ts';
import type { Request } from './order-for.ts';

/** What a translation has to know of an upstream. */
export function upstreamOf(way: Way, request: Request): Upstream {
  return {
    model: way.name,
    family: way.provider,
    maxOutputTokens: way.output,
    thinking: way.thinks ? thinkingOf(way.protocol, way.name) : 'none',
    images: way.sees,
    cacheMarks: takesMarks(way),
    cacheKey: cacheKeyFor(request, way),
    // Whoever speaks Responses too is of the newer kind, and so are some models wherever they run.
    completionTokens: way.spoken.includes('responses') || isNewerOpenAi(way.name),
  };
}

/** Whether an upstream is told by marks what to cache, and so tells how much of it it does. */
export function takesMarks({ protocol }: Pick<Way, 'protocol'>): boolean {
  return protocol === 'messages' || protocol === 'sdk';
}

function thinkingOf(tongue: Tongue, model: string): Upstream['thinking'] {
  if (tongue === 'sdk') return thinksBy(model);
  return tongue === 'messages' ? 'budget' : 'effort';
}
