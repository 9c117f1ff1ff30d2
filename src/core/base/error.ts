/** Codes a fault can carry; `docs/ERRORS.md` is generated from this list. */
export const errorCodes = {
  usage: 'The command line or a setting cannot be understood.',
  'repository-invalid': 'The target is not a git repository, or has no commit, or has no package.json.',
  'ref-unknown': 'The repository has no such branch, tag, commit or pull request.',
  'histories-apart': 'Two commits have no commit in common, so that there is no difference to review.',
  'manifest-invalid': 'package.json cannot be read as a package manifest.',
  'lockfile-invalid': 'The lockfile cannot be read.',
  'package-unknown': 'Neither the repository nor the registry knows the package.',
  'version-invalid': 'The requested version does not exist or is no version.',
  'advisory-invalid': 'The advisory cannot be read as OSV JSON.',
  'ticket-invalid': 'The ticket cannot be read as words.',
  'line-invalid': 'A line file is not valid.',
  'scenario-invalid': 'A scenario or a tape of a model twin cannot be read.',
  'environment-invalid': 'A file that says what the repository needs to be set up cannot be honoured as it stands.',
  'gateway-invalid': 'What the owner wrote of the model gateway is not valid.',
  'gateway-failed': 'The model gateway of the factory does not run.',
  'outcomes-invalid': 'A record of outcomes for routing cannot be read.',
  'run-unknown': 'No run of that id is in the ledger.',
  'gate-unknown': 'No gate of that id was ever opened.',
  'gate-refused': 'The gate does not take this answer.',
  'judgement-refused': 'The run has no result that a person could find right or wrong.',
  'agent-unknown': 'No agent of that name or version is known here.',
  'agent-invalid': 'An agent could not be installed whole, or is not what it should be.',
  'login-unfit': 'The login of an agent is none that stations could use, or not now.',
  'limit-invalid': 'A limit, a pause or a schedule cannot be understood.',
  'access-refused': 'Whoever asks has no right to do this.',
  'daemon-running': 'A daemon already serves this factory.',
  'daemon-failed': 'The daemon died before it answered.',
  'daemon-missing': 'No daemon serves this factory.',
  'port-taken': 'Another program listens on the port.',
  'move-refused': 'The database cannot be moved as it is.',
  fenced: 'The step was given to another process; what this one made of it does not count.',
  'evidence-invalid': 'An evidence bundle cannot be read.',
  'database-unavailable': 'PostgreSQL cannot be started or reached.',
  'database-binaries-missing': 'No PostgreSQL binaries were found for this machine.',
  'disk-full': 'The disk has no room left.',
  'git-failed': 'A git command failed.',
  'git-missing': 'git is not installed or too old.',
  'npm-missing': 'npm is not installed or too old.',
  'no-sandbox': 'This machine cannot confine commands.',
  'setup-failed': 'A setup command of the repository failed, so nothing was started in it.',
  'floor-unreachable': 'The machine that a floor stands on does not answer.',
  'registry-unavailable': 'The package registry did not answer as it should.',
  'workspace-failed': 'A workspace could not be opened or used.',
  'chain-broken': 'The hash chain of a ledger does not hold.',
  'engine-failed': 'The workflow engine failed.',
  interrupted: 'The user interrupted the factory.',
  invariant: 'The factory found itself in a state that must not exist.',
} as const;

export type ErrorCode = keyof typeof errorCodes;

/** Errors of these codes are the caller's to mend and end the CLI with exit code 2. */
export const usageCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'usage',
  'repository-invalid',
  'ref-unknown',
  'histories-apart',
  'manifest-invalid',
  'lockfile-invalid',
  'package-unknown',
  'version-invalid',
  'advisory-invalid',
  'ticket-invalid',
  'line-invalid',
  'scenario-invalid',
  'environment-invalid',
  'gateway-invalid',
  'outcomes-invalid',
  'run-unknown',
  'gate-unknown',
  'gate-refused',
  'judgement-refused',
  'agent-unknown',
  'login-unfit',
  'limit-invalid',
  'access-refused',
  'daemon-running',
  'daemon-missing',
  'port-taken',
  'move-refused',
]);

/** Errors of these codes are of a repository, not of a command line, and end the CLI as ESCALATE does: a person must decide. */
export const decisionCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['setup-failed']);

export interface ErrorDetails {
  /** What to do next: the command or setting to try. */
  readonly mend: string;
  readonly cause?: unknown;
  readonly data?: Readonly<Record<string, unknown>>;
}

const mark = Symbol.for('jidoka.error');

/**
 * A fault: a broken invariant, a wrong use, or a world that failed. Expected outcomes are values.
 *
 * @example
 * throw new JidokaError('usage', 'Unknown option --pakage.', { mend: 'Did you mean --package?' });
 */
export class JidokaError extends Error {
  readonly code: ErrorCode;
  readonly mend: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly [mark] = true;

  constructor(code: ErrorCode, message: string, details: ErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'JidokaError';
    this.code = code;
    this.mend = details.mend;
    this.data = details.data ?? {};
  }
}

/** Tells a JidokaError by its mark, so that two copies of the package recognise each other's. */
export function isJidokaError(value: unknown): value is JidokaError {
  return typeof value === 'object' && value !== null && mark in value;
}
