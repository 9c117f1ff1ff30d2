/** Further than this no tool says how it ended. */
const mostCharacters = 1000;

/**
 * Whether a call of a tool failed, by what came of it: where its API has no word for that, by the words that harnesses use. A guess, good
 * enough for what is only observed.
 *
 * @example
 * hasFailed({ text: 'Exit code: 1\nOutput: …', isError: false }); // true
 */
export function hasFailed({ text, isError }: { readonly text: string; readonly isError: boolean }): boolean {
  return isError || failed.test(text.slice(0, mostCharacters)) || failed.test(text.slice(-200));
}

const failed = /^\s*error\b|(?:\bexit code:?|\bexited with code|\bexit status|"exit_code":)\s*[1-9]/im;
