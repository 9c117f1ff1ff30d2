import type { Company, RepetitionMode } from '../line/repetition.ts';
import type { Report } from '../station/report.ts';
import type { CheckName } from './check.ts';

/** A piece of content in the blob store, named by its sha256. */
export interface BlobRef {
  readonly sha256: string;
  readonly bytes: number;
  /** What it is, for people: 'baseline run 1, stdout'. */
  readonly label: string;
  readonly mediaType: string;
}

/**
 * Why work could not be done at all. Retryable classes end in RETRYABLE_FAILURE, the others in ESCALATE; before that a
 * line may have them tried again, after `waitMs` the first time and twice as long each time after.
 * `environment` is a git dependency that cannot be reached, a missing tool: retrying does not help.
 */
export const failureClasses = {
  registry: { retryable: true, waitMs: 2_000, statement: 'the package registry answered with an error' },
  network: { retryable: true, waitMs: 1_000, statement: 'a name did not resolve or a connection failed' },
  disk: { retryable: true, waitMs: 10_000, statement: 'the disk is full' },
  memory: { retryable: true, waitMs: 5_000, statement: 'a process ran out of memory' },
  timeout: { retryable: true, waitMs: 1_000, statement: 'a command did not end within its limit' },
  stall: { retryable: true, waitMs: 1_000, statement: 'a command said nothing for longer than its limit' },
  provider: { retryable: true, waitMs: 15_000, statement: 'the provider of the model failed, or asked to come back later' },
  quota: { retryable: true, waitMs: 60_000, statement: 'the account of the model has used up what it may' },
  login: { retryable: false, waitMs: 0, statement: 'a station is not logged in' },
  crash: { retryable: true, waitMs: 5_000, statement: 'the processes that worked on it died again and again' },
  environment: { retryable: false, waitMs: 0, statement: 'the environment lacks something the repository needs' },
} as const;
export type FailureClass = keyof typeof failureClasses;

/** Classes that a line may have tried again. */
export const retryableClasses = [
  'registry',
  'network',
  'disk',
  'memory',
  'timeout',
  'stall',
  'provider',
  'quota',
  'crash',
] as const satisfies readonly FailureClass[];

/** Status of one test id in one run. `crash` and `timeout` name why an id has no result of its own. */
export type TestStatus = 'pass' | 'fail' | 'skip' | 'missing' | 'crash' | 'timeout';

/** One test id whose status differs between baseline and the run after the change. */
export interface TestDifference {
  readonly id: string;
  readonly before: TestStatus;
  readonly after: TestStatus;
  /** First lines of the failure message, where the runner gave one. */
  readonly message?: string;
}

/** One package position in a lockfile that moved. `path` is its place, as in node_modules/a/node_modules/b. */
export interface LockMove {
  readonly path: string;
  readonly name: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly dev: boolean;
}

/** One copy of an affected package in a lockfile. */
export interface VulnerableCopy {
  readonly path: string;
  readonly name: string;
  readonly version: string;
  readonly dev: boolean;
  readonly bundled: boolean;
  /** Packages that ask for it, with the range they ask for: 'a@1.0.0 -> ^2.0.0'. */
  readonly parents: readonly string[];
}

