import { z } from 'zod';
import { verdicts } from '../verdict/verdict.ts';
import { ReviewFinding } from '../evidence/findings.ts';
import type { LedgerEvent } from '../evidence/event.ts';
import type { Actor } from '../gate/answer.ts';
import type { RepetitionMode } from '../line/repetition.ts';
import type { DependencyScope } from '../packet/seed.ts';
import type { Limit, NewLimit, Pause, Review, Usage } from './control.ts';
import type { Credentials } from './credentials.ts';
import type { ExecutorView, StepView } from './engine.ts';
import type { Feed } from './feed.ts';
import type { AgentDesk } from './desks/agent-desk.ts';
import type { FloorDesk, Whereabouts } from './desks/floor-desk.ts';
import type { GateDesk } from './desks/gate-desk.ts';
import type { RoutingDesk, RunJudged } from './desks/routing-desk.ts';

export type * from './desks/agent-desk.ts';
export type * from './desks/floor-desk.ts';
export type * from './desks/gate-desk.ts';
export type * from './desks/routing-desk.ts';

/** What a door may ask of the factory. Every answer is data; doors only parse, call and print. */
export interface Factory {
  /**
   * Turns a request into seeds and works each to its verdict. Joins a run of the same seed that is under way. `signal` ends
   * the waiting, not the runs: it throws `interrupted` then, as it does where the factory is closed meanwhile.
   */
  run(request: RunRequest, watch?: Watch, signal?: AbortSignal): Promise<RunReport>;
  /** Leaves a request for a worker to take up; returns at once. The same request left again under one `key` is one. */
  submit(request: RunRequest, options?: { readonly key?: string; readonly notBefore?: string }): Promise<Submitted>;
  /** Takes up a run that a dead process left, or reports the one that ended. Throws `run-unknown`. */
  resume(run: string, watch?: Watch): Promise<RunResult>;
  /** Stops a run and all runs it started; it ends in ESCALATE with what was found so far. Throws `run-unknown`. */
  cancel(run: string, order: { readonly actor: Actor; readonly why: string }): Promise<RunSummary>;
  runs(filter: { readonly limit?: number; readonly line?: string }): Promise<readonly RunSummary[]>;
  show(run: string): Promise<RunDetails>;
  /** Writes a run's evidence into a folder (default: the factory's own) and returns where it is. */
  evidence(run: string, out?: string): Promise<EvidencePlace>;
  doctor(): Promise<readonly Finding[]>;
  /** Where every stage of a run ran, or, without a run, where stages would run now. Throws `run-unknown`. */
  where(run: string | null): Promise<readonly Whereabouts[]>;
  readonly floor: FloorDesk;
  /** The agents that stations drive. */
  readonly agents: AgentDesk;
  /** Works on whatever fits the offer until stopped. */
  serve(offer: ServeOffer): Promise<Serving>;
  /** What stands at gates, and people's answers to it. */
  readonly gates: GateDesk;
  /** How models are chosen for runs. */
  readonly routing: RoutingDesk;
  /** What operators see and set. */
  readonly operations: Operations;
  /** Who may ask by which token. */
  readonly credentials: Credentials;
  readonly feed: Feed;
  close(): Promise<void>;
}

export interface Operations {
  status(): Promise<FactoryStatus>;
  /** Throws `limit-invalid`, and `access-refused` for an agent, as the others do. */
  setLimit(limit: Omit<NewLimit, 'by'>, actor: Actor): Promise<void>;
  pause(scope: string, why: string, actor: Actor): Promise<boolean>;
  /** Only a person lifts a pause. Returns whether there was one. */
  unpause(scope: string, actor: Actor): Promise<boolean>;
  reviews(): Promise<readonly Review[]>;
  reviewed(run: string, actor: Actor): Promise<boolean>;
  schedules(): Promise<readonly ScheduleView[]>;
  /** Throws `limit-invalid` for a pattern that is no cron expression. */
  schedule(schedule: NewSchedule, actor: Actor): Promise<ScheduleView>;
  unschedule(id: string, actor: Actor): Promise<boolean>;
}

