import { mkdir, stat, utimes, writeFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { JidokaError } from '../../../../core/base/error.ts';
import type { BaseRef, WorkspaceView } from '../../../../core/ports/floor.ts';
import type { Bearings } from '../ground.ts';
import { listImages, removeImage } from '../image/images.ts';
import { labels } from '../layout.ts';

/** An image that is a sealed base. */
export interface BaseImage {
  readonly id: string;
  readonly key: string;
  readonly view: WorkspaceView;
}

/** The image of a base, or null. Throws `floor-unreachable`. */
export async function baseImage({ engine, floor }: Pick<Bearings, 'engine' | 'floor'>, key: string): Promise<string | null> {
  const [found] = await listImages(engine, { [labels.sealed]: key, [labels.floor]: floor });
  return found?.id ?? null;
}

/** Finds a base that is to be used now. Throws `workspace-failed` where it is gone. */
export async function useBaseImage(bearings: Pick<Bearings, 'engine' | 'floor' | 'options'>, { key }: BaseRef): Promise<string> {
  const found = await baseImage(bearings, key);
  if (found === null) {
    throw new JidokaError('workspace-failed', `The base ${key.slice(0, 12)} is gone.`, {
      mend: 'Prepare it again and open the workspace anew.',
    });
  }
  await markUsed(bearings, key);
  return found;
}

/** The sealed bases, oldest use first. */
export async function listBaseImages(bearings: Bearings): Promise<readonly BaseImage[]> {
  const { engine, floor } = bearings;
  const images = await listImages(engine, { [labels.sealed]: '', [labels.floor]: floor });
  const bases = await Promise.all(
    images.map(async ({ id, labels: told, made }) => {
      const key = told[labels.sealed] ?? '';
      const since = await usedAt(bearings, key, made);
      return { id, key, view: { ref: { floor: 'container', host: engine.host, name: key }, state: 'base' as const, owner: '', since } };
    }),
  );
  return bases.toSorted((left, right) => (left.view.since < right.view.since ? -1 : 1));
}

/** Removes a base that no container is over; false where one is. */
export async function removeBaseImage({ engine, options }: Bearings, { id, key }: BaseImage): Promise<boolean> {
  if (!(await removeImage(engine, id))) return false;
  await rm(usedFile(options.root, key), { force: true });
  return true;
}

/** An image does not change; when it was used last is known here. */
export async function markUsed({ options }: Pick<Bearings, 'options'>, key: string): Promise<void> {
  const file = usedFile(options.root, key);
  await mkdir(join(options.root, 'bases'), { recursive: true, mode: 0o700 });
  await writeFile(file, '');
  const now = new Date();
  await utimes(file, now, now);
}

async function usedAt({ options }: Bearings, key: string, made: string): Promise<string> {
  return stat(usedFile(options.root, key)).then(
    ({ mtime }) => mtime.toISOString(),
    () => made,
  );
}

function usedFile(root: string, key: string): string {
  return join(root, 'bases', key.replaceAll(/[^\da-f]/g, ''));
}
