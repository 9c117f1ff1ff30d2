/** What the gateway knows of the model that is to answer. */
export interface Upstream {
  /** The provider's own name of the model. */
  readonly model: string;
  /** Whose thoughts it takes back: provider and organisation, as the gateway tells them apart. */
  readonly family: string;
  /** The longest answer it gives, from the configuration; null where that is not known. */
  readonly maxOutputTokens: number | null;
  /** How it is told to think: not at all, by a number of tokens, or by an effort. */
  readonly thinking: 'none' | 'budget' | 'effort';
  readonly images: boolean;
  /** Whether marks for its prompt cache are set; of use for Messages alone. */
  readonly cacheMarks: boolean;
  /** Keeps a session on one cache; null where the provider knows no such member. */
  readonly cacheKey: string | null;
  /** Chat Completions of the newer kind, which call the limit `max_completion_tokens`. */
  readonly completionTokens: boolean;
}
