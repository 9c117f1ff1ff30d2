import type { FailureClass } from '../../core/evidence/fact.ts';
import type { ProcessResult } from '../../core/ports/floor.ts';

/**
 * Names what kept npm from doing its work: the surroundings. Null where npm worked, or refused for a reason that lies
 * in the project (a conflict, a missing release), or was cancelled.
 *
 * @example
 * classifyNpmFailure(await workspace.spawn({ argv: ['npm', 'ci'], … })); // 'registry'
 */
export function classifyNpmFailure(result: ProcessResult): FailureClass | null {
  const { exit } = result;
  if (exit.kind === 'timed-out') return 'timeout';
  if (exit.kind === 'stalled') return 'stall';
  if (exit.kind === 'not-started') return 'environment';
  if (exit.kind === 'limited') return limitClasses[exit.limit];
  if (exit.kind === 'cancelled' || (exit.kind === 'exited' && exit.code === 0)) return null;
  const text = `${result.stderr}\n${result.stdout}`;
  const seen = signs.find(({ pattern }) => pattern.test(text))?.class;
  if (seen) return seen;
  if (exit.kind === 'signalled') return exit.signal === 'SIGKILL' ? 'memory' : 'environment';
  return exit.code === 137 ? 'memory' : (byCode.find(({ pattern }) => pattern.test(npmErrorCode(result)))?.class ?? null);
}

/** A disk that is full of the job's own is no disk that somebody else may free. */
const limitClasses = { memory: 'memory', disk: 'environment', processes: 'environment', cpu: 'timeout' } as const;

/** The code npm gives its error: 'ERESOLVE'; '' where there is none. */
export function npmErrorCode({ stderr, stdout }: ProcessResult): string {
  return /npm (?:ERR!|error) code (\S+)/.exec(`${stderr}\n${stdout}`)?.[1] ?? '';
}

/** The lines of npm's error that a person needs, at most `limit`. */
export function npmErrorLines({ stderr, exit }: ProcessResult, limit = 6): string {
  const lines = [...stderr.matchAll(/^npm (?:ERR!|error) ?(.*)$/gm)].map(([, line = '']) => line.trimEnd());
  const telling = lines.filter((line) => line !== '' && !/^(code|A complete log|\s*\/.*debug-\d)/.test(line));
  return telling.length > 0 ? telling.slice(0, limit).join('\n') : describeExit(exit);
}

function describeExit(exit: ProcessResult['exit']): string {
  if (exit.kind === 'exited') return `npm ended with exit code ${exit.code}`;
  if (exit.kind === 'timed-out') return `npm did not end within ${exit.afterMs} ms`;
  if (exit.kind === 'stalled') return `npm said nothing for ${exit.afterMs} ms`;
  if (exit.kind === 'not-started') return exit.message;
  return exit.kind === 'signalled' ? `npm was ended by ${exit.signal}` : 'npm was cancelled';
}

interface Sign {
  readonly pattern: RegExp;
  readonly class: FailureClass;
}

// In this order: a full disk shows up as many things, and a git host that does not resolve is no registry's fault.
const signs: readonly Sign[] = [
  { pattern: /\bENOSPC\b|no space left on device|\bEDQUOT\b/i, class: 'disk' },
  { pattern: /JavaScript heap out of memory|Cannot allocate memory|\bENOMEM\b/i, class: 'memory' },
  {
    pattern:
      /unknown git error|git(\.exe)? (--no-replace-objects )?ls-remote|spawn git\b|fatal: (unable to access|could not read|repository|Could not read)/i,
    class: 'environment',
  },
];

const byCode: readonly Sign[] = [
  { pattern: /^E5\d\d$|^E429$|^E408$|^EINTEGRITY$|^FETCH_ERROR$|^Z_|^TAR_BAD/, class: 'registry' },
  {
    pattern: /^(ECONN\w*|ENOTFOUND|EAI_\w+|EHOSTUNREACH|ENETUNREACH|ENETDOWN|EPIPE|E\w*TIMEDOUT|E\w*TIMEOUT|ERR_SOCKET\w*|ENOTCACHED)$/,
    class: 'network',
  },
  {
    pattern: /^(E401|E403|ENEEDAUTH|EACCES|EPERM|EROFS|EMFILE|128|SELF_SIGNED\w*|UNABLE_TO\w*|DEPTH_ZERO\w*|CERT_\w+|ERR_TLS\w*)$/,
    class: 'environment',
  },
];
