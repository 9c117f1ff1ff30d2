import type { RunId } from '../base/ids.ts';
import type { Json } from '../base/json.ts';
import type { PlannedRoute } from '../gateway/routing/plan-run.ts';
import type { GateChoice } from '../line/line.ts';
import type { WorkspaceRef } from '../ports/place.ts';
import type { TaskPacket } from '../packet/packet.ts';
import type { ReportForm } from '../station/report.ts';
import type { Seed } from '../packet/seed.ts';
import type { Resumption } from '../station/resumption.ts';
import type { Reason, Verdict, VerdictMetric } from '../verdict/verdict.ts';
import type { Delivery } from './delivery.ts';
import type { ModelCount, RefusedCalls } from './model-count.ts';
import type { BlobRef, Claim, Fact, FailureClass } from './fact.ts';
import type { Where } from './where.ts';

/** One file of a harvested change. */
export interface ChangedFile {
  readonly path: string;
  readonly status: 'added' | 'modified' | 'deleted';
  readonly added: number;
  readonly removed: number;
}

/** What happened, one shape per type. Events are small: big content is in blobs. */
export type EventBody =
  | {
      readonly type: 'run.started';
      readonly seed: Seed;
      readonly line: { readonly name: string; readonly digest: string };
      readonly attempt: number;
      readonly version: string;
      /** The run whose stage started this one; absent where a person or a trigger did. */
      readonly parent?: string;
    }
  | { readonly type: 'packet.sealed'; readonly packet: TaskPacket; readonly digest: string }
  /** Which plan of models a slot of a stage is filled with, and all that it was chosen by. */
  | { readonly type: 'route.decided'; readonly stage: string; readonly attempt: number; readonly route: PlannedRoute }
  | { readonly type: 'stage.started'; readonly stage: string; readonly attempt: number; readonly where: Where }
  | {
      readonly type: 'stage.retried';
      readonly stage: string;
      readonly attempt: number;
      readonly class: FailureClass;
      readonly tryNumber: number;
      readonly delayMs: number;
      readonly message: string;
    }
  /** A stage has a workspace: where it is, and which sealed base it began with. */
  | {
      readonly type: 'workspace.opened';
      readonly stage: string;
      readonly attempt: number;
      readonly ref: WorkspaceRef;
      /** Digest of the base; null where it began empty. */
      readonly base: string | null;
    }
  /** What the repository says of how it is to be set up, told once for each that a run meets. */
  | {
      readonly type: 'environment.read';
      readonly stage: string;
      readonly attempt: number;
      /** File at the base commit that says it; null where none does. */
      readonly source: string | null;
      readonly digest: string;
      readonly setup: readonly string[];
      readonly refused: readonly { readonly what: string; readonly why: string }[];
      /** Tools asked for that the floor does not have, as sentences. */
      readonly unmet: readonly string[];
    }
  /** What the commands of a workspace used, as far as its floor counts it. */
  | {
      readonly type: 'workspace.used';
      readonly stage: string;
      readonly attempt: number;
      readonly workspace: string;
      readonly cpuMs: number | null;
      readonly memoryPeakBytes: number | null;
      readonly diskBytes: number | null;
    }
  /** A command asked for something that no capability of its workspace covers. */
  | {
      readonly type: 'egress.refused';
      readonly stage: string;
      readonly attempt: number;
      readonly workspace: string;
      readonly request: string;
      readonly why: string;
    }
  /** A stage whose process died was given to another. */
  | { readonly type: 'step.reclaimed'; readonly step: string; readonly executor: string; readonly by: string; readonly times: number }
  /** A station's process was started; whoever takes the stage over goes on with it instead of starting another. */
  | {
      readonly type: 'station.started';
      readonly stage: string;
      readonly attempt: number;
      readonly station: string;
      /** Name of the workspace it works in. */
      readonly workspace: string;
      /** Where that workspace is; absent in runs of before 0.3. */
      readonly ref?: WorkspaceRef;
      readonly handle: Json;
    }
  /** What else is to be known by whoever goes on with it, in place of the handle before: the session of an agent, its report. */
  | {
      readonly type: 'station.noted';
      readonly stage: string;
      readonly attempt: number;
      readonly station: string;
      readonly handle: Json;
    }
  /** The process that had the stage in hand died, and another went on with what its station had begun, or began it anew. */
  | {
      readonly type: 'station.resumed';
      readonly stage: string;
      readonly attempt: number;
      readonly station: string;
      readonly how: Resumption;
      /** Why nothing was to be gone on with; '' where something was. */
      readonly why: string;
    }
  /** A station could not go on, and the next one of the stage does, with the same packet and workspace. */
  | {
      readonly type: 'station.handed-over';
      readonly stage: string;
      readonly attempt: number;
      readonly from: string;
      readonly to: string;
      readonly why: string;
    }
  | {
      readonly type: 'rework.ordered';
      readonly from: string;
      readonly to: string;
      readonly objection: string;
      /** Stages that are done again, with the attempt that no longer counts. */
      readonly voids: readonly { readonly stage: string; readonly attempt: number }[];
    }
  | { readonly type: 'stage.forgone'; readonly stage: string; readonly attempt: number; readonly why: string }
  | {
      readonly type: 'gate.opened';
      readonly stage: string;
      readonly attempt: number;
      /** Names the gate among all gates: '<run>/<stage>/<attempt>'. */
      readonly gate: string;
      readonly question: string;
      /** Digest of the evidence that the answer is about. */
      readonly digest: string;
      readonly roles: readonly string[];
      readonly choices: readonly GateChoice[];
      readonly openedAt: string;
      readonly expiresAt: string;
    }
  | {
      readonly type: 'gate.answered';
      readonly stage: string;
      readonly attempt: number;
      readonly gate: string;
      readonly choice: GateChoice;
      readonly note: string;
      /** Digest that the person was shown. */
      readonly digest: string;
      readonly by: string;
      readonly role: string;
      readonly at: string;
    }
  | { readonly type: 'gate.expired'; readonly stage: string; readonly attempt: number; readonly gate: string; readonly at: string }
  | { readonly type: 'children.started'; readonly stage: string; readonly attempt: number; readonly runs: readonly string[] }
  | { readonly type: 'child.ended'; readonly stage: string; readonly attempt: number; readonly run: string; readonly verdict: Verdict }
  | { readonly type: 'run.cancelled'; readonly by: string; readonly why: string }
  /** Written before an effect outside is tried, and after it is known to be there. */
  | { readonly type: 'effect.intended'; readonly effect: string; readonly kind: string; readonly target: string; readonly digest: string }
  | {
      readonly type: 'effect.done';
      readonly effect: string;
      /** `performed` now, or `found` outside where a process died after performing it. */
      readonly how: 'performed' | 'found';
      readonly result: Json;
    }
  /** What operators do to the factory; these stand in the chain of the factory itself. */
  | { readonly type: 'factory.paused'; readonly scope: string; readonly why: string; readonly by: string }
  | { readonly type: 'factory.unpaused'; readonly scope: string; readonly by: string }
  | { readonly type: 'factory.limited'; readonly key: string; readonly limit: Json; readonly by: string }
  /** A person has looked at what waited for one: a gate, or what a run delivered. */
  | { readonly type: 'factory.reviewed'; readonly review: string; readonly by: string }
  | { readonly type: 'factory.scheduled'; readonly schedule: string; readonly what: Json; readonly by: string }
  | { readonly type: 'factory.unscheduled'; readonly schedule: string; readonly by: string }
  | { readonly type: 'factory.fired'; readonly schedule: string; readonly due: string; readonly request: string }
  /** An agent came into the factory's folder, or left it. */
  | {
      readonly type: 'station.added';
      readonly agent: string;
      readonly version: string;
      readonly package: string;
      readonly integrity: string;
      readonly by: string;
    }
  /** Stations may use the owner's login at an agent from now on, or no more; `to` is where it proves him. */
  | { readonly type: 'station.login'; readonly agent: string; readonly allowed: boolean; readonly to: string | null; readonly by: string }
  | { readonly type: 'station.removed'; readonly agent: string; readonly version: string; readonly by: string }
  /** The program that stations use of an agent is another than when it was last looked at; `was` is null the first time. */
  | {
      readonly type: 'station.seen';
      readonly agent: string;
      readonly version: string;
      readonly was: string | null;
      readonly from: 'factory' | 'path';
    }
  /** What became of a request that somebody left: its runs, or what its author must mend. */
  | { readonly type: 'request.taken'; readonly request: string; readonly runs: readonly string[] }
  | { readonly type: 'request.refused'; readonly request: string; readonly code: string; readonly message: string; readonly mend: string }
  /** What the factory's own gateway took down of the calls of a run, before its verdict: nobody's own count is needed beside it. */
  | { readonly type: 'models.counted'; readonly counts: readonly ModelCount[] }
  /** What a station asked of the factory's own gateway, and a budget had no room for. */
  | ({ readonly type: 'models.refused'; readonly stage: string; readonly attempt: number; readonly station: string } & RefusedCalls)
  | { readonly type: 'plan.made'; readonly stage: string; readonly steps: readonly string[] }
  | {
      readonly type: 'observed';
      readonly stage: string;
      readonly what: string;
      readonly summary: string;
      readonly logs: readonly BlobRef[];
    }
  /** How far a stage has come that runs a suite again and again; whoever takes it over goes on from there. */
  | {
      readonly type: 'repetition.counted';
      readonly stage: string;
      readonly attempt: number;
      readonly runs: number;
      readonly failures: number;
      readonly tally: BlobRef;
    }
  | {
      readonly type: 'claim.made';
      readonly stage: string;
      /** What the station was asked to hand in, and for the how manieth time; absent in runs of before 0.3. */
      readonly form?: ReportForm;
      readonly attempt?: number;
      readonly claim: Claim;
    }
  | {
      readonly type: 'change.harvested';
      readonly stage: string;
      /** Absent in the first attempt. */
      readonly attempt?: number;
      readonly patch: BlobRef;
      readonly files: readonly ChangedFile[];
    }
  | {
      readonly type: 'fact.found';
      readonly stage: string;
      /** Absent in the first attempt. */ readonly attempt?: number;
      readonly fact: Fact;
    }
  | {
      readonly type: 'stage.completed';
      readonly stage: string;
      readonly attempt: number;
      readonly outcome: StageOutcome;
      readonly summary: string;
      readonly durationMs: number;
      readonly output: StageOutput;
    }
  | { readonly type: 'verdict.decided'; readonly verdict: Verdict; readonly reason: Reason; readonly metric: VerdictMetric }
  | { readonly type: 'evidence.sealed'; readonly bundle: string; readonly report: string; readonly ledgerHead: string }
  | { readonly type: 'delivered'; readonly delivery: Delivery }
  | { readonly type: 'run.ended'; readonly verdict: Verdict }
  /** What a person found of the result of a run after it had ended; the last one counts. */
  | { readonly type: 'outcome.judged'; readonly right: boolean; readonly why: string; readonly by: string };

/**
 * How a stage ended: `done` goes on to the next, `settled` means the facts already decide the run, `objected` speaks
 * against the work of an earlier stage, `failed` says that the surroundings did not let it be done.
 */
export type StageOutcome = 'done' | 'settled' | 'objected' | 'failed';

/** Small values one stage hands to the next; content by blob. */
export type StageOutput = Readonly<Record<string, string | number | boolean | null | BlobRef>>;

/** A body as a stage hands it to the ledger. `key` makes the append idempotent within the run. */
export interface NewEvent {
  readonly key: string;
  readonly at: string;
  readonly actor: string;
  readonly body: EventBody;
}

/** An event in the ledger: chained, numbered from 1 within its run. */
export interface LedgerEvent extends NewEvent {
  readonly v: 1;
  readonly run: RunId;
  readonly runSeq: number;
  readonly prev: string;
  readonly hash: string;
}
