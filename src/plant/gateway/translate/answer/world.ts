import type { ReplyTerms } from '../translate.ts';
import type { Voice } from './voice.ts';

/** What a translation needs of the world. */
export interface World {
  /** Letters and digits that were never given before. */
  newId(): string;
  /** Seconds since 1970. */
  now(): number;
}

/** How the caller of a terms is answered, from now on. */
export function newVoice({ alias, streamUsage, showThoughts, originOf }: ReplyTerms, { newId, now }: World): Voice {
  return { alias, id: newId(), created: now(), streamUsage, showThoughts, originOf };
}
