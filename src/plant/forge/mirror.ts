import { randomUUID } from 'node:crypto';
import { access, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import type { RepositorySnapshot } from '../../core/packet/seed.ts';
import type { Credentials } from './location.ts';
import { gitFailed } from './git/git.ts';
import type { Git } from './git/git.ts';
import type { BlobReader } from './git/read-blobs.ts';
import type { BaseFiles } from './base-files.ts';
import { underLock, type HostLock } from './host-lock.ts';

/** The forge's ground: git, its folder, and the credentials this process was given. */
export interface Ground {
  readonly git: Git;
  readonly blobs: BlobReader;
  /** Folder of mirrors and seeds. */
  readonly root: string;
  /** By repository id; in memory only. */
  readonly credentials: Map<string, Credentials>;
  /** Refs of mirrors that were seen to be there. */
  readonly seen: Set<string>;
  /** What is known of base commits, by repository and commit. */
  readonly bases: Map<string, BaseFiles>;
  readonly lock: HostLock;
  readonly log: (message: string) => void;
}

type Named = Pick<RepositorySnapshot, 'id' | 'location' | 'baseCommit'>;

/** Limit for one transfer of a base commit, in milliseconds: of gigabytes, too. */
export const transferMs = 900_000;

/** Folder of the bare repository that holds the bases of a target. */
export function mirrorPath(ground: Ground, id: string): string {
  return join(ground.root, 'mirrors', `${id}.git`);
}

/** The ref that keeps a base commit. */
export function baseRef(commit: string): string {
  return `refs/jidoka/base/${commit}`;
}

/**
 * Makes sure that the mirror has the base commit, fetching it alone where it does not; returns the mirror's folder.
 * Throws `git-failed` where the target cannot be read.
 */
export async function ensureBase(ground: Ground, repository: Named): Promise<string> {
  const mirror = mirrorPath(ground, repository.id);
  if (await hasBase(ground, repository)) return mirror;
  await mkdir(dirname(mirror), { recursive: true });
  await underLock(ground, `${mirror}.lock`, async () => {
    if (await hasBase(ground, repository)) return;
    await ensureMirror(ground, mirror, repository.baseCommit);
    await fetchBase(ground, repository, mirror);
  });
  return mirror;
}

/** Environment by which git asks us, and not a person, for the credentials of a target. */
export async function asking(ground: Ground, id: string): Promise<Record<string, string>> {
  const credentials = ground.credentials.get(id);
  if (credentials === undefined) return {};
  const script = join(ground.root, 'askpass.sh');
  const text = '#!/bin/sh\ncase "$1" in Username*) printf %s "$JIDOKA_GIT_USER";; *) printf %s "$JIDOKA_GIT_PASSWORD";; esac\n';
  const draft = `${script}.${randomUUID()}`;
  await writeFile(draft, text, { mode: 0o700 });
  await rename(draft, script);
  return { GIT_ASKPASS: script, JIDOKA_GIT_USER: credentials.user, JIDOKA_GIT_PASSWORD: credentials.password };
}

async function hasBase(ground: Ground, repository: Named): Promise<boolean> {
  const mirror = mirrorPath(ground, repository.id);
  const key = `${mirror} ${repository.baseCommit}`;
  if (ground.seen.has(key)) return true;
  if (!(await exists(join(mirror, 'HEAD')))) return false;
  const found = await ground.git.run(['rev-parse', '--quiet', '--verify', `${baseRef(repository.baseCommit)}^{commit}`], inside(mirror));
  if (found.code === 0) ground.seen.add(key);
  return found.code === 0;
}

async function ensureMirror(ground: Ground, mirror: string, commit: string): Promise<void> {
  if (await exists(join(mirror, 'HEAD'))) return;
  const draft = join(ground.git.root, randomUUID());
  await ground.git.must(['init', '--quiet', '--bare', '--template=', `--object-format=${objectFormat(commit)}`, draft]);
  await mkdir(join(draft, 'info'), { recursive: true });
  await writeFile(join(draft, 'info', 'attributes'), rawBytes);
  await rm(mirror, { recursive: true, force: true });
  await rename(draft, mirror);
}

/** The format of a repository's object names, by the length of one. */
export function objectFormat(commit: string): 'sha1' | 'sha256' {
  return commit.length === 64 ? 'sha256' : 'sha1';
}

/** No conversion of any kind: what is committed is what is checked out and harvested, byte for byte. */
export const rawBytes = '* -text -ident -filter -working-tree-encoding\n';

/** As the pack that it comes in: objects that are unpacked are compressed one by one. Git tidies up before it ends. */
const kept = ['-c', 'fetch.unpackLimit=1', '-c', 'gc.autoDetach=false', '-c', 'maintenance.autoDetach=false'];

async function fetchBase(ground: Ground, repository: Named, mirror: string): Promise<void> {
  // Left by a fetch that was killed; under our lock there is no other.
  await rm(join(mirror, 'shallow.lock'), { force: true });
  const ref = baseRef(repository.baseCommit);
  const how = [
    ...kept,
    'fetch',
    '--quiet',
    '--depth=1',
    '--no-tags',
    '--no-write-fetch-head',
    '--no-recurse-submodules',
    '--force',
    // What is copied on one machine need not be as small as can be.
    ...(isAbsolute(repository.location) ? ['--upload-pack=git -c pack.window=0 upload-pack'] : []),
  ];
  const options = { ...inside(mirror, await asking(ground, repository.id)), timeoutMs: transferMs };
  const exact = await ground.git.run([...how, repository.location, `${repository.baseCommit}:${ref}`], options);
  if (exact.code === 0) return;
  // Old servers give only what a ref points to; at an open that still is the base.
  const head = await ground.git.run([...how, repository.location, `HEAD:${ref}`], options);
  if (head.code === 0 && (await commitOf(ground, mirror, ref)) === repository.baseCommit) return;
  if (head.code === 0) await ground.git.must(['update-ref', '-d', ref], inside(mirror));
  throw gitFailed(['fetch'], exact, `See that ${repository.location} can be read and still has the commit ${repository.baseCommit}.`);
}

/** The commit a ref of a mirror points to, or null. */
export async function commitOf(ground: Ground, mirror: string, ref: string): Promise<string | null> {
  const found = await ground.git.run(['rev-parse', '--quiet', '--verify', `${ref}^{commit}`], inside(mirror));
  return found.code === 0 ? found.stdout.toString('utf8').trim() : null;
}

/** Options of a command that works in a mirror and looks at nothing else. */
export function inside(mirror: string, env: Readonly<Record<string, string>> = {}): { cwd: string; env: Record<string, string> } {
  return { cwd: mirror, env: { GIT_DIR: mirror, ...env } };
}

export function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
