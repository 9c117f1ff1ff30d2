import { z } from 'zod';
import { JidokaError, type ErrorCode } from '../../../core/base/error.ts';
import type { ProcessResult } from '../../../core/ports/process.ts';
import { withoutNames } from '../../../core/gateway/config/key-names.ts';
import { ownEnvironment } from './own-environment.ts';
import type { Pin } from './spec.ts';
import type { AgentStoreOptions } from './store-options.ts';

const patienceMs = 15 * 60_000;

/**
 * What the owner's settings must not change: that no script runs, that the lockfile is written, that packages for this
 * kind of machine come, and where all goes. Registries, credentials, proxies and what he holds back are his.
 */
const flags = [
  '--ignore-scripts',
  '--json',
  '--loglevel=error',
  '--no-audit',
  '--no-fund',
  '--no-progress',
  '--no-update-notifier',
  '--no-global',
  '--no-dry-run',
  '--no-package-lock-only',
  '--package-lock',
  '--include=optional',
  '--install-strategy=hoisted',
  '--install-links=false',
];

export interface Running {
  readonly options: AgentStoreOptions;
  readonly signal: AbortSignal;
}

/** Runs npm in a draft that names the package, and returns npm's version. Throws what `AgentStore.add` throws. */
export async function npmInstall(draft: string, pin: Pin, { options, signal }: Running): Promise<string> {
  const { run, env, withheld = [] } = options;
  const around = { cwd: draft, env: withoutNames(ownEnvironment(env), withheld), signal };
  // Read by whoever commands run as, whatever mask the factory was started with.
  const plainly = ['/bin/sh', '-c', 'umask 022; exec "$@"', 'sh', 'npm'] as const;
  const asked = await run({ ...around, argv: [...plainly, '--version'], timeoutMs: 30_000 });
  if (asked.exit.kind === 'cancelled') throw failureOf(asked, pin);
  if (asked.exit.kind !== 'exited' || asked.exit.code !== 0) throw npmMissing();
  const result = await run({ ...around, argv: [...plainly, 'install', '--prefix', draft, ...flags], timeoutMs: patienceMs });
  if (result.exit.kind !== 'exited' || result.exit.code !== 0) throw failureOf(result, pin);
  return asked.stdout.trim();
}

function npmMissing(): JidokaError {
  return new JidokaError('npm-missing', 'npm cannot be run from PATH, and agents are installed by it.', {
    mend: 'Install Node.js with npm and see that `npm --version` answers; or put the agent on PATH yourself.',
  });
}

const Said = z.object({ error: z.object({ code: z.string().regex(/^[\w-]{1,60}$/) }) });

/** Only npm's code is told: its words may quote an address with a credential in it. */
function failureOf({ exit, stdout }: ProcessResult, { record, version }: Pin): JidokaError {
  const what = `${record.package}@${version}`;
  const data = { package: record.package, version };
  if (exit.kind === 'cancelled') {
    return new JidokaError('interrupted', `The installation of ${what} was stopped; nothing of it stays.`, {
      mend: 'Give the command again.',
    });
  }
  if (exit.kind === 'timed-out') {
    return new JidokaError('registry-unavailable', `npm did not install ${what} within ${exit.afterMs / 60_000} minutes.`, {
      mend: "See what `npm ping` says, and give the command again: what came already is in npm's cache.",
    });
  }
  const code = codeIn(stdout) ?? 'no code';
  const { error, says, mend } = failures.find(({ codes }) => codes.test(code)) ?? unknown;
  return new JidokaError(error, `npm could not install ${what}: ${says} (${code}).`, {
    mend: mend.replaceAll('PACKAGE', record.package).replaceAll('VERSION', version),
    data: { ...data, npm: code },
  });
}

function codeIn(stdout: string): string | null {
  const from = stdout.indexOf('{');
  try {
    return Said.parse(JSON.parse(stdout.slice(from))).error.code;
  } catch {
    // npm died before it said why, or says it in another form.
    return null;
  }
}

interface Failure {
  readonly codes: RegExp;
  readonly error: ErrorCode;
  readonly says: string;
  readonly mend: string;
}

const registryMend = 'See what `npm ping` and `npm config get registry` say in the home of the factory; its .npmrc counts, and yours.';

const failures: readonly Failure[] = [
  {
    codes: /^(ETARGET|ENOVERSIONS)$/,
    error: 'version-invalid',
    says: 'the registry has no such version, of it or of what it needs, or your npm settings hold it back',
    mend: 'See `npm view PACKAGE versions`, and `npm config get before` and `min-release-age`; without a version the recommended one is taken.',
  },
  {
    codes: /^E404$/,
    error: 'package-unknown',
    says: 'the registry does not know it, or a package that it needs',
    mend: registryMend,
  },
  {
    codes: /^(ENOSPC|EDQUOT)$/,
    error: 'disk-full',
    says: 'the disk is full',
    mend: "Make room, in npm's cache too (`npm cache clean --force`), or move the home of the factory with --home.",
  },
  {
    codes: /^(EBADENGINE|EBADPLATFORM)$/,
    error: 'agent-invalid',
    says: `it is not made for this machine with Node ${process.versions.node}`,
    mend: 'Choose another version, or run the factory on a newer Node; where engine-strict is set in your npm settings, npm refuses what may still run.',
  },
  {
    codes:
      /^(E\d{3}|EAI_AGAIN|ENOTFOUND|ECONN\w+|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT|EINTEGRITY|FETCH_ERROR|ERR_INVALID_URL|\w*CERT\w*|ENEEDAUTH|EINVALIDAUTH|invalid-json)$/,
    error: 'registry-unavailable',
    says: 'the registry did not answer as it should',
    mend: registryMend,
  },
];

const unknown: Omit<Failure, 'codes'> = {
  error: 'agent-invalid',
  says: 'npm failed',
  mend: 'See what `npm install --ignore-scripts PACKAGE@VERSION` says in an empty folder.',
};
