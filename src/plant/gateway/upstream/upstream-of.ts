import { type Tongue, type Upstream } from '../translate/index.ts';
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
    cacheMarks: way.protocol === 'messages' || way.protocol === 'sdk',
    cacheKey: cacheKeyFor(request, way),
    // Whoever speaks Responses too is of the newer kind.
    completionTokens: way.spoken.includes('responses'),
  };
}

function thinkingOf(tongue: Tongue, model: string): Upstream['thinking'] {
  if (tongue === 'sdk') return thinksBy(model);
  return tongue === 'messages' ? 'budget' : 'effort';
}
