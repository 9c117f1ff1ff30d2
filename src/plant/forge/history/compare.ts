import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { JidokaError } from '../../../core/base/error.ts';
import type { Comparison, NamedCommit } from '../../../core/ports/forge.ts';
import type { RepositorySnapshot } from '../../../core/packet/seed.ts';
import { gitFailed } from '../git/git.ts';
import { underLock } from '../host-lock.ts';
import { asking, ensureBase, exists, inside, objectFormat, transferMs } from '../mirror.ts';
import type { Ground } from '../mirror.ts';
import { openRepository } from '../open.ts';
import { findLocally, findRemotely } from './find-commits.ts';

export interface Wanted {
  readonly heads: readonly string[];
  readonly base: string | null;
}

/** Finds the two commits, freezes the target where they part, and mirrors both sides. */
export async function compareCommits(ground: Ground, location: string, wanted: Wanted): Promise<Comparison> {
  const opened = await openRepository(ground, location);
  const isLocal = opened.kind === 'local';
  const { head, base } = isLocal ? await findLocally(ground, opened, wanted) : await findRemotely(ground, opened, wanted);
  const folder = isLocal ? opened.location : await historyOf(ground, opened, [head, base]);
  const parting = await partingOf(ground, folder, { head, base, opened });
  const repository = { ...opened, baseCommit: parting, branch: null };
  // What was fetched for the history is not asked for again.
  for (const commit of [parting, head.commit]) await ensureBase(ground, { id: opened.id, location: folder, baseCommit: commit });
  return { repository, head, base };
}

/** Where histories stand that were fetched whole: apart from the mirrors, whose history ends at each base. */
async function historyOf(ground: Ground, { id, location, baseCommit }: RepositorySnapshot, sides: readonly NamedCommit[]): Promise<string> {
  const folder = join(ground.root, 'histories', `${id}.git`);
  await mkdir(join(ground.root, 'histories'), { recursive: true });
  await underLock(ground, `${folder}.lock`, async () => {
    if (!(await exists(join(folder, 'HEAD'))))
      await ground.git.must(['init', '--quiet', '--bare', '--template=', `--object-format=${objectFormat(baseCommit)}`, folder]);
    const specs = sides.map(({ commit }) => `${commit}:refs/jidoka/side/${commit}`);
    const how = ['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules', '--force', location];
    const options = { ...inside(folder, await asking(ground, id)), timeoutMs: transferMs };
    const exact = await ground.git.run([...how, ...specs], options);
    if (exact.code === 0) return;
    const mend = `Name a branch, a tag or a pull request of ${location}: some servers give no commit by its name.`;
    throw gitFailed(['fetch'], exact, mend);
  });
  return folder;
}

interface Sides {
  readonly head: NamedCommit;
  readonly base: NamedCommit;
  readonly opened: RepositorySnapshot;
}

async function partingOf(ground: Ground, folder: string, { head, base, opened }: Sides): Promise<string> {
  const options = { cwd: folder };
  const found = await ground.git.run(['merge-base', base.commit, head.commit], options);
  if (found.code === 0) return found.stdout.toString('utf8').trim().split('\n')[0] ?? '';
  if (found.code !== 1) throw gitFailed(['merge-base'], found);
  const shallow = await ground.git.run(['rev-parse', '--is-shallow-repository'], options);
  const isShallow = shallow.stdout.toString('utf8').trim() === 'true';
  const sides = `${head.ref} (${head.commit.slice(0, 12)}) and ${base.ref} (${base.commit.slice(0, 12)})`;
  throw new JidokaError(
    'histories-apart',
    `${sides} of ${opened.location} have no commit in common${isShallow ? ' in this shallow clone' : ''}.`,
    {
      mend: isShallow
        ? 'Fetch the rest of the history: `git fetch --unshallow`, or `fetch-depth: 0` where a checkout action made the clone.'
        : 'Name with --base the branch that it was made from.',
    },
  );
}