/** What each check hands over beside its outcome; kept as data so that a report can show it. */
export interface FactData {
  readonly seed: { readonly attached: readonly string[]; readonly missing: readonly string[]; readonly question: string };
  readonly station: { readonly station: string; readonly summary: string };
  readonly reproduction: {
    readonly station: string;
    readonly files: readonly string[];
    readonly symptom: string;
    readonly runs: number;
    /** What each of its tests did on the base. */
    readonly tests: readonly { readonly id: string; readonly onBase: string; readonly message: string }[];
    /** Values of the ticket that the tests use. */
    readonly fromTicket: readonly string[];
  };
  readonly fixed: {
    readonly runs: number;
    readonly passed: number;
    /** Tests that the station of the change was not shown. */
    readonly heldOut: number;
    readonly failing: readonly TestDifference[];
  };
  readonly review: { readonly station: string; readonly findings: readonly Finding[] };
  readonly install: { readonly rung: string; readonly tried: readonly string[]; readonly durationMs: number };
  readonly build: { readonly script: string | null; readonly before: string; readonly after: string };
  readonly tests: {
    readonly runner: string;
    readonly command: string;
    readonly baseline: TestCounts & { readonly runs: number; readonly flaky: readonly string[]; readonly preExisting: readonly string[] };
    readonly after: TestCounts;
    readonly regressed: readonly TestDifference[];
    readonly fixed: readonly string[];
    readonly added: readonly string[];
    /** Name of the break, where one was recognised: 'ESM-only release', 'export changed'. */
    readonly breakClass: string | null;
    /** Run whose baseline was taken over, null where it was taken in this run. */
    readonly baselineFrom: string | null;
  };
  readonly canary: { readonly reported: TestStatus; readonly file: string };
  readonly tamper: { readonly findings: readonly Finding[]; readonly filesScanned: number };
  readonly scope: { readonly files: readonly string[]; readonly outside: readonly string[] };
  readonly secrets: { readonly findings: readonly Finding[]; readonly linesScanned: number };
  readonly lock: { readonly moves: readonly LockMove[]; readonly unexplained: readonly LockMove[] };
  readonly 'install-scripts': { readonly added: readonly string[] };
  readonly advisories: {
    readonly source: string;
    readonly before: readonly string[];
    readonly after: readonly string[];
    readonly added: readonly string[];
  };
  readonly 'vulnerable-copies': {
    readonly advisory: string;
    readonly before: readonly VulnerableCopy[];
    readonly after: readonly VulnerableCopy[];
    readonly rung: string;
  };
  readonly 'public-api': {
    readonly entries: readonly string[];
    readonly removed: readonly string[];
    readonly changed: readonly string[];
    readonly added: readonly string[];
  };
  readonly engines: { readonly node: string; readonly refused: readonly string[] };
  readonly deprecations: { readonly deprecated: readonly string[] };
  readonly 'release-age': { readonly minimumDays: number; readonly tooYoung: readonly string[] };
  readonly dependencies: { readonly findings: readonly Finding[] };
  readonly 'own-tests': {
    readonly command: string;
    readonly runs: number;
    readonly after: TestCounts;
    readonly canary: TestStatus | null;
    readonly findings: readonly Finding[];
  };
  readonly 'new-tests': {
    /** New tests by what they did on the old source. */
    readonly failing: readonly string[];
    readonly notRun: readonly string[];
    readonly passing: readonly string[];
    readonly findings: readonly Finding[];
  };
  readonly coverage: {
    readonly lines: number;
    readonly covered: number;
    /** Changed files of which nothing can be said, with the reason. */
    readonly unknown: readonly string[];
    readonly findings: readonly Finding[];
  };
  readonly size: { readonly files: number; readonly added: number; readonly removed: number; readonly findings: readonly Finding[] };
  readonly command: { readonly command: string; readonly exit: string; readonly durationMs: number };
  readonly runs: { readonly runs: readonly { readonly run: string; readonly verdict: string }[]; readonly wanted: number };
  readonly flakiness: {
    readonly runner: string;
    /** Rate that was to be excluded, and how many runs without a failure exclude it. */
    readonly rate: number;
    readonly wanted: number;
    readonly tests: readonly FlakyTest[];
    /** What became of each mode: how often it was run, and why not more often. */
    readonly modes: readonly { readonly mode: RepetitionMode; readonly runs: number; readonly end: string; readonly why: string }[];
    /** Absent where nobody looked. */ readonly company?: readonly (Company & { readonly mode: RepetitionMode })[];
    /** What the time did not suffice for. */
    readonly notReached: readonly string[];
  };
  readonly quarantine: {
    readonly ids: readonly string[];
    readonly files: readonly string[];
    readonly runs: number;
    readonly regressed: readonly TestDifference[];
  };
  readonly person: { readonly gate: string | null; readonly choice: string; readonly by: string; readonly note: string };
  readonly 'no-op': { readonly rule: string; readonly proof: readonly string[] };
  readonly environment: { readonly class: FailureClass; readonly attempts: number; readonly command: string };
}

