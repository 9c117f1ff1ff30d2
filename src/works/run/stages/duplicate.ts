import { find, runResult } from '../../../core/evidence/run-result.ts';
import type { TicketSeed } from '../../../core/packet/seed.ts';
import type { Judgement } from '../../intake/index.ts';
import type { Job } from '../job.ts';

/** Names a ticket of a repository by its words; a run that goes on with one leaves this behind. */
export function ticketMark({ repository, digest }: TicketSeed): string {
  return `${repository.id} ${digest}`;
}

/** The same words under another name, whose run delivered a change that still stands: nothing more is owed. */
export async function duplicateOf(seed: TicketSeed, { run, needs }: Job): Promise<Extract<Judgement, { kind: 'no-op' }> | null> {
  const { ledger, forge } = needs;
  const earlier = await ledger.latest('stage.completed', { output: { ticket: ticketMark(seed) } });
  if (earlier === null || earlier.run === run) return null;
  const events = await ledger.read(earlier.run);
  const [result, started] = [runResult(events), find(events, 'run.started')];
  if (result?.branch == null || started === undefined || started.seed.key === seed.key) return null;
  const commit = await forge.resolve(seed.repository, `refs/heads/${result.branch}`);
  if (commit === null) return null;
  return {
    kind: 'no-op',
    rule: 'duplicate',
    summary: `Run ${result.run} worked on a ticket of the same words, "${started.seed.key}", and its change stands in ${result.branch}.`,
    proof: [`run ${result.run}: ${result.verdict}`, `branch ${result.branch} at ${commit}`],
    from: null,
  };
}
