import { JidokaError } from '../../../core/base/error.ts';
import type { NamedCommit } from '../../../core/ports/forge.ts';
import type { RepositorySnapshot } from '../../../core/packet/seed.ts';
import { gitFailed } from '../git/git.ts';
import { asking } from '../mirror.ts';
import type { Ground } from '../mirror.ts';
import type { Wanted } from './compare.ts';

interface Found {
  readonly head: NamedCommit;
  readonly base: NamedCommit;
}

/** Finds the commits in a folder of this machine, by whatever git takes for a name of one. */
export async function findLocally(ground: Ground, { location, branch }: RepositorySnapshot, { heads, base }: Wanted): Promise<Found> {
  const find = async (names: readonly string[]): Promise<NamedCommit | null> => {
    for (const ref of names) {
      const args = ['rev-parse', '--quiet', '--verify', '--end-of-options', `${ref}^{commit}`];
      const found = await ground.git.run(args, { cwd: location });
      if (found.code === 0) return { ref, commit: found.stdout.toString('utf8').trim() };
    }
    return null;
  };
  const beside = (name: string): readonly string[] => [name, `refs/remotes/origin/${name}`];
  const head = await find(heads.flatMap(beside));
  if (head === null) throw unknown(location, heads);
  const usual = ['refs/remotes/origin/HEAD', 'refs/heads/main', 'refs/heads/master', 'HEAD'];
  const found = await find(base === null ? usual : beside(base));
  if (found === null) throw unknown(location, [base ?? 'HEAD']);
  return { head, base: base === null ? { ...found, ref: await nameOf(ground, { location, branch }, found.ref) } : found };
}

/** The default branch by the name that people know it by. */
async function nameOf(ground: Ground, { location, branch }: Pick<RepositorySnapshot, 'location' | 'branch'>, ref: string): Promise<string> {
  if (ref === 'HEAD') return branch ?? 'HEAD';
  if (ref !== 'refs/remotes/origin/HEAD') return ref.replace('refs/heads/', '');
  const symbolic = await ground.git.run(['symbolic-ref', '--quiet', '--short', ref], { cwd: location });
  return symbolic.code === 0 ? symbolic.stdout.toString('utf8').trim() : ref;
}

/** Finds the commits among the refs of a repository elsewhere; a whole commit id is taken at its word. */
export async function findRemotely(ground: Ground, opened: RepositorySnapshot, { heads, base }: Wanted): Promise<Found> {
  const { location } = opened;
  const refs = await refsOf(ground, opened, [...heads, ...(base === null ? [] : [base])]);
  const find = (names: readonly string[]): NamedCommit | null => {
    for (const name of names) {
      const commit = /^[0-9a-f]{40}([0-9a-f]{24})?$/.test(name) ? name : named(refs, name);
      if (commit !== undefined) return { ref: name, commit };
    }
    return null;
  };
  const head = find(heads);
  if (head === null) throw unknown(location, heads);
  const found = base === null ? { ref: opened.branch ?? 'HEAD', commit: opened.baseCommit } : find([base]);
  if (found === null) throw unknown(location, [base ?? 'HEAD']);
  return { head, base: found };
}

function named(refs: ReadonlyMap<string, string>, name: string): string | undefined {
  const places = [`refs/heads/${name}`, `refs/tags/${name}^{}`, `refs/tags/${name}`, `${name}^{}`, name];
  return places.map((place) => refs.get(place)).find((commit) => commit !== undefined);
}

async function refsOf(
  ground: Ground,
  { id, location }: RepositorySnapshot,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const patterns = names.flatMap((name) => [name, `${name}^{}`]);
  const answer = await ground.git.run(['ls-remote', '--quiet', '--end-of-options', location, ...patterns], {
    env: await asking(ground, id),
    timeoutMs: 60_000,
  });
  if (answer.code !== 0) throw gitFailed(['ls-remote'], answer, `See that ${location} can be read.`);
  const lines = answer.stdout
    .toString('utf8')
    .split('\n')
    .map((line) => line.split('\t'));
  return new Map(lines.flatMap(([commit = '', ref]) => (ref === undefined ? [] : [[ref, commit] as const])));
}

function unknown(location: string, names: readonly string[]): JidokaError {
  const which = names.length === 1 ? `no ${names[0]}` : `none of ${names.join(', ')}`;
  const isRequest = names.some((name) => name.startsWith('refs/pull/') || name.startsWith('refs/merge-requests/'));
  return new JidokaError('ref-unknown', `There is ${which} in ${location}.`, {
    mend: isRequest
      ? `A clone has no pull requests unless they are fetched: \`git fetch origin ${names[0]}:${names[0]}\`, or name the URL with --repo.`
      : 'Name a branch, a tag or a commit that is there: `git branch --all` and `git tag` tell.',
  });
}
