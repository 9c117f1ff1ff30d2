import { createHash, randomUUID } from 'node:crypto';
import { link, readFile, readlink, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { JidokaError } from '../../../core/base/error.ts';
import { bootOfMachine, startOf } from '../spawn/life.ts';

/** A process so named that no later process can be taken for it. */
export interface Owner {
  readonly pid: number;
  /** Start time as the kernel counts it; '' where the machine does not tell. */
  readonly started: string;
  readonly boot: string;
  /** Pids of another namespace or host mean nothing here. */
  readonly namespace: string;
  readonly host: string;
}

/** How long an owner that cannot be looked at (another container, another host) is believed to live, in milliseconds. */
const unseenOwnerMs = 24 * 60 * 60 * 1000;

/** Nobody needs longer to write a draft, in milliseconds. */
const draftMs = 10_000;

/** Names the process that runs this. */
export async function thisOwner(): Promise<Owner> {
  const namespace = await readlink('/proc/self/ns/pid').catch(() => '');
  const started = (await startOf(process.pid)) ?? '';
  return { pid: process.pid, started, boot: await bootOfMachine(), namespace, host: hostname() };
}

/**
 * Takes a lock file for `owner`, over from a dead one where needed.
 * Throws `workspace-failed` where another live process of this machine holds it.
 */
export async function claim(path: string, owner: Owner): Promise<void> {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, JSON.stringify(owner));
  try {
    for (let round = 0; round < 5; round += 1) {
      if (await tryLink(draft, path)) return;
      const holder = await holderOf(path);
      if (holder === null) continue;
      if (sameOwner(holder, owner)) return;
      if ((await lifeOfOwner(holder, owner)) === 'alive') throw taken(path, holder);
      if (await takeOver({ path, draft, dead: holder }, owner)) return;
    }
  } finally {
    await rm(draft, { force: true });
  }
  throw new JidokaError('workspace-failed', `Several processes take the lock ${path} at once.`, { mend: 'Run it again.' });
}

/** Takes a lock file that `owner` has already, or whose owner is dead. Throws `workspace-failed` where he is not. */
export async function inherit(path: string, owner: Owner): Promise<void> {
  const holder = await holderOf(path);
  if (holder !== null && !sameOwner(holder, owner) && !(await isDead(path, owner))) throw taken(path, holder);
  await claim(path, owner);
}

/** True where no live process owns what the lock file stands for. */
export async function isDead(path: string, here: Owner): Promise<boolean> {
  const holder = await holderOf(path);
  if (holder === null) return false;
  const life = await lifeOfOwner(holder, here);
  if (life !== 'unseen') return life === 'dead';
  const age = await stat(path).then(
    (found) => Date.now() - found.mtimeMs,
    () => 0,
  );
  return age > unseenOwnerMs;
}

/** True for the name of what is written to be linked into the place of a lock. */
export function isDraft(file: string): boolean {
  return /\.[0-9a-f]{8}-[0-9a-f-]{27}$/.test(file);
}

/** True where no live process goes on with a draft; one without words belongs to a process that died while it wrote. */
export async function isDeadDraft(path: string, here: Owner): Promise<boolean> {
  if (await isDead(path, here)) return true;
  const found = await stat(path).catch(() => null);
  return found?.size === 0 && Date.now() - found.mtimeMs > draftMs;
}

async function tryLink(draft: string, path: string): Promise<boolean> {
  return link(draft, path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );
}

/** Who holds a lock; null where nobody does. */
export async function holderOf(path: string): Promise<Owner | null> {
  const text = await readFile(path, 'utf8').catch(() => null);
  // Our own files only: they are linked into place when they are whole; a draft may be cut short.
  return text === null || !text.endsWith('}') ? null : (JSON.parse(text) as Owner);
}

function sameOwner(left: Owner, right: Owner): boolean {
  return (Object.keys(left) as (keyof Owner)[]).every((key) => left[key] === right[key]);
}

/** Whether an owner lives, as far as this process can see. */
export async function lifeOfOwner(owner: Owner, here: Owner): Promise<'alive' | 'dead' | 'unseen'> {
  if (owner.host === here.host && owner.boot !== here.boot) return 'dead';
  if (owner.host !== here.host || owner.namespace !== here.namespace) return 'unseen';
  const started = await startOf(owner.pid);
  return started !== null && started === owner.started ? 'alive' : 'dead';
}

/**
 * Puts `owner` in the place of a dead holder. Only whoever has the lock of that very takeover may do so: of many who
 * see the same dead holder at once, one gets his place and nobody's later lock is touched.
 */
async function takeOver(lock: { readonly path: string; readonly draft: string; readonly dead: Owner }, owner: Owner): Promise<boolean> {
  const turn = `${lock.path}~${createHash('sha256').update(JSON.stringify(lock.dead)).digest('hex').slice(0, 12)}`;
  await claim(turn, owner);
  try {
    const holder = await holderOf(lock.path);
    if (holder === null || !sameOwner(holder, lock.dead)) return false;
    await rename(lock.draft, lock.path);
    return true;
  } finally {
    await rm(turn, { force: true });
  }
}

function taken(path: string, holder: Owner): JidokaError {
  return new JidokaError('workspace-failed', `Process ${holder.pid} works in the workspace of ${path.replace(/~.*$/, '')}.`, {
    mend: `Wait for process ${holder.pid}, or end it, and run this again.`,
    data: { holder: holder.pid },
  });
}
