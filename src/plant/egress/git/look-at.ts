import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { GitRepository } from '../../../core/ports/egress.ts';
import { spawnGit } from './spawn-git.ts';

export interface Looking {
  readonly repository: GitRepository;
  readonly path: string;
  readonly signal: AbortSignal;
}

/** What a repository shows, or why it is not served. */
export type Seen =
  | {
      readonly kind: 'fit';
      /** Objects that its shown refs point to. */
      readonly tips: ReadonlySet<string>;
      readonly refs: ReadonlySet<string>;
    }
  | { readonly kind: 'unfit'; readonly why: string };

/**
 * Looks at a repository before each exchange. Hiding a ref hides no object: whoever may push can point a ref of his own
 * at anything that is there, and fetch that. So a repository is served only if there is nothing but the base, without
 * its history, and what the job pushed.
 */
export async function lookAt(looking: Looking): Promise<Seen> {
  const { gitDir, base, prefix } = looking.repository;
  if (!isAbsolute(gitDir) || !refName.test(base) || !refSpace.test(prefix)) return unfit('it is not named as one of a job is');
  const borrowed = await readFile(join(gitDir, 'objects', 'info', 'alternates'), 'utf8').catch(() => '');
  if (borrowed.trim() !== '') return unfit('it borrows objects of another one, which the job could read');
  const [refs, history, others] = await Promise.all([
    ask(looking, ['for-each-ref', '--format=%(objectname) %(refname)', base, prefix.slice(0, -1)]),
    ask(looking, ['rev-list', '--max-count=2', base, '--']),
    ask(looking, ['rev-list', '--max-count=1', '--all', '--not', base, `--glob=${prefix}*`, '--']),
  ]);
  if (refs === null || history === null || others === null) return unfit('git cannot read it');
  const shown = refs.map((line) => line.split(' '));
  if (history.length !== 1) return unfit('its base has a history, which is not for the job');
  if (others.length > 0) return unfit('it holds commits that are neither its base nor of the job');
  return { kind: 'fit', tips: new Set(shown.map(([tip]) => tip ?? '')), refs: new Set(shown.map(([, ref]) => ref ?? '')) };
}

const refName = /^refs\/[A-Za-z0-9][\w.-]*(\/[A-Za-z0-9][\w.-]*)+$/;
const refSpace = /^refs\/jidoka\/[A-Za-z0-9][\w.-]*(\/[A-Za-z0-9][\w.-]*)*\/$/;

/** Lines that git prints; null where it fails. */
async function ask({ repository: { gitDir }, path, signal }: Looking, args: readonly string[]): Promise<readonly string[] | null> {
  const git = spawnGit({ path, settings: [], args, gitDir, signal });
  git.stdin.end();
  const printed = await text(git.stdout).catch(() => null);
  const { code } = await git.ended;
  return code === 0 && printed !== null ? printed.split('\n').filter((line) => line !== '') : null;
}

function unfit(why: string): Seen {
  return { kind: 'unfit', why: `the repository of this job is not served: ${why}` };
}
