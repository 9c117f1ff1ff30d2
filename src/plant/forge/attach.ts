import { JidokaError } from '../../core/base/error.ts';
import type { Attachment, Published } from '../../core/ports/forge.ts';
import type { RepositorySnapshot } from '../../core/packet/seed.ts';
import { commitFiles } from './commit.ts';
import { keepInMirror, writeOrKeep } from './keep.ts';
import { commitOf, ensureBase } from './mirror.ts';
import type { Ground } from './mirror.ts';
import { pushTo, targetCommit } from './target.ts';

/**
 * Stores files as a commit of their own under a ref of the target that never changes again. Where another factory has
 * left its record of the same run there, this one stands beside it, under a name that its content gives.
 */
export async function attachRecord(ground: Ground, repository: RepositorySnapshot, record: Attachment): Promise<Published> {
  const job = await makeJob(ground, repository, record);
  return writeOrKeep(
    () => intoTarget(ground, job),
    (why) => hold(ground, job, why),
  );
}

/** Where the target has this very record, or null. */
export async function findRecord(ground: Ground, repository: RepositorySnapshot, record: Attachment): Promise<Published | null> {
  const job = await makeJob(ground, repository, record);
  const there = await targetCommit(ground, repository, job.ref);
  return there === null ? null : same(job, there);
}

interface Job {
  readonly repository: RepositorySnapshot;
  readonly mirror: string;
  readonly ref: string;
  readonly commit: string;
}

async function makeJob(ground: Ground, repository: RepositorySnapshot, record: Attachment): Promise<Job> {
  const mirror = await ensureBase(ground, repository);
  const commit = await commitFiles(ground, mirror, record);
  // A target that cannot be asked says so again when it is written to.
  const there = await targetCommit(ground, repository, record.ref).catch(() => null);
  const isTaken = there !== null && there !== commit;
  return { repository, mirror, ref: isTaken ? `${record.ref}.${commit.slice(0, 8)}` : record.ref, commit };
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
  return keepInMirror(ground, job, why);
}

function changed(job: Job, where: string, there: string): JidokaError {
  return new JidokaError('invariant', `The record ${job.ref} of ${where} is ${there}, not ${job.commit}; a record never changes.`, {
    mend: `Look at it with: git -C ${where} show ${there}`,
  });
}
