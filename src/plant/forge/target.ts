import type { RepositorySnapshot } from '../../core/packet/seed.ts';
import { chown, lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gitFailed, lastWords } from './git/git.ts';
import { asking, inside, mirrorPath } from './mirror.ts';
import type { Ground } from './mirror.ts';

/** What became of a push. */
export type Pushed = { readonly kind: 'done' } | { readonly kind: 'moved' } | { readonly kind: 'refused'; readonly why: string };

/** Run on our side of a local target: nothing that its settings or hooks name, no change of its work tree, no clean-up. */
const harmlessReceive = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.alternateRefsCommand=true',
  'receive.denyCurrentBranch=refuse',
  'receive.autogc=false',
  'gc.auto=0',
  'maintenance.auto=false',
];
const networkTimeoutMs = 300_000;

/** The commit a ref of the target points to, or null. Throws `git-failed` where the target cannot be read. */
export async function targetCommit(ground: Ground, repository: RepositorySnapshot, ref: string): Promise<string | null> {
  const answer = await ground.git.run(['ls-remote', '--quiet', repository.location, ref], {
    env: await asking(ground, repository.id),
    timeoutMs: networkTimeoutMs,
  });
  if (answer.code !== 0) throw gitFailed(['ls-remote'], answer, `See that ${repository.location} can be read.`);
  const lines = answer.stdout
    .toString('utf8')
    .split('\n')
    .map((line) => line.split('\t'));
  // The pattern also finds longer names that end alike.
  return lines.find(([, name]) => name === ref)?.[0] ?? null;
}

/** Points a ref of the target from `expected` (null: it is not there) to a commit of the mirror, or leaves it. */
export async function pushTo(
  ground: Ground,
  repository: RepositorySnapshot,
  update: { readonly ref: string; readonly commit: string; readonly expected: string | null },
): Promise<Pushed> {
  const lease = `--force-with-lease=${update.ref}:${update.expected ?? ''}`;
  const receive = `--receive-pack=git ${harmlessReceive.map((setting) => `-c ${setting}`).join(' ')} receive-pack`;
  const how = ['push', '--porcelain', '--no-verify', '--no-follow-tags', '--recurse-submodules=no', lease];
  const local = repository.kind === 'local' ? [receive] : [];
  const begunMs = Date.now();
  const answer = await ground.git.run([...how, ...local, repository.location, `${update.commit}:${update.ref}`], {
    ...inside(mirrorPath(ground, repository.id), await asking(ground, repository.id)),
    timeoutMs: networkTimeoutMs,
  });
  if (repository.kind === 'local') {
    // The push stands, whoever the files belong to.
    await giveBack(ground, repository.location, begunMs).catch((error: unknown) =>
      ground.log(`Some files of ${repository.location} may still belong to root: ${String(error)}`),
    );
  }
  if (answer.code === 0) return { kind: 'done' };
  const said = `${answer.stdout.toString('utf8')}\n${answer.stderr}`;
  if (/\(stale info\)|\(fetch first\)|cannot lock ref .* (is at|reference already exists)|reference already exists/.test(said))
    return { kind: 'moved' };
  const reason = /^!\t\S+\t(.+)$/m.exec(said)?.[1];
  return { kind: 'refused', why: reason ?? lastWords(answer.stderr) };
}

/** Branches that are checked out somewhere in a local target; a push must not move them under somebody's feet. */
export async function checkedOut(ground: Ground, repository: RepositorySnapshot): Promise<ReadonlySet<string>> {
  if (repository.kind === 'remote') return new Set();
  const out = await ground.git.must(['worktree', 'list', '--porcelain'], { cwd: repository.location });
  const lines = out
    .toString('utf8')
    .split('\n')
    .filter((line) => line.startsWith('branch '));
  return new Set(lines.map((line) => line.slice('branch '.length)));
}

/** What root wrote into a repository of somebody else becomes his, so that he can go on using it. */
async function giveBack(ground: Ground, location: string, sinceMs: number): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const found = await ground.git.must(['rev-parse', '--git-common-dir'], { cwd: location });
  const shared = found.toString('utf8').trim();
  const folder = shared.startsWith('/') ? shared : join(location, shared);
  const owner = await lstat(folder);
  if (owner.uid === 0) return;
  for (const part of ['objects', 'refs', 'logs']) await giveBackBelow(join(folder, part), owner, sinceMs);
}

async function giveBackBelow(path: string, owner: { readonly uid: number; readonly gid: number }, sinceMs: number): Promise<void> {
  const found = await lstat(path).catch(() => null);
  if (found === null || found.isSymbolicLink()) return;
  // A second of doubt: file systems and clocks round.
  if (found.uid === 0 && found.ctimeMs >= sinceMs - 1_000) await chown(path, owner.uid, owner.gid);
  if (!found.isDirectory()) return;
  for (const name of await readdir(path)) await giveBackBelow(join(path, name), owner, sinceMs);
}
