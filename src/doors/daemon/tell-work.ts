import { assertNever } from '../../core/base/assert-never.ts';
import type { LedgerEvent, StageOutcome } from '../../core/evidence/event.ts';
import type { Feed } from '../../core/ports/feed.ts';
import { follow } from './follow.ts';

export interface Teller {
  readonly feed: Feed;
  /** Whose work is told. */
  readonly executor: string;
  /** Cursor behind which it began. */
  readonly from: string;
  say(line: string): void;
}

/** Says what a worker takes and how it ends, a line each, until the signal is aborted. */
export async function tellWork(teller: Teller, signal: AbortSignal): Promise<void> {
  const inHand = new Set<string>();
  for await (const { event } of follow(teller.feed, teller.from, signal)) {
    const line = lineOf(event, teller.executor, inHand);
    if (line !== null) teller.say(line);
  }
}

function lineOf({ run, body }: LedgerEvent, executor: string, inHand: Set<string>): string | null {
  // Whoever left it may have gone: each worker's log says so.
  if (body.type === 'request.refused') return `${body.request} refused: ${body.message} ${body.mend}`;
  if (body.type === 'stage.started') {
    if (body.where.executor !== executor) return null;
    inHand.add(nameOf(run, body));
    return `${run} ${body.stage}: begun${body.attempt > 1 ? ` (attempt ${body.attempt})` : ''}`;
  }
  if (body.type !== 'stage.completed' || !inHand.delete(nameOf(run, body))) return null;
  return `${run} ${body.stage}: ${outcomeText(body.outcome)} after ${(body.durationMs / 1000).toFixed(1)} s. ${body.summary}`.trimEnd();
}

function nameOf(run: string, { stage, attempt }: { readonly stage: string; readonly attempt: number }): string {
  return `${run} ${stage} ${attempt}`;
}

function outcomeText(outcome: StageOutcome): string {
  switch (outcome) {
    case 'done':
      return 'done';
    case 'settled':
      return 'done, and the run is decided';
    case 'objected':
      return 'objects';
    case 'failed':
      return 'failed';
    default:
      return assertNever(outcome);
  }
}
