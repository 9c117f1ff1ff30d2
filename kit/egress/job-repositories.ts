import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { GitCapability, GitRepository } from '../../src/core/ports/egress.ts';

export interface GitRan {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs git with nothing of this machine's settings; `input` goes to its stdin. */
export async function runGit(cwd: string, args: readonly string[], input = ''): Promise<GitRan> {
  const child = spawn('git', args, { cwd, env: clientEnvironment(), stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: code as number | null, stdout: stdout.trim(), stderr };
}

function clientEnvironment(): Record<string, string> {
  const who = { name: 'job', email: 'job@example.test' };
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: '/nonexistent',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_AUTHOR_NAME: who.name,
    GIT_AUTHOR_EMAIL: who.email,
    GIT_COMMITTER_NAME: who.name,
    GIT_COMMITTER_EMAIL: who.email,
  };
}

export interface JobRepository extends GitRepository {
  readonly commit: string;
}

/** Repositories as a forge makes them, one for each job. */
export interface JobRepositories extends GitCapability {
  /** Makes the repository of a job: one commit of a history of three, on `refs/heads/main`. */
  make(job: string): Promise<JobRepository>;
  /** From now on this is a job's repository. */
  put(job: string, repository: GitRepository): void;
  /** Repository with the whole history. */
  readonly source: string;
  close(): Promise<void>;
}

/**
 * Makes a folder of repositories, and a source for them.
 *
 * @example
 * const repositories = await jobRepositories();
 * const { gitDir, commit } = await repositories.make('one');
 */
export async function jobRepositories(): Promise<JobRepositories> {
  const folder = await mkdtemp(join(tmpdir(), 'jidoka-repositories-'));
  const made = new Map<string, GitRepository>();
  const source = join(folder, 'source');
  await must(folder, ['init', '--quiet', '--initial-branch=main', source]);
  await must(source, ['fast-import', '--quiet'], history);
  const template = join(folder, 'template');
  await must(folder, ['init', '--quiet', '--bare', '--initial-branch=main', '--template=', template]);
  await must(template, ['fetch', '--quiet', '--depth=1', `file://${source}`, 'main:refs/heads/main']);
  const commit = await must(template, ['rev-parse', 'main']);
  return {
    source,
    repository: (job) => Promise.resolve(made.get(job) ?? null),
    put: (job, repository) => void made.set(job, repository),
    async make(job) {
      const gitDir = await mkdtemp(join(folder, 'job-'));
      await cp(template, gitDir, { recursive: true });
      const repository = { gitDir, base: 'refs/heads/main', prefix: `refs/jidoka/${job}/`, commit };
      made.set(job, repository);
      return repository;
    },
    close: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

const history = ['first', 'second', 'third'].map((line) => `${commitOf(line)}M 644 inline file.txt\n${dataOf(`${line}\n`)}`).join('');

function commitOf(message: string): string {
  return `commit refs/heads/main\ncommitter job <job@example.test> 1700000000 +0000\n${dataOf(message)}`;
}

function dataOf(content: string): string {
  return `data ${content.length}\n${content}\n`;
}

async function must(cwd: string, args: readonly string[], input = ''): Promise<string> {
  const { code, stdout, stderr } = await runGit(cwd, args, input);
  if (code !== 0) throw new Error(`git ${args.join(' ')} failed: ${stderr}`);
  return stdout;
}
