import type { RunResult } from '../ports/factory.ts';
import { seedTitle } from '../packet/title.ts';
import type { EventBody, LedgerEvent } from './event.ts';
import { reviewFindings } from './findings.ts';
import { modelCost } from './model-use.ts';
import { standingFacts } from './standing.ts';

type Of<Type extends EventBody['type']> = Extract<EventBody, { type: Type }>;

/**
 * Folds a run's events into the document `jidoka run --json` prints, or null while the run has not ended.
 */
export function runResult(events: readonly LedgerEvent[]): RunResult | null {
  const started = find(events, 'run.started');
  const decided = find(events, 'verdict.decided');
  const delivered = find(events, 'delivered');
  const sealed = events.find((event) => event.body.type === 'evidence.sealed');
  if (!started || !decided || !delivered || !sealed) return null;
  const { delivery } = delivered;
  return {
    run: sealed.run,
    line: started.line.name,
    seedKey: started.seed.key,
    title: seedTitle(started.seed),
    verdict: decided.verdict,
    reason: decided.reason,
    branch: delivery.branch,
    evidence: { ref: delivery.evidenceRef, dir: delivery.evidenceDir, head: sealed.hash },
    stages: stageReports(events),
    ...findingsPart(events, started.seed.kind),
    cost: modelCost(events),
    withheld: delivery.withheld,
  };
}

function findingsPart(events: readonly LedgerEvent[], kind: string): Pick<RunResult, 'findings'> {
  const packet = kind === 'branch' ? find(events, 'packet.sealed')?.packet : undefined;
  return packet === undefined ? {} : { findings: reviewFindings(packet, standingFacts(events)) };
}

/** The last event body of a type, or undefined. */
export function find<Type extends EventBody['type']>(events: readonly LedgerEvent[], type: Type): Of<Type> | undefined {
  const isOfType = (body: EventBody): body is Of<Type> => body.type === type;
  return events.map((event) => event.body).findLast(isOfType);
}

function stageReports(events: readonly LedgerEvent[]): RunResult['stages'] {
  const isStart = (body: EventBody): body is Of<'stage.started'> => body.type === 'stage.started';
  const isEnd = (body: EventBody): body is Of<'stage.completed'> => body.type === 'stage.completed';
  const starts = events.map((event) => event.body).filter(isStart);
  const ends = events.map((event) => event.body).filter(isEnd);
  return ends.flatMap(({ stage, attempt, outcome, summary, durationMs }) => {
    const where = starts.findLast((start) => start.stage === stage && start.attempt === attempt)?.where;
    if (where === undefined) return [];
    const { host, floor, tier, node } = where;
    return [{ id: stage, outcome, summary, durationMs, attempt, where: { host, floor, tier, node } }];
  });
}
