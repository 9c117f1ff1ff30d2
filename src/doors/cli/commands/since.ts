import { JidokaError } from '../../../core/base/error.ts';
import type { Call, OptionRecord } from '../command.ts';

/** Option of commands that look at a part of the record. */
export function sinceOption(what: string): OptionRecord {
  return { flags: '--since <time>', description: `only ${what} since then: 2026-11-30 or a whole ISO 8601 time` };
}

/** What `--since` says, as an ISO time; nothing where it is not given. Throws `usage`. */
export function sinceOf(call: Call): { readonly since?: string } {
  const text = call.text('since');
  if (text === null) return {};
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new JidokaError('usage', `--since ${text} is no time.`, { mend: 'Write it as 2026-11-30.' });
  return { since: new Date(at).toISOString() };
}
