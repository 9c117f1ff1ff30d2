import { JidokaError } from '../../../../core/base/error.ts';
import { fewestTasks, type Figure } from '../../../../core/gateway/evaluation/bootstrap.ts';
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

/** As '0.0312 (0.0280 to 0.0345)', or '0.0312' where there is no interval. */
export function inDollars({ value, low, high }: Figure): string {
  return low === null ? value.toFixed(4) : `${value.toFixed(4)} (${low.toFixed(4)} to ${high.toFixed(4)})`;
}

/** What the intervals of an evaluation are, or why there are none. */
export function rangesText(judgedOn: number): string {
  return judgedOn < fewestTasks ? `No interval is told of fewer than ${fewestTasks} tasks` : 'Intervals hold 95 of 100 samples of tasks';
}