export interface NewSchedule {
  /** Names it; setting it again replaces it. */
  readonly id: string;
  /** Five or six fields, or '@daily' and the like. */
  readonly cron: string;
  /** IANA name; UTC where nothing else is wanted. */
  readonly timezone: string;
  readonly request: RunRequest;
}

export interface ScheduleView {
  readonly id: string;
  readonly cron: string;
  readonly timezone: string;
  readonly line: string;
  readonly repository: string;
  readonly nextAt: string | null;
  readonly lastAt: string | null;
}

export interface FactoryStatus {
  /** Where the database is, for people; without secrets. */
  readonly database: string;
  readonly version: string;
  readonly executors: readonly ExecutorView[];
  readonly limits: readonly Limit[];
  readonly usage: readonly Usage[];
  readonly pauses: readonly Pause[];
  readonly reviews: readonly Review[];
  readonly gates: number;
  /** Works under way, with the steps that wait or are in hand. */
  readonly open: readonly WorkSummary[];
}

export interface WorkSummary {
  readonly id: string;
  readonly kind: 'run' | 'request' | 'schedule';
  readonly line: string;
  readonly failure: string;
  readonly steps: readonly StepView[];
}

export interface Submitted {
  readonly request: string;
  readonly state: 'new' | 'exists';
}

export interface ServeOffer {
  readonly name: string | null;
  readonly queues: readonly string[] | null;
  readonly labels: readonly string[];
  readonly atOnce: number;
}

export interface Serving {
  readonly executor: string;
  stop(how: 'at-once' | 'when-done'): Promise<void>;
  /** Rejects when this process can no longer serve: its database is gone for good. */
  readonly lost: Promise<never>;
}

export interface RunRequest {
  /** Name of a built-in line; with `lineFile` the name is the file's to give. */
  readonly line: string;
  /** Path or URL of the target repository. */
  readonly repository: string;
  readonly subject:
    | { readonly kind: 'package'; readonly name: string }
    | { readonly kind: 'all' }
    | { readonly kind: 'advisories'; readonly files: readonly { readonly path: string; readonly text: string }[] }
    /** A task in words, for a line whose seed is a task. */
    | {
        readonly kind: 'task';
        readonly key: string | null;
        readonly title: string;
        readonly body: string;
        readonly paths: readonly string[] | null;
      }
    /** What a branch or pull request has that its base has not; the first head that is there counts, and without a base it is the default branch. */
    | { readonly kind: 'branch'; readonly heads: readonly string[]; readonly base: string | null }
    /** A ticket as somebody wrote it, for a line whose seed is one. */
    | { readonly kind: 'ticket'; readonly key: string | null; readonly source: string; readonly text: string }
    /** A test that is said to be flaky, or with null whichever of the suite is; what is left out, the line's defaults give. */
    | {
        readonly kind: 'flake';
        readonly test: string | null;
        /** Rate to exclude: 0.05. */
        readonly rate: number;
        readonly modes: readonly RepetitionMode[] | null;
        readonly budgetMs: number;
      };
  /** `--to`: a version, patch, minor or major; null leaves it to the line (newest release that this Node accepts). */
  readonly to: string | null;
  readonly scope: DependencyScope;
  readonly dryRun: boolean;
  /** Runs anew even where this seed already has a verdict. */
  readonly again: boolean;
  /** OSV advisories to hold the change against, beside what the registry's own endpoint answers. */
  readonly advisories: readonly { readonly path: string; readonly text: string }[];
  /** A line file to use instead of the built-in one; `text` is YAML. */
  readonly lineFile: LineFile | null;
  /** A station that does every stage of the line that stations do: a name, or 'command:PROGRAM ARGUMENT…'. */
  readonly station?: string;
  /** What a station that is played does, `station` being its name: deeds by form, in YAML; `head` of the record they come out of. */
  readonly script?: { readonly path: string; readonly text: string; readonly head: string | null };
  /** Models that changes are made with, in the order in which they are tried, whatever the factory would choose. */
  readonly plan?: readonly string[];
  readonly actor: string;
  /** Lower goes first; 100 where nothing is said. */
  readonly priority?: number;
}

