import { JidokaError } from '../../core/base/error.ts';
import type { Publication, Published } from '../../core/ports/forge.ts';
import type { RepositorySnapshot } from '../../core/packet/seed.ts';
import { author, commitPatch } from './commit.ts';
import { underLock } from './host-lock.ts';
import { keepInMirror, writeOrKeep } from './keep.ts';
import { asking, baseRef, commitOf, ensureBase, inside } from './mirror.ts';
import type { Ground } from './mirror.ts';
import { checkedOut, pushTo, targetCommit } from './target.ts';

/** Names to try for a branch before giving up: it, it-2, it-3, … */
const mostNames = 50;
/** How often a branch may move under our hands before we call it refused. */
const mostMoves = 5;

/** Makes the commit of a change and its branch in the target; where the target refuses, in the mirror. */
export async function publishChange(ground: Ground, repository: RepositorySnapshot, change: Publication): Promise<Published> {
  const job = await makeJob(ground, repository, change);
  return writeOrKeep(
    () => intoTarget(ground, job),
    (why) => hold(ground, job, why),
  );
}

/** The branch of the target that is this very change on its base, or null. */
export async function findChange(ground: Ground, repository: RepositorySnapshot, change: Publication): Promise<Published | null> {
  const job = await makeJob(ground, repository, change);
  for (let number = 1; number <= mostNames; number += 1) {
    const ref = nameOf(job, number);
    const tip = await targetCommit(ground, repository, ref);
    if (tip === null) return null;
    if (tip === job.commit) return published(job, ref);
  }
  return null;
}

interface Job {
  readonly repository: RepositorySnapshot;
  readonly mirror: string;
  readonly commit: string;
  readonly branch: string;
  /** Value of the trailer Jidoka-Seed; null where the message has none. */
  readonly seed: string | null;
}

async function makeJob(ground: Ground, repository: RepositorySnapshot, change: Publication): Promise<Job> {
  const mirror = await ensureBase(ground, repository);
  await checkName(ground, change.branch);
  if (change.patch === '')
    throw new JidokaError('invariant', 'An empty change cannot be published.', { mend: 'Report this as a bug of jidoka.' });
  const commit = await commitPatch(ground, mirror, { ...change, base: repository.baseCommit });
  return { repository, mirror, commit, branch: change.branch, seed: seedOf(change.message) };
}

/** Name of the branch as it is tried the first time, the second, … */
function nameOf(job: Job, number: number): string {
  return `refs/heads/${job.branch}${number === 1 ? '' : `-${number}`}`;
}

async function intoTarget(ground: Ground, job: Job): Promise<Published> {
  const busy = await checkedOut(ground, job.repository);
  let moves = 0;
  for (let number = 1; number <= mostNames; number += 1) {
    const ref = nameOf(job, number);
    const tip = await targetCommit(ground, job.repository, ref);
    if (tip === job.commit) return published(job, ref);
    if (busy.has(ref) || (tip !== null && !(await isOurs(ground, job, { ref, tip })))) continue;
    const pushed = await pushTo(ground, job.repository, { ref, commit: job.commit, expected: tip });
    if (pushed.kind === 'done') return published(job, ref);
    if (pushed.kind === 'refused' && tip === null) return hold(ground, job, pushed.why);
    // It moved meanwhile: look again. A refused replacement: the next name.
    if (pushed.kind === 'moved' && moves < mostMoves) {
      moves += 1;
      number -= 1;
    }
  }
  return hold(ground, job, `all names from ${job.branch} to ${job.branch}-${mostNames} are taken`);
}

/** True for a commit the factory made for the same seed on a base of its own, and that nobody built upon or changed. */
async function isOurs(ground: Ground, job: Job, branch: { readonly ref: string; readonly tip: string }): Promise<boolean> {
  const content = await readCommit(ground, job, branch);
  if (content === null || job.seed === null) return false;
  const [head = '', ...body] = content.split('\n\n');
  const parents = [...head.matchAll(/^parent ([0-9a-f]+)$/gm)].map((match) => match[1] ?? '');
  const byUs = ['author', 'committer'].every((role) => head.includes(`\n${role} ${author} `));
  const [parent] = parents;
  const onBase = parents.length === 1 && parent !== undefined && (await commitOf(ground, job.mirror, baseRef(parent))) !== null;
  return byUs && onBase && seedOf(body.join('\n\n')) === job.seed;
}

/** The commit object behind a branch of the target, as text; null where it cannot be had. */
async function readCommit(ground: Ground, job: Job, branch: { readonly ref: string; readonly tip: string }): Promise<string | null> {
  const args = ['fetch', '--quiet', '--depth=1', '--no-tags', '--no-write-fetch-head', job.repository.location, branch.ref];
  const there = await ground.git.run(['cat-file', '-e', branch.tip], inside(job.mirror));
  if (there.code !== 0) {
    const env = await asking(ground, job.repository.id);
    await underLock(ground, `${job.mirror}.lock`, () => ground.git.run(args, inside(job.mirror, env)));
  }
  const content = await ground.git.run(['cat-file', 'commit', branch.tip], inside(job.mirror));
  return content.code === 0 ? content.stdout.toString('utf8') : null;
}

function seedOf(message: string): string | null {
  return [...message.matchAll(/^Jidoka-Seed: *(.+)$/gm)].at(-1)?.[1]?.trim() ?? null;
}

function published(job: Job, ref: string): Published {
  return { location: job.repository.location, ref, commit: job.commit, held: null };
}

function hold(ground: Ground, job: Job, why: string): Promise<Published> {
  return keepInMirror(ground, { ...job, ref: nameOf(job, 1) }, why);
}

async function checkName(ground: Ground, branch: string): Promise<void> {
  const answer = await ground.git.run(['check-ref-format', `refs/heads/${branch}`]);
  if (answer.code === 0 && !branch.startsWith('-')) return;
  throw new JidokaError('invariant', `${JSON.stringify(branch)} is no name for a branch.`, {
    mend: 'Report this as a bug of jidoka, with the seed.',
  });
}
