import { redact } from '../../../core/base/redact.ts';
import { formsOf, withoutSecrets } from '../upstream/key-forms.ts';

/** What a thread that keeps calls is given at its start: where to keep them, and the keys that nobody is to find there. */
export interface RecordPlace {
  readonly place: string;
  readonly keys: readonly string[];
  /** This process, by a name that no other has, nor had; null where nobody asks whose open calls are. */
  readonly holder: string | null;
}

/**
 * Takes out of texts whatever looks like a secret, and keys that are known, in all of their forms.
 *
 * @example
 * withoutKeys(['house-key-1'])('my house-key-1'); // 'my [redacted:provider-key]'
 */
export function withoutKeys(keys: readonly string[]): (text: string) => string {
  const forms = formsOf(keys);
  return (text) => redact(withoutSecrets(text, forms));
}
