/** What is to be known of a model that a package asks, told by its name: what the vendors' models differ in. */
export interface ModelKind {
  readonly isClaude: boolean;
  readonly isGemini: boolean;
  /** Whether Bedrock takes marks for a prompt cache with it. */
  readonly hasCachePoints: boolean;
  /** Whether its packages hold it to JSON without a schema. */
  readonly takesJson: boolean;
}

export function kindOfModel(model: string): ModelKind {
  const isClaude = /claude|anthropic/i.test(model);
  const isGemini = /gemini/i.test(model);
  const takesJson = isGemini || /\bgpt-(?!oss)|\bo[1-9]\b/i.test(model);
  return { isClaude, isGemini, hasCachePoints: isClaude || /nova/i.test(model), takesJson };
}

/**
 * How a model is told to think: the older ones by a number of tokens, the newer ones by an effort.
 *
 * @example
 * thinksBy('anthropic.claude-sonnet-4-20250514-v1:0'); // 'budget'
 */
export function thinksBy(model: string): 'budget' | 'effort' {
  return /claude-3|claude-(?:[a-z]+-)?4(?!-[6-9]\b)|gemini-2/i.test(model) ? 'budget' : 'effort';
}
