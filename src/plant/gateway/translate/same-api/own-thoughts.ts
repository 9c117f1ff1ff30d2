import { packedPrefix } from '../conversation/keepsake.ts';
import type { Members, Protocol } from '../protocol.ts';
import { ownChat, ownGemini, ownMessages, ownResponses } from './without-foreign.ts';

/** Whose thoughts may stay in a request. */
export interface Keeping {
  /** The family of the upstream; null where no thought is to stay. */
  readonly family: string | null;
  /** Who made a thought, by its signature; null for one that this gateway never saw. */
  minterOf(signature: string): string | null;
}

/**
 * Takes thoughts of others out of a request that goes to an upstream of the caller's own API, and leaves everything else as
 * it is. Of use where a session has been with another provider before, and where an upstream refuses a signature.
 */
export function ownThoughts(protocol: Protocol, body: Members, keeping: Keeping): Members {
  const isOwn = (signature: unknown): boolean => {
    if (keeping.family === null) return false;
    if (typeof signature !== 'string') return true;
    // A keepsake is of an upstream of another API.
    if (signature.startsWith(packedPrefix)) return false;
    return [null, keeping.family].includes(keeping.minterOf(signature));
  };
  return table[protocol](body, isOwn);
}

const table: Readonly<Record<Protocol, typeof ownMessages>> = {
  messages: ownMessages,
  responses: ownResponses,
  chat: ownChat,
  'generate-content': ownGemini,
};
