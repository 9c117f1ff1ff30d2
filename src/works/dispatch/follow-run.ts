import type { RunId } from '../../core/base/ids.ts';
import type { EventBody } from '../../core/evidence/event.ts';
import type { Progress } from '../../core/ports/factory.ts';
import type { RunNeeds } from '../run/index.ts';

const everyMs = 500;

/** Shows what another process does on a run, from the ledger, until told to stop. */
export async function followRun(run: RunId, needs: RunNeeds, stop: AbortSignal): Promise<void> {
  let seen = 0;
  for (;;) {
    const stopped = stop.aborted;
    const events = await needs.ledger.read(run);
    for (const { body } of events.slice(seen)) for (const progress of progressOf(run, body)) needs.progress(progress);
    seen = events.length;
    if (stopped) return;
    await needs.clock.sleep(everyMs, stop);
  }
}

function progressOf(run: RunId, body: EventBody): Progress[] {
  switch (body.type) {
    case 'stage.started':
      return [{ kind: 'stage', run, stage: body.stage, state: 'started', message: '' }];
    case 'stage.completed':
      return [{ kind: 'stage', run, stage: body.stage, state: body.outcome === 'failed' ? 'failed' : 'done', message: body.summary }];
    case 'stage.retried':
      return [{ kind: 'note', run, message: `${body.stage}: ${body.message}` }];
    default:
      return [];
  }
}
