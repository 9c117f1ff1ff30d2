import type { LedgerEvent } from '../../../core/evidence/event.ts';
import { fit, type Page, plain } from '../page.ts';
import { eventText } from './event-text.ts';

/** One event in one line: when, in which run where there are several, what. */
export function eventLine({ at, run, body }: LedgerEvent, page: Page, options: { readonly withRun: boolean }): string {
  const { paint, width } = page;
  const head = [at.slice(11, 19), ...(options.withRun ? [run] : []), body.type.padEnd(16)].join('  ');
  const text = fit(plain(eventText(body)), Math.max(20, width - head.length - 2));
  return `${paint.dim(head)}  ${text}`.trimEnd();
}
