import { randomUUID } from 'node:crypto';
import { chmod, mkdir, readdir, rename, rm, statfs, symlink, writeFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { JidokaError } from '../../../core/base/error.ts';
import type { InstalledAgent } from '../../../core/ports/stations/agents.ts';
import { treeBytes } from './tree-bytes.ts';
import { recordFile, type InstallRecord } from './installed.ts';
import { lookAt } from './look-at.ts';
import { npmInstall } from './npm-install.ts';
import type { Pin } from './spec.ts';
import type { AgentStoreOptions } from './store-options.ts';

export interface Installing {
  readonly options: AgentStoreOptions;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Installs one pin in a folder of its own, looks at what came, writes it down, and only then moves it to where it counts:
 * whoever is killed on the way leaves a draft that nobody uses. To be called under the lock of the agent.
 */
export async function install(pin: Pin, { options, say, signal }: Installing): Promise<InstalledAgent> {
  const { record, version } = pin;
  const place = `${record.name}@${version}`;
  await needRoom(pin, options);
  const draft = join(options.drafts, `${place}-${randomUUID().slice(0, 8)}`);
  try {
    await begin(draft, pin, options.settings);
    const npm = await npmInstall(draft, pin, { options, signal });
    await rm(join(draft, '.npmrc'), { force: true });
    const seen = await lookAt(draft, pin, { options, signal });
    for (const note of seen.notes) say(note);
    const { path, said, integrity, platformPackages } = seen;
    const bytes = await treeBytes(draft);
    const program = relative(draft, path);
    const node = process.versions.node;
    const at = options.clock.now();
    const facts = {
      agent: record.name,
      version,
      package: record.package,
      integrity,
      program,
      said,
      bytes,
      platformPackages,
      node,
      npm,
      at,
    };
    await writePlain(join(draft, recordFile), `${JSON.stringify({ v: 1, ...facts } satisfies InstallRecord, null, 2)}\n`);
    await takePlace(draft, join(options.folder, place), options);
    return { agent: record.name, version, package: record.package, integrity, path: join(options.folder, place, program), said, bytes, at };
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Removes what others left half of this agent; nobody works on it while we hold its lock. */
export async function clearDrafts(name: string, { drafts }: AgentStoreOptions): Promise<void> {
  const left = await readdir(drafts);
  const ours = left.filter((one) => one.startsWith(`${name}@`));
  // The npm of a process that was killed may still write there; it ends by itself, and whoever comes next removes the rest.
  for (const one of ours) await rm(join(drafts, one), { recursive: true, force: true, maxRetries: 5 }).catch(() => undefined);
}

/** Twice the size: npm keeps what it downloaded, and unpacks it. */
async function needRoom({ record, version }: Pin, { drafts, freeBytes = freeIn }: AgentStoreOptions): Promise<void> {
  const [needed, free] = [2 * record.megabytes * 1_000_000, await freeBytes(drafts)];
  if (free >= needed) return;
  const megabytes = (bytes: number): string => `${Math.floor(bytes / 1_000_000)} MB`;
  throw new JidokaError(
    'disk-full',
    `${record.name}@${version} needs ${megabytes(needed)} to be installed, and ${megabytes(free)} are free.`,
    {
      mend: 'Make room, or move the home of the factory with --home. `jidoka station remove` takes away versions that are not needed.',
    },
  );
}

async function freeIn(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

async function begin(draft: string, { record, version }: Pin, settings: string): Promise<void> {
  await mkdir(draft);
  await chmod(draft, 0o755);
  const manifest = { private: true, dependencies: { [record.package]: version } };
  await writePlain(join(draft, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  // A link and no copy, and gone before the tree can be read by others: it may hold a token.
  await symlink(join(settings, '.npmrc'), join(draft, '.npmrc'));
}

/** What stands at the place is not whole, or it would have been taken as it is. */
async function takePlace(draft: string, place: string, { drafts }: AgentStoreOptions): Promise<void> {
  const away = join(drafts, `${basename(place)}-replaced`);
  await rename(place, away).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  await rename(draft, place);
  await rm(away, { recursive: true, force: true });
}

/** Readable for everyone, whatever mask the factory was started with. */
async function writePlain(file: string, text: string): Promise<void> {
  await writeFile(file, text);
  await chmod(file, 0o644);
}
