import { sessionIn } from './headers.ts';
import type { Way } from './candidates.ts';
import type { Request } from './order-for.ts';

/** What the APIs of OpenAI call the key of a cache; longer ones they refuse. */
const mostCharacters = 64;

/** The member of a request that keeps a session on one cache. */
export const cacheKeyMember = 'prompt_cache_key';

/**
 * What a translated request tells its upstream to keep the session on one cache by: the caller's own key, else the name that its harness
 * gave, else, where the owner lets the gateway insert it, the session as the gateway knows it. Null where the API has no such member.
 */
export function cacheKeyFor(
  { body, asked, headers, session }: Request,
  { protocol, inserts }: Pick<Way, 'protocol' | 'inserts'>,
): string | null {
  if (protocol !== 'responses' && protocol !== 'chat') return null;
  const span = asked.members.get(cacheKeyMember);
  const own: unknown = span === undefined ? null : JSON.parse(body.toString('utf8', span.from, span.to));
  if (typeof own === 'string' && own.length <= mostCharacters) return own;
  const named = protocol === 'responses' ? sessionIn(headers) : undefined;
  if (named !== undefined && named.length <= mostCharacters) return named;
  return inserts || named !== undefined ? session : null;
}
