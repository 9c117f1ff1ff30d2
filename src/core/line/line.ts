import { z } from 'zod';
import { CheckName, Demand } from '../evidence/check.ts';
import { retryableClasses } from '../evidence/fact.ts';
import { RepetitionMode } from './repetition.ts';
import { ReportForm } from '../station/report.ts';
import { Role } from '../station/role.ts';
import { Script } from '../station/script.ts';

/** A stage's work. The set is closed: a new kind of work is a new kind of stage. */
export const StageKind = z.enum([
  'applicability',
  'baseline',
  'reproduction',
  'judgement',
  'change',
  'given',
  'command',
  'inspection',
  'gate',
  'runs',
  'repetition',
  'triage',
]);
export type StageKind = z.infer<typeof StageKind>;

const Name = z.string().regex(/^[a-z][a-z0-9-]*$/, 'lower-case letters, digits and dashes');
const Duration = z.string().regex(/^\d+(s|m|h|d)$/, 'a duration such as "90s", "5m", "1h" or "7d"');

/** When a stage that follows several may begin: after all of them, after any, or after so many. */
export const Join = z.union([z.enum(['all', 'any']), z.strictObject({ atLeast: z.number().int().min(1) })]);
export type Join = z.infer<typeof Join>;

/** What a stage's objection leads to: an earlier stage is done again with the objection in hand, so often at most. */
export const Rework = z.strictObject({ stage: Name, atMost: z.number().int().min(1).max(10) });
export type Rework = z.infer<typeof Rework>;

export const GateChoice = z.enum(['approve', 'reject', 'answer']);
export type GateChoice = z.infer<typeof GateChoice>;

/** A person's decision. What is not answered in time counts as refused. */
export const Gate = z.strictObject({
  question: z.string().min(1),
  /** Roles of which the person must have one. */
  roles: z.array(Name).min(1),
  expires: Duration,
  choices: z.array(GateChoice).min(1),
  /** Opens only where the change gives occasion to ask; without it, always. */
  when: z.enum(['assertions-changed']).optional(),
});
export type Gate = z.infer<typeof Gate>;

/** Runs of another line of this file, one for each item, as part of this run. */
export const SubRuns = z.strictObject({
  line: Name,
  items: z.array(z.string().min(1)).min(1).max(1000),
  /** How many must end in PR_READY or NO_OP for the stage to be done. */
  join: Join,
});
export type SubRuns = z.infer<typeof SubRuns>;

const Station = z.string().min(1);

const Times = z.number().int().min(0).max(10);
const Retries = z.union([Times, z.partialRecord(z.enum(retryableClasses), Times)]);

const Stage = z.strictObject({
  id: Name,
  does: StageKind,
  /** Stages that must be done before; the one above it where nothing is said. */
  after: z.array(Name).optional(),
  join: Join.optional(),
  onFail: Rework.optional(),
  /** Station that does the stage, or several: where one cannot go on, the next one does. With none the stage is left out, unless a request names one. */
  station: z.union([Station, z.array(Station).max(10)]).optional(),
  /** Role of the line in which the station works. */
  role: Name.optional(),
  /** What the station of a `judgement` stage hands in. */
  form: ReportForm.extract(['classification', 'plan', 'review']).optional(),
  /** Of a `judgement`: where no station hands in a report, the run goes on without one. */
  optional: z.boolean().optional(),
  /** Program and arguments of a `command` stage, or of the station "command". */
  run: z.array(z.string().min(1)).min(1).optional(),
  /** How a `repetition` stage runs the suite again and again. */
  mode: RepetitionMode.optional(),
  gate: Gate.optional(),
  runs: SubRuns.optional(),
  /** Limit for one command of the stage. */
  timeout: Duration.optional(),
  /** Limit for one try of the whole stage. */
  deadline: Duration.optional(),
  /** A command that says nothing for this long is ended and counts as stalled. */
  stall: Duration.optional(),
  /** How often the stage is tried again after a failure of a retryable class, for all of them or for each. */
  retries: Retries.optional(),
  /** Queue that the stage waits in; workers choose queues. */
  queue: Name.optional(),
  /** Labels that a worker must have to do this stage. */
  labels: z.array(z.string().min(1)).optional(),
});
export type Stage = z.infer<typeof Stage>;

/** What a line may take of the factory, unless an operator set otherwise. */
export const LineLimits = z.strictObject({
  /** Stages of this line at work at once. */
  atOnce: z.number().int().min(1).optional(),
  /** Runs of this line that may start within an hour. */
  runsPerHour: z.number().int().min(1).optional(),
  /** Results and open gates that may wait for a person; when so many wait, no new run starts. */
  waitingForReview: z.number().int().min(1).optional(),
  /** Runs in a row that end with the same reason before the line pauses itself. */
  identicalFailures: z.number().int().min(2).optional(),
});
export type LineLimits = z.infer<typeof LineLimits>;

/** One product line as data: a graph of stages, and what inspection demands of their work. */
export const Line = z.strictObject({
  apiVersion: z.literal('jidoka/v1'),
  kind: z.literal('Line'),
  name: Name,
  summary: z.string(),
  seed: z.enum(['dependency', 'advisory', 'task', 'ticket', 'branch', 'flake']),
  nonGoals: z.array(z.string()),
  scope: z.strictObject({ paths: z.array(z.string()).min(1), protectedPaths: z.array(z.string()) }),
  stages: z.array(Stage).min(1),
  inspection: z.array(z.strictObject({ check: CheckName, demand: Demand })).min(1),
  noOpRules: z.array(z.strictObject({ code: z.string(), statement: z.string(), proof: z.string() })),
  policy: z.strictObject({
    baselineRuns: z.number().int().min(1).max(5),
    /** Releases younger than this are not taken; 0 switches the rule off. */
    minimumReleaseAgeDays: z.number().min(0),
    /** A baseline of the same commit, lockfile and floor may be taken over for this long. */
    reuseBaseline: Duration,
  }),
  limits: LineLimits.optional(),
  /** What stations are in this line; those of files beside it are laid in here when it is read. */
  roles: z.array(Role).optional(),
  /** What stations of this line play, where they are named 'script:…' or 'replay:…'. */
  scripts: z.array(Script).max(10).optional(),
  /** Lines that `runs` stages of this one use. */
  get lines(): z.ZodOptional<z.ZodArray<typeof Line>> {
    return z.array(Line).optional();
  },
});
export type Line = z.infer<typeof Line>;
