import { factoryChain } from '../../../core/ports/ledger.ts';
import type { FoundAgent } from '../../../core/ports/stations/agents.ts';
import type { RunNeeds } from '../needs.ts';
import { newEvents } from './append.ts';

/** Puts on record that an agent is another than when it was last looked at; nothing where it is the same. */
export async function noteSeen(found: FoundAgent | null, { ledger, clock }: Pick<RunNeeds, 'ledger' | 'clock'>): Promise<void> {
  if (found === null) return;
  const { agent, version, from } = found;
  const last = await ledger.latest('station.seen', { agent });
  const before = last?.body.type === 'station.seen' ? last.body : null;
  if (before?.version === version && before.from === from) return;
  const body = { type: 'station.seen', agent, version, was: before?.version ?? null, from } as const;
  // Of two who see it at once one is told of.
  await ledger.append(factoryChain, newEvents([[`station.seen/${agent}/${last?.hash ?? 'first'}`, body]], clock.now()));
}
