import type { Ask } from './engine-database.ts';
import { failureText, isFenced, isOfSurroundings } from './faults.ts';
import type { Holding } from './holdings.ts';

/** Wait before a step is taken again that a fault of the surroundings gave back. */
const faultDelayMs = 2_000;

interface Settling {
  readonly ask: Ask;
  readonly executor: string;
  readonly log: (message: string) => void;
}

export type Outcome = { readonly kind: 'returned' } | { readonly kind: 'threw'; readonly error: unknown };

/**
 * Does what follows from how doing a step ended, and gives the fault of the surroundings, or null. Where the database does
 * not take it, the next heartbeat finds a step that nobody has in hand, and gives it back.
 */
export async function settle(settling: Settling, holding: Holding, outcome: Outcome): Promise<unknown> {
  const { step, controller, state } = holding;
  const { executor, log } = settling;
  if (controller.signal.aborted || state === 'left') return null;
  if (outcome.kind === 'returned') {
    await fail(settling, holding, `Step ${step.id} was done and not taken away.`);
    return null;
  }
  if (isFenced(outcome.error)) return null;
  if (!isOfSurroundings(outcome.error)) {
    await fail(settling, holding, failureText(outcome.error));
    return null;
  }
  log(`step ${step.id} of ${step.work} is given back: ${failureText(outcome.error)}`);
  const until = `${faultDelayMs} milliseconds`;
  await tryTo(settling, (ask) =>
    ask((pool) =>
      pool.query('select jidoka.give_back($1, array[$2::uuid], clock_timestamp() + $3::interval)', [executor, step.token, until]),
    ),
  );
  return outcome.error;
}

/** Fails the work, unless the step is this process's no more. */
async function fail(settling: Settling, { step }: Holding, why: string): Promise<void> {
  await tryTo(settling, async (ask) => {
    const { rows } = await ask((pool) =>
      pool.query<{ failed: boolean }>('select jidoka.fail_work($1, $2, $3, $4) as failed', [settling.executor, step.work, step.token, why]),
    );
    if (rows[0]?.failed === true) settling.log(`work ${step.work} failed at step ${step.id}: ${why}`);
  });
}

async function tryTo({ ask, log }: Settling, deed: (ask: Ask) => Promise<unknown>): Promise<void> {
  await deed(ask).catch((error: unknown) => log(`the end of a step could not be recorded: ${String(error)}`));
}