/** A line as it is written, with the roles that lie beside it. */
export interface LineFile {
  readonly path: string;
  readonly text: string;
  /** Markdown files, each named for its role. */
  readonly roles?: readonly { readonly path: string; readonly text: string }[];
  /** Texts of skills, by their path below the folder of all skills: 'accents/SKILL.md'. */
  readonly skills?: readonly { readonly path: string; readonly text: string }[];
}

export type Watch = (progress: Progress) => void;

/** What happens while a run is under way, for people who watch. */
export type Progress =
  | { readonly kind: 'planned'; readonly runs: number; readonly message: string }
  | { readonly kind: 'run'; readonly run: string; readonly title: string; readonly joined: 'new' | 'under-way' | 'resumed' | 'ended' }
  | {
      readonly kind: 'stage';
      readonly run: string;
      readonly stage: string;
      readonly state: 'started' | 'done' | 'failed';
      readonly message: string;
    }
  | { readonly kind: 'note'; readonly run: string; readonly message: string }
  /** The run rests; `gate` names the gate where a person must answer. Told again whenever the reason changes. */
  | { readonly kind: 'waits'; readonly run: string; readonly reason: string; readonly gate: string | null }
  | { readonly kind: 'ended'; readonly result: RunResult }
  | { readonly kind: 'warning'; readonly message: string };

const StageReport = z.strictObject({
  id: z.string(),
  outcome: z.enum(['done', 'settled', 'objected', 'failed']),
  summary: z.string(),
  durationMs: z.number(),
  attempt: z.number(),
  where: z.strictObject({ host: z.string(), floor: z.string(), tier: z.string(), node: z.string() }),
});

/** The document `jidoka run --json` prints for one run; published as schemas/run-result.schema.json. */
export const RunResult = z.strictObject({
  run: z.string(),
  line: z.string(),
  seedKey: z.string(),
  /** What the run was about, for people: 'lodash 4.17.20 -> 4.17.21'. */
  title: z.string(),
  verdict: z.enum(verdicts),
  reason: z.strictObject({ code: z.string(), message: z.string() }),
  /** Branch in the target repository, null where none was owed or asked for. */
  branch: z.string().nullable(),
  evidence: z.strictObject({ ref: z.string().nullable(), dir: z.string(), head: z.string() }),
  stages: z.array(StageReport),
  /** Of a run that reviews a branch: what it found, what blocks first. */
  findings: z.array(ReviewFinding).optional(),
  /** Money spent on models, null where somebody called one and does not tell; `basis` says how it is known. */
  cost: z.strictObject({ usd: z.number().nullable(), basis: z.string() }),
  /** Why a delivery was withheld (dry run, target refused it), or null. */
  withheld: z.string().nullable(),
});
export type RunResult = z.infer<typeof RunResult>;

/** The document of a request that became several runs: `--all`, or a folder of advisories. */
export const RunReport = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('one'), result: RunResult }),
  z.strictObject({ kind: z.literal('many'), runs: z.array(RunResult) }),
]);
export type RunReport = z.infer<typeof RunReport>;

export interface RunSummary {
  readonly run: string;
  readonly line: string;
  readonly title: string;
  readonly repository: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  /**
   * `running`: somebody does a step of it. `queued`: a live worker will. `waiting`: for a person or for other runs.
   * `interrupted`: no live process works on it; `jidoka resume RUN` goes on. `failed`: the factory itself failed on it.
   */
  readonly state: 'running' | 'queued' | 'waiting' | 'interrupted' | 'failed' | 'ended';
  /** What it waits for, for people; '' where it does not wait. */
  readonly waitsFor: string;
  readonly verdict: RunResult['verdict'] | null;
  readonly reasonCode: string | null;
}

export interface RunDetails {
  readonly summary: RunSummary;
  readonly result: RunResult | null;
  /** What a person said last of its result; null where nobody did. */
  readonly judged: RunJudged | null;
  readonly events: readonly LedgerEvent[];
}

export interface EvidencePlace {
  readonly run: string;
  readonly dir: string;
  readonly head: string;
  readonly ref: string | null;
}

/** One line of `jidoka doctor`. */
export interface Finding {
  readonly group: 'required' | 'optional';
  readonly name: string;
  readonly ok: boolean;
  readonly found: string;
  /** What to do where it is not ok; '' otherwise. */
  readonly mend: string;
}
