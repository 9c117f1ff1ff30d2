import { JidokaError } from '../../../../core/base/error.ts';
import type { Call } from '../../command.ts';

/** An option as a share from 0 to 1. Throws `usage`. */
export function shareOf(call: Call, option: string): number {
  return numberIn(call, option, { pattern: /^(?:0|1|0?\.\d{1,9}|1\.0+|0\.\d{1,9})$/, what: 'a share from 0 to 1, such as 0.05' });
}

/** An option as US dollars. Throws `usage`. */
export function usdOf(call: Call, option: string): number {
  return numberIn(call, option, { pattern: /^\d{1,9}(?:\.\d{1,9})?$/, what: 'an amount of US dollars, such as 0.25' });
}

/** An option as a whole number from 0 on. Throws `usage`. */
export function wholeOf(call: Call, option: string): number {
  return numberIn(call, option, { pattern: /^\d{1,9}$/, what: 'a whole number' });
}

function numberIn(call: Call, option: string, { pattern, what }: { readonly pattern: RegExp; readonly what: string }): number {
  const text = call.text(option) ?? '';
  if (pattern.test(text)) return Number(text);
  throw new JidokaError('usage', `--${option} ${text} is not ${what}.`, { mend: `Give ${what}.` });
}
