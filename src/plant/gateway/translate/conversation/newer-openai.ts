/**
 * Whether a model is one of OpenAI's newer kind by its name, from o1 and GPT-5 on: over Chat Completions they refuse `max_tokens` and
 * `stop`, wherever they run.
 *
 * @example
 * isNewerOpenAi('openai/gpt-5-mini'); // true
 * isNewerOpenAi('gpt-4.1'); // false
 */
export function isNewerOpenAi(model: string): boolean {
  // Azure calls GPT-3.5 `gpt-35-turbo`.
  return /^(?:.*\/)?(?:gpt-(?:[5-9]|[12]\d)(?!\d)|o[1-9](?![a-z\d]))/i.test(model);
}
