import type { Json } from '../../core/base/json.ts';
import type { EventBody, LedgerEvent } from '../../core/evidence/event.ts';
import type { Job } from './job.ts';

/** Appends events under keys that make doing it twice harmless; returns what the ledger holds. */
export async function append(job: Job, events: readonly (readonly [key: string, body: EventBody])[]): Promise<readonly LedgerEvent[]> {
  const at = job.needs.clock.now();
  return await job.needs.ledger.append(
    job.run,
    events.map(([key, body]) => ({ key, at, actor: 'factory', body })),
  );
}

/** Gives an event body as the JSON a step returns; bodies are JSON by construction. */
export function asStepResult(body: EventBody): EventBody & Json {
  return body as EventBody & Json;
}
