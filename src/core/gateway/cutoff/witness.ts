import type { LedgerEvent } from '../../evidence/event.ts';
import type { KeptCall } from '../../ports/gateway/call-ledger.ts';
import type { Verdict } from '../../verdict/verdict.ts';

/** What was seen of a line while something was cut off. */
export interface Witnessed {
  readonly line: string;
  /** Runs that ended meanwhile, in their order. */
  readonly ended: readonly { readonly run: string; readonly verdict: Verdict }[];
  /** Runs that were begun before or meanwhile, and have not ended. */
  readonly open: readonly string[];
}

/** Begins to watch lines, with the runs of theirs that are under way. */
export function watchLines(
  lines: readonly string[],
  open: readonly { readonly run: string; readonly line: string }[],
): readonly Witnessed[] {
  return lines.map((line) => ({ line, ended: [], open: open.filter((one) => one.line === line).map(({ run }) => run) }));
}

/** What is known after one more event. */
export function witness(seen: readonly Witnessed[], { run, body }: Pick<LedgerEvent, 'run' | 'body'>): readonly Witnessed[] {
  return seen.map((one) => {
    if (body.type === 'run.started' && body.line.name === one.line) return { ...one, open: [...new Set([...one.open, run])] };
    if (body.type !== 'run.ended' || !one.open.includes(run)) return one;
    return { ...one, open: one.open.filter((other) => other !== run), ended: [...one.ended, { run, verdict: body.verdict }] };
  });
}

/**
 * What it shows of a line: `finishes` where runs ended meanwhile and each at an answer; `fails` where one was given up for the
 * surroundings, or for a person after nobody answered it; `not-seen` where none ended.
 */
export function shownOf({ ended }: Witnessed, unanswered: readonly string[]): 'finishes' | 'fails' | 'not-seen' {
  const fails = ({ run, verdict }: Witnessed['ended'][number]): boolean =>
    verdict === 'RETRYABLE_FAILURE' || (verdict === 'ESCALATE' && unanswered.includes(run));
  if (ended.some(fails)) return 'fails';
  return ended.length === 0 ? 'not-seen' : 'finishes';
}

/** Whether nothing more is to be waited for: each line showed something, and nothing of it is under way. */
export function isShown(seen: readonly Witnessed[]): boolean {
  return seen.every((one) => one.open.length === 0 && one.ended.length > 0);
}

/** Whether a stage of a run was left without an answer: nobody was at work for the last call that it made, whatever budgets and keys say. */
export function isUnanswered(calls: readonly Pick<KeptCall, 'caller' | 'ended' | 'answer'>[]): boolean {
  const last = new Map(calls.map((call) => [call.caller.stage, call]));
  return [...last.values()].some(({ ended, answer: { status } }) => ended === 'refused' && (status === 403 || status >= 500));
}
