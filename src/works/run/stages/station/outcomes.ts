import type { EventBody } from '../../../../core/evidence/event.ts';
import { fact, type Claim } from '../../../../core/evidence/fact.ts';
import type { Stage } from '../../../../core/line/line.ts';
import type { Report } from '../../../../core/station/report.ts';
import type { StageWork } from '../../job.ts';

type Of<State extends Report['state']> = Extract<Report, { readonly state: State }>;

/** A station says that a person must decide: his question is what the run ends with. */
export function escalation(
  stage: Stage,
  claim: Claim,
  { claimed, report }: { readonly claimed: EventBody; readonly report: Of<'ESCALATE'> },
): StageWork {
  return refusal(stage, claim, { claimed, code: report.code, why: `${report.summary} ${report.question}` });
}

/** What a station came to ends the run, and why. */
export function refusal(
  stage: Stage,
  { station, summary }: Claim,
  { claimed, code, why }: { readonly claimed: EventBody; readonly code: string; readonly why: string },
): StageWork {
  const found = fact('station', 'broken', code, why, { station, summary });
  return settled(found.summary, [claimed, { type: 'fact.found', stage: stage.id, fact: found }]);
}

/** A station says that the surroundings did not let it work. It is tried again as a crash is, and no more often. */
export function retry(claim: Claim, claimed: EventBody, { cause }: Of<'RETRYABLE_FAILURE'>): StageWork {
  const { station, summary, failure = 'crash', logs } = claim;
  return { kind: 'failed', class: failure, command: station, message: `${summary} ${cause}`, events: [claimed], logs };
}

/** Nothing was handed in that the stage could go on with. */
export function noReport(stage: Stage, claim: Claim, claimed: EventBody): StageWork {
  if (claim.says === 'no-op' || claim.says === 'escalate')
    return refusal(stage, claim, {
      claimed,
      code: claim.code,
      why: `The station ${claim.station} says ${claim.says}, without a report: ${claim.summary}`,
    });
  return refusal(stage, claim, { claimed, code: 'no-report', why: `The station ${claim.station} handed in no report: ${claim.summary}` });
}

export function settled(summary: string, events: readonly EventBody[]): StageWork {
  return { kind: 'ended', outcome: 'settled', summary, events, output: {} };
}
