import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { JidokaError } from '../../core/base/error.ts';
import type { EvidenceStore } from '../../core/ports/evidence-store.ts';

/** Keeps evidence as folders below `root`, one per run; each is written beside its place and moved there whole. */
export function evidenceFolders(root: string): EvidenceStore {
  const place = (run: string): string => join(root, run);
  return {
    place,
    write: async (run, files, out) => {
      const target = resolve(out ?? place(run));
      if (await holds(target, files)) return target;
      await refuseForeign(target, out);
      await writeWhole(target, files);
      return target;
    },
  };
}

async function holds(target: string, files: ReadonlyMap<string, Uint8Array>): Promise<boolean> {
  const same = [...files].map(async ([path, content]) => {
    const found = await readFile(join(target, path)).catch(() => null);
    return found !== null && Buffer.compare(found, content) === 0;
  });
  return (await Promise.all(same)).every(Boolean);
}

/** A folder the user named is written to only where it is absent, empty, or holds a bundle already. */
async function refuseForeign(target: string, out: string | undefined): Promise<void> {
  if (out === undefined) return;
  const entries: readonly string[] = await readdir(target).catch(() => []);
  if (entries.length === 0 || entries.includes('bundle.json')) return;
  throw new JidokaError('usage', `${target} is not empty and holds no evidence bundle.`, {
    mend: 'Name an empty or new folder with --out.',
  });
}

async function writeWhole(target: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const beside = await mkdtemp(`${target}.writing-`);
  try {
    for (const [path, content] of files) {
      await mkdir(dirname(join(beside, path)), { recursive: true });
      await writeFile(join(beside, path), content);
    }
    await rm(target, { recursive: true, force: true });
    await rename(beside, target);
  } catch (cause) {
    await rm(beside, { recursive: true, force: true });
    throw diskFault(target, cause);
  }
}

function diskFault(target: string, cause: unknown): JidokaError {
  const full = cause instanceof Error && 'code' in cause && (cause.code === 'ENOSPC' || cause.code === 'EDQUOT');
  const message = `The evidence could not be written to ${target}: ${cause instanceof Error ? cause.message : String(cause)}`;
  return new JidokaError(full ? 'disk-full' : 'workspace-failed', message, {
    mend: 'Make room or name another home with --home, then run the same command again.',
    cause,
  });
}