/** Why a test comes out differently: what it depends on beside the code. */
export type FlakeClass = 'order' | 'time' | 'port' | 'load' | 'random' | 'environment' | 'unknown';

/** A test whose outcome changes, with how often it failed in each mode. */
export interface FlakyTest {
  readonly id: string;
  readonly class: FlakeClass;
  /** What speaks for the class, with the values. */
  readonly why: string;
  readonly modes: readonly ModeRate[];
}

export interface ModeRate {
  readonly mode: RepetitionMode;
  readonly failures: number;
  readonly runs: number;
  /** Exact interval of the rate, at 95 %. */
  readonly low: number;
  readonly high: number;
  /** First lines of the first failure, its circumstances (seed, zone, date), and the digest of that run's log. */
  readonly first: { readonly message: string; readonly variation: string; readonly log: string } | null;
}

export interface TestCounts {
  readonly total: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** One thing a static scan saw, pointing at its place. */
export interface Finding {
  readonly rule: string;
  readonly file: string;
  readonly line: number;
  readonly message: string;
  /** What it means for a person who decides; where nothing is said, what the check that found it means. */
  readonly weight?: Weight;
}

/** Whether a finding stands in the way, or is for the reader to know. */
export const weights = ['blocks', 'note'] as const;
export type Weight = (typeof weights)[number];

/**
 * What the factory itself observed. `holds` supports a change, `broken` speaks against it, `unknown` says that
 * the check could not be made. `code` is the reason code a verdict may carry.
 */
export type Fact = { [Check in CheckName]: FactOf<Check> }[CheckName];

export interface FactOf<Check extends CheckName> {
  readonly kind: 'fact';
  readonly check: Check;
  readonly outcome: 'holds' | 'broken' | 'unknown';
  readonly code: string;
  /** One sentence for a person, with the values. */
  readonly summary: string;
  readonly data: FactData[Check];
  readonly logs: readonly BlobRef[];
}

/**
 * Makes a fact; the one constructor, so that `kind` and an empty log list are never forgotten.
 *
 * @example
 * fact('deprecations', 'holds', 'none-deprecated', 'No release is deprecated.', { deprecated: [] });
 */
export function fact<Check extends CheckName>(
  check: Check,
  outcome: Fact['outcome'],
  code: string,
  summary: string,
  data: FactData[Check],
  logs: readonly BlobRef[] = [],
): FactOf<Check> {
  return { kind: 'fact', check, outcome, code, summary, data, logs };
}

/** What a station says of its own work. Never decides anything. */
export interface Claim {
  readonly kind: 'claim';
  readonly station: string;
  readonly says: 'changed' | 'no-op' | 'escalate' | 'failed';
  /** Reason code the station gives: 'bumped', 'no-rung-left'. */
  readonly code: string;
  readonly summary: string;
  /** Steps the station says it took, in order, for the plan part of the bundle. */
  readonly steps: readonly string[];
  /** What it handed in, by the form that it was asked for; absent where it handed in nothing, or has no form. */
  readonly report?: Report;
  /** Failure class, where it says 'failed'. */
  readonly failure?: FailureClass;
  /** What it took of models, as its harness or their provider counts it; absent where nobody does. */
  readonly usage?: ModelUsage;
  readonly logs: readonly BlobRef[];
}

/** Tokens of one job of a station; `input` is without what came out of a cache. */
export interface ModelUsage {
  /** As the harness or the provider names it; null where they do not. */
  readonly model: string | null;
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly output: number;
  /** Part of `output`; null where nobody tells. */
  readonly reasoning: number | null;
  /** In US dollars, by a price list of the harness; null where it has none. */
  readonly costUsd: number | null;
}
