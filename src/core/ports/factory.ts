import { z } from 'zod';
import { verdicts } from '../verdict/verdict.ts';
import type { LedgerEvent } from '../evidence/event.ts';
import type { DependencyScope } from '../packet/seed.ts';

/** What a door may ask of the factory. Every answer is data; doors only parse, call and print. */
export interface Factory {
  /** Turns a request into seeds and works each to its verdict. Joins a run of the same seed that is under way. */
  run(request: RunRequest, watch?: Watch): Promise<RunReport>;
  /** Takes up a run that a dead process left, or reports the one that ended. Throws `run-unknown`. */
  resume(run: string, watch?: Watch): Promise<RunResult>;
  runs(filter: { readonly limit?: number; readonly line?: string }): Promise<readonly RunSummary[]>;
  show(run: string): Promise<RunDetails>;
  /** Writes a run's evidence into a folder (default: the factory's own) and returns where it is. */
  evidence(run: string, out?: string): Promise<EvidencePlace>;
  doctor(): Promise<readonly Finding[]>;
  close(): Promise<void>;
}

export interface RunRequest {
  readonly line: 'deps' | 'cve';
  /** Path or URL of the target repository. */
  readonly repository: string;
  readonly subject:
    | { readonly kind: 'package'; readonly name: string }
    | { readonly kind: 'all' }
    | { readonly kind: 'advisories'; readonly files: readonly { readonly path: string; readonly text: string }[] };
  /** `--to`: a version, patch, minor or major; null leaves it to the line (newest release that this Node accepts). */
  readonly to: string | null;
  readonly scope: DependencyScope;
  readonly dryRun: boolean;
  /** Runs anew even where this seed already has a verdict. */
  readonly again: boolean;
  /** OSV advisories to hold the change against, beside what the registry's own endpoint answers. */
  readonly advisories: readonly { readonly path: string; readonly text: string }[];
  /** A line file to use instead of the built-in one; `text` is YAML. */
  readonly lineFile: { readonly path: string; readonly text: string } | null;
  readonly actor: string;
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
  | { readonly kind: 'ended'; readonly result: RunResult }
  | { readonly kind: 'warning'; readonly message: string };

const StageReport = z.strictObject({
  id: z.string(),
  outcome: z.enum(['done', 'settled', 'failed']),
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
  /** Money spent on models; `basis` says how it is known. */
  cost: z.strictObject({ usd: z.number(), basis: z.string() }),
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
  /** `interrupted`: no live process works on it; `jidoka resume RUN` goes on. */
  readonly state: 'running' | 'interrupted' | 'ended';
  readonly verdict: RunResult['verdict'] | null;
  readonly reasonCode: string | null;
}

export interface RunDetails {
  readonly summary: RunSummary;
  readonly result: RunResult | null;
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
