import { JidokaError, isJidokaError } from '../../core/base/error.ts';
import type { Attachment, Published } from '../../core/ports/forge.ts';
import type { RepositorySnapshot } from '../../core/packet/seed.ts';
import { commitFiles } from './commit.ts';
import { commitOf, ensureBase, inside } from './mirror.ts';
import type { Ground } from './mirror.ts';
import { pushTo, targetCommit } from './target.ts';

/** Stores files as a commit of their own under a ref of the target that never changes again. */
export async function attachRecord(ground: Ground, repository: RepositorySnapshot, record: Attachment): Promise<Published> {
  const mirror = await ensureBase(ground, repository);
  const commit = await commitFiles(ground, mirror, record);
  const job = { repository, mirror, ref: record.ref, commit };
  try {
    return await intoTarget(ground, job);
  } catch (error) {
    if (isJidokaError(error) && error.code === 'git-failed') return hold(ground, job, error.message);
    throw error;
  }
}

interface Job {
  readonly repository: RepositorySnapshot;
  readonly mirror: string;
  readonly ref: string;
  readonly commit: string;
}

async function intoTarget(ground: Ground, job: Job): Promise<Published> {
  const { repository, ref, commit } = job;
  const there = await targetCommit(ground, repository, ref);
  if (there !== null) return same(job, there);
  const pushed = await pushTo(ground, repository, { ref, commit, expected: null });
  if (pushed.kind === 'refused') return hold(ground, job, pushed.why);
  return same(job, pushed.kind === 'done' ? commit : ((await targetCommit(ground, repository, ref)) ?? commit));
}

function same(job: Job, there: string): Published {
  if (there === job.commit) return { location: job.repository.location, ref: job.ref, commit: there, held: null };
  throw changed(job, job.repository.location, there);
}

async function hold(ground: Ground, job: Job, why: string): Promise<Published> {
  const there = await commitOf(ground, job.mirror, job.ref);
  if (there !== null && there !== job.commit) throw changed(job, job.mirror, there);
  await ground.git.must(['update-ref', job.ref, job.commit], inside(job.mirror));
  const held = `${job.repository.location} did not take it: ${why.replace(/\.?$/, '.')} ${job.ref} is kept in ${job.mirror}.`;
  ground.log(held);
  return { location: job.mirror, ref: job.ref, commit: job.commit, held };
}

function changed(job: Job, where: string, there: string): JidokaError {
  return new JidokaError('invariant', `The record ${job.ref} of ${where} is ${there}, not ${job.commit}; a record never changes.`, {
    mend: `Look at it with: git -C ${where} show ${there}`,
  });
}
