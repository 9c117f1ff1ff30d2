import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface RepositoryOptions {
  /** Branch that holds the commit; default 'main'. */
  readonly branch?: string;
  /** Folder the repository itself is made in, created where missing; default a new temporary folder. */
  readonly folder?: string;
}

export interface MadeRepository {
  readonly path: string;
  readonly commit: string;
  readonly remove: () => Promise<void>;
}

/**
 * Makes a real git repository with one commit. Equal files give an equal commit, on every machine.
 *
 * @example
 * const repository = await makeRepository({ 'package.json': '{"name":"x","version":"1.0.0"}' });
 * await repository.remove();
 */
export async function makeRepository(files: Readonly<Record<string, string>>, options: RepositoryOptions = {}): Promise<MadeRepository> {
  const path = options.folder ?? (await mkdtemp(join(tmpdir(), 'jidoka-repository-')));
  await mkdir(path, { recursive: true });
  await git(path, 'init', '--quiet');
  await git(path, 'symbolic-ref', 'HEAD', `refs/heads/${options.branch ?? 'main'}`);
  const commit = await commitFiles(path, files, 'first');
  return { path, commit, remove: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) };
}

/** Writes files into a repository and commits everything in its work tree; returns the commit. */
export async function commitFiles(path: string, files: Readonly<Record<string, string>>, message: string): Promise<string> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), content);
  }
  await git(path, 'add', '--all', '--force');
  await git(path, 'commit', '--quiet', '--allow-empty', '--message', message);
  return git(path, 'rev-parse', 'HEAD');
}

/**
 * Runs git in a repository of a test, without the user's settings and hooks; returns what it printed, trimmed.
 * Throws where git does.
 */
export async function git(path: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await run('git', ['-c', 'safe.directory=*', '-c', 'core.hooksPath=/dev/null', ...args], {
    cwd: path,
    env: { ...process.env, ...quietGit },
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout.trim();
}

const quietGit = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.org',
  GIT_AUTHOR_DATE: '2024-01-01T00:00:00Z',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.org',
  GIT_COMMITTER_DATE: '2024-01-01T00:00:00Z',
} as const;
