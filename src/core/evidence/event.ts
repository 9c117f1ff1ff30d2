import type { RunId } from '../base/ids.ts';
import type { TaskPacket } from '../packet/packet.ts';
import type { Seed } from '../packet/seed.ts';
import type { Reason, Verdict, VerdictMetric } from '../verdict/verdict.ts';
import type { BlobRef, Claim, Fact, FailureClass } from './fact.ts';

/** Where a stage ran and on what; recorded for every start of every stage. */
export interface Where {
  readonly host: string;
  readonly platform: string;
  readonly executor: string;
  readonly pid: number;
  readonly floor: string;
  /** Isolation tier that was proved, T0 (none) to T4. */
  readonly tier: string;
  readonly user: string;
  readonly node: string;
  readonly npm: string;
}

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
    }
  | { readonly type: 'packet.sealed'; readonly packet: TaskPacket; readonly digest: string }
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
  | { readonly type: 'plan.made'; readonly stage: string; readonly steps: readonly string[] }
  | {
      readonly type: 'observed';
      readonly stage: string;
      readonly what: string;
      readonly summary: string;
      readonly logs: readonly BlobRef[];
    }
  | { readonly type: 'claim.made'; readonly stage: string; readonly claim: Claim }
  | { readonly type: 'change.harvested'; readonly stage: string; readonly patch: BlobRef; readonly files: readonly ChangedFile[] }
  | { readonly type: 'fact.found'; readonly stage: string; readonly fact: Fact }
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
  | { readonly type: 'run.ended'; readonly verdict: Verdict };

/** How a stage ended: `done` goes on to the next, `settled` means the facts already decide the run. */
export type StageOutcome = 'done' | 'settled' | 'failed';

/** Small values one stage hands to the next; content by blob. */
export type StageOutput = Readonly<Record<string, string | number | boolean | null | BlobRef>>;

/** What reached the outside, each effect once. */
export interface Delivery {
  readonly target: string;
  readonly branch: string | null;
  readonly commit: string | null;
  readonly evidenceRef: string | null;
  readonly evidenceCommit: string | null;
  readonly evidenceDir: string;
  /** Why an effect was withheld: dry run, no permission; null where all was delivered. */
  readonly withheld: string | null;
}

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
