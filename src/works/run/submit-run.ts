import { parseRunId } from '../../core/base/ids.ts';
import { canonicalJson, toJson } from '../../core/base/json.ts';
import type { EventBody } from '../../core/evidence/event.ts';
import { makePacket } from '../../core/packet/make-packet.ts';
import type { Tx } from '../../core/ports/tx.ts';
import { advanceRun } from './record/advance-run.ts';
import { newEvents } from './record/append.ts';
import type { RunInput } from './run-input.ts';
import type { RunNeeds } from './needs.ts';

/**
 * Registers a run, opens its chain (what entered, under which line, and the packet every station gets unchanged) and
 * puts its first steps, all in one transaction. One that exists is left as it is.
 */
export async function submitRun(input: RunInput, needs: RunNeeds, tx: Tx): Promise<'new' | 'exists'> {
  const { seed, line, run } = input;
  const parent = input.parent?.run ?? null;
  const work = { id: run, kind: 'run', line: line.name, repository: seed.repository.id, parent, input: toJson(input) } as const;
  if ((await needs.engine.submit(work, tx)) === 'exists') return 'exists';
  await setLineLimits(input, needs, tx);
  await needs.ledger.append(parseRunId(run), newEvents(opening(input, needs), needs.clock.now()), tx);
  await advanceRun(input, needs, tx);
  return 'new';
}

function opening(input: RunInput, { version, sha256 }: RunNeeds): readonly (readonly [string, EventBody])[] {
  const { seed, line, lineDigest, attempt, delivery, parent } = input;
  const packet = makePacket(line, seed, delivery);
  const started: EventBody = {
    type: 'run.started',
    seed,
    line: { name: line.name, digest: lineDigest },
    attempt,
    version,
    ...(parent === null ? {} : { parent: parent.run }),
  };
  return [
    ['run/started', started],
    ['packet/sealed', { type: 'packet.sealed', packet, digest: sha256(canonicalJson(packet)) }],
  ];
}

/** What the line says of its limits stands until an operator says otherwise. */
async function setLineLimits({ line: { name, limits } }: RunInput, { control }: RunNeeds, tx: Tx): Promise<void> {
  if (limits?.atOnce !== undefined || limits?.runsPerHour !== undefined) {
    const rate = limits.runsPerHour === undefined ? null : { count: limits.runsPerHour, seconds: 3600 };
    await control.setLimit({ key: `line:${name}`, atOnce: limits.atOnce ?? null, rate, by: 'line' }, tx);
  }
  if (limits?.waitingForReview !== undefined)
    await control.setLimit({ key: `review:${name}`, atOnce: limits.waitingForReview, rate: null, by: 'line' }, tx);
}
