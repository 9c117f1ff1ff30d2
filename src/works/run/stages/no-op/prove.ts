import type { EventBody } from '../../../../core/evidence/event.ts';
import { fact, type Claim } from '../../../../core/evidence/fact.ts';
import type { Stage } from '../../../../core/line/line.ts';
import type { Workspace } from '../../../../core/ports/floor.ts';
import type { Change } from '../../../../core/ports/forge.ts';
import type { Report } from '../../../../core/station/report.ts';
import type { Job, StageWork } from '../../job.ts';
import { settled } from '../station/outcomes.ts';

export type NoOpReport = Extract<Report, { state: 'NO_OP' }>;

/** A claim that nothing is owed, and what its station left. */
export interface NoOpClaim {
  readonly claim: Claim;
  readonly claimed: EventBody;
  readonly report: NoOpReport;
  readonly harvested: Change;
  readonly workspace: Workspace;
}

/** What the factory could show of a claim that nothing is owed. */
export type NoOpProof =
  | { readonly kind: 'proved'; readonly proof: readonly string[]; readonly events?: readonly EventBody[] }
  | { readonly kind: 'unproven'; readonly why: string; readonly events?: readonly EventBody[] }
  | { readonly kind: 'work'; readonly work: StageWork };

type Prover = (stage: Stage, job: Job, claim: NoOpClaim) => Promise<NoOpProof>;

/** Rules that the factory can prove by itself; a claim by any other ends with a person. Their parsers are loaded only for that. */
const provers: Readonly<Record<string, Prover>> = {
  'not-reproducible': async (...of) => (await import('./not-reproducible.ts')).proveNotReproducible(...of),
  'already-fixed': async (...of) => (await import('./already-fixed.ts')).proveAlreadyFixed(...of),
  documented: async (...of) => (await import('./documented.ts')).proveDocumented(...of),
};

/** Holds a station's claim that nothing is owed against the base; what is not shown there ends in ESCALATE. */
export async function proveNoOp(stage: Stage, job: Job, claim: NoOpClaim): Promise<StageWork> {
  const { rule, summary } = claim.report;
  const { station } = claim.claim;
  const prover = Object.hasOwn(provers, rule) ? provers[rule] : undefined;
  const proof: NoOpProof =
    prover === undefined
      ? { kind: 'unproven', why: `the factory has no way to show "${rule}" by itself` }
      : await prover(stage, job, claim);
  if (proof.kind === 'work') return proof.work;
  const said = `The station ${station} says that nothing is owed (${rule}): ${summary}`;
  const found =
    proof.kind === 'proved'
      ? fact('no-op', 'holds', rule, `${said} The factory has shown it: ${proof.proof.join('; ')}.`, { rule, proof: proof.proof })
      : fact('no-op', 'broken', rule, `${said} It could not be shown: ${proof.why}.`, { rule, proof: [] });
  return settled(found.summary, [claim.claimed, ...(proof.events ?? []), { type: 'fact.found', stage: stage.id, fact: found }]);
}
