import { JidokaError } from '../../src/core/base/error.ts';
import { join } from 'node:path';
import type { EventBody, LedgerEvent } from '../../src/core/evidence/event.ts';
import { lastJudged } from '../../src/core/gate/last-judged.ts';
import type { OpenedGate } from '../../src/core/gate/answer.ts';
import type { GateChoice } from '../../src/core/line/line.ts';
import type { ExecutorView } from '../../src/core/ports/engine.ts';
import type { Progress, RunDetails, RunRequest, RunResult, RunSummary, ServeOffer, Watch } from '../../src/core/ports/factory.ts';
import type { Reason, Verdict } from '../../src/core/verdict/verdict.ts';
import { sampleBodies, sampleBundle } from '../evidence/index.ts';

/** One run as a script tells it. */
export interface ScriptedRun {
  readonly run: string;
  readonly title: string;
  readonly verdict: Verdict;
  /** Stays under way until the factory is closed; `resume` then takes it to its end. */
  readonly held?: boolean;
  /** Stands at a gate until somebody answers; rejected or too late, the verdict is ESCALATE. */
  readonly gate?: ScriptedGate;
}

export interface ScriptedGate {
  readonly stage: string;
  readonly question?: string;
  readonly roles?: readonly string[];
  readonly choices?: readonly GateChoice[];
  readonly expiresAt?: string;
}

/** A run that the scripted factory began. */
export interface KeptRun {
  readonly scripted: ScriptedRun;
  readonly request: RunRequest;
  /** Keys of its events. */
  readonly happened: string[];
  readonly watchers: Set<Watch>;
  /** Called with the verdict, once there is one. */
  readonly onEnd: Set<(result: RunResult) => void>;
  stands: 'under-way' | 'held' | 'gate' | 'ended';
  verdict: Verdict;
  reason: Reason;
}

/** A request that nobody waits for. */
export interface LeftRequest {
  readonly request: RunRequest;
  state: 'waiting' | 'taken' | 'failed';
  failure: string;
}

export function newRun(scripted: ScriptedRun, request: RunRequest): KeptRun {
  const { verdict } = scripted;
  const reason = { code: `scripted-${verdict.toLowerCase().replaceAll('_', '-')}`, message: `The script says ${verdict}.` };
  return { scripted, request, happened: [], watchers: new Set(), onEnd: new Set(), stands: 'under-way', verdict, reason };
}

/** What happens in every run before anybody is asked: a sample's events, all but the verdict. */
export function firstBodies({ scripted }: KeptRun): readonly EventBody[] {
  const { gate } = scripted;
  return gate === undefined ? sampleBodies.slice(0, -1) : [...sampleBodies.slice(0, -1), openedGate(scripted.run, gate)];
}

export function lastBodies({ verdict, reason, request }: KeptRun): readonly EventBody[] {
  const metric = { name: 'jidoka_runs_total', labels: { line: request.line, verdict, reason: reason.code } } as const;
  return [
    { type: 'verdict.decided', verdict, reason, metric },
    { type: 'run.ended', verdict },
  ];
}

function openedGate(run: string, gate: ScriptedGate): OpenedGate {
  return {
    type: 'gate.opened',
    stage: gate.stage,
    attempt: 1,
    gate: `${run}/${gate.stage}/1`,
    question: gate.question ?? 'Is this what was wanted?',
    digest: 'd'.repeat(64),
    roles: gate.roles ?? ['reviewer'],
    choices: gate.choices ?? ['approve', 'reject'],
    openedAt: '2026-01-01T00:00:00.000Z',
    expiresAt: gate.expiresAt ?? '2026-01-08T00:00:00.000Z',
  };
}

/** Many runs are the answer to `--all` and to a folder of advisories. */
export function isOne({ subject }: RunRequest): boolean {
  return subject.kind !== 'all' && (subject.kind !== 'advisories' || subject.files.length === 1);
}

export function resultOf({ scripted, request, verdict, reason }: KeptRun, folder: string): RunResult {
  const { run, title } = scripted;
  const delivers = verdict === 'PR_READY' && !request.dryRun;
  return {
    run,
    line: request.line,
    seedKey: run,
    title,
    verdict,
    reason,
    branch: delivers ? `jidoka/${request.line}/${run}` : null,
    evidence: { ref: request.dryRun ? null : `refs/jidoka/evidence/${run}`, dir: join(folder, run), head: sampleBundle().head },
    stages: [
      {
        id: 'baseline',
        outcome: 'done',
        summary: '57 tests',
        durationMs: 1500,
        attempt: 1,
        where: { host: 'here', floor: 'host', tier: 'T0', node: 'v20.20.2' },
      },
    ],
    cost: { usd: 0, basis: 'no model was called' },
    withheld: request.dryRun ? 'dry run' : null,
  };
}

/** A run with all that its ledger says. */
export function detailsOf(
  kept: KeptRun,
  { folder, isClosed, events }: { readonly folder: string; readonly isClosed: boolean; readonly events: readonly LedgerEvent[] },
): RunDetails {
  const result = kept.stands === 'ended' ? resultOf(kept, folder) : null;
  return { summary: summaryOf(kept, isClosed), result, judged: lastJudged(events), events };
}

export function summaryOf({ scripted, request, stands, verdict, reason }: KeptRun, isClosed: boolean): RunSummary {
  const hasEnded = stands === 'ended';
  const open = stands === 'gate' ? 'waiting' : isClosed ? 'interrupted' : 'running';
  return {
    run: scripted.run,
    line: request.line,
    title: scripted.title,
    repository: request.repository,
    startedAt: '2026-01-01T00:00:00.000Z',
    endedAt: hasEnded ? '2026-01-01T00:00:02.000Z' : null,
    state: hasEnded ? 'ended' : open,
    waitsFor: stands === 'gate' ? `gate ${scripted.gate?.stage ?? ''}` : '',
    verdict: hasEnded ? verdict : null,
    reasonCode: hasEnded ? reason.code : null,
  };
}

export function executorView(id: string, offer: ServeOffer, since: string): ExecutorView {
  const { queues, labels, atOnce } = offer;
  const name = offer.name ?? id;
  return { id, role: 'worker', name, host: 'here', pid: 1, version: '0.0.0', queues, labels, atOnce, isLive: true, since, holds: [] };
}

/** Tells those who watch a run. */
export function tell({ watchers }: KeptRun, progress: Progress): void {
  for (const watch of watchers) watch(progress);
}

/** Whether a run takes a slot of a limit. */
export function takes({ request }: KeptRun, key: string): boolean {
  return key === 'global' || key === `line:${request.line}`;
}

/** What a closed factory throws. */
export const closedError = (): JidokaError => interruptedError('The factory was closed.');

/** What a factory throws at who is not to wait any longer. */
export function interruptedError(why: string): JidokaError {
  return new JidokaError('interrupted', why, { mend: 'Resume the run.' });
}
