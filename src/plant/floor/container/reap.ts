import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReapReport, WorkspaceView } from '../../../core/ports/floor.ts';
import { claim, holderOf, isDeadDraft, isDraft } from '../place/owner.ts';
import { locksOf } from '../place/places.ts';
import { listBaseImages, removeBaseImage } from './bases/base-images.ts';
import type { BaseImage } from './bases/base-images.ts';
import { listContainers, removeContainer } from './engine/containers.ts';
import type { Bearings } from './ground.ts';
import { listImages, removeImage } from './image/images.ts';
import { labels } from './layout.ts';
import { leave } from './open.ts';
import { isDead, standingWorkspaces, ownerIn } from './views.ts';
import type { Standing } from './views.ts';

/** Images that nobody used for so long are removed, in milliseconds. */
const unusedMs = 7 * 24 * 60 * 60 * 1000;

/** Removes containers that nobody owns, but for those in which a started command may wait, and bases unused for long. */
export async function reapContainers(bearings: Bearings, { dryRun = false }: { readonly dryRun?: boolean }): Promise<ReapReport> {
  const all = await standingWorkspaces(bearings);
  const removed: WorkspaceView[] = [];
  for (const one of all.filter(({ view }) => view.state === 'stray'))
    if (dryRun || (await isRemoved(bearings, one))) removed.push(one.view);
  for (const base of await unusedBases(bearings)) if (dryRun || (await removeBaseImage(bearings, base))) removed.push(base.view);
  if (!dryRun) {
    await removeHelpers(bearings);
    await removeTraces(bearings);
  }
  return { removed, left: all.flatMap(({ view }) => (view.state === 'left' ? [view] : [])) };
}

/** Taken first, so that nobody's later container of the same name is removed in its place. */
async function isRemoved(bearings: Bearings, { place }: Standing): Promise<boolean> {
  if (!(await isTaken(bearings, place.lock))) return false;
  await leave(bearings, place);
  return true;
}

async function isTaken({ owner }: Bearings, lock: string): Promise<boolean> {
  return claim(lock, owner).then(
    () => true,
    () => false,
  );
}

async function unusedBases(bearings: Bearings): Promise<readonly BaseImage[]> {
  return (await listBaseImages(bearings)).filter(({ view }) => Date.now() - Date.parse(view.since) > unusedMs);
}

/**
 * Containers in which something was tried or made by a process that is dead, and images that workspaces began with and
 * nothing is made of: one that is needed still is made again.
 */
async function removeHelpers({ engine, floor, owner }: Bearings): Promise<void> {
  for (const use of ['canary', 'ground']) {
    for (const { id, labels: told } of await listContainers(engine, { [labels.floor]: floor, [labels.use]: use })) {
      const maker = ownerIn(told);
      if (maker !== null && (await isDead(maker, owner))) await removeContainer(engine, id);
    }
  }
  for (const { id, labels: told, made } of await listImages(engine, { [labels.ground]: '', [labels.floor]: floor })) {
    if (told[labels.ground] !== '' && Date.now() - Date.parse(made) > unusedMs) await removeImage(engine, id);
  }
}

/** What processes left on this machine that died with a lock in their hands and no container behind it. */
async function removeTraces(bearings: Bearings): Promise<void> {
  const { root } = bearings.options;
  const standing = new Set((await standingWorkspaces(bearings)).map(({ place }) => place.lock));
  for (const file of await readdir(locksOf(root))) {
    const path = join(locksOf(root), file);
    if (standing.has(path)) continue;
    if (isDraft(file)) {
      if (await isDeadDraft(path, bearings.owner)) await rm(path, { force: true });
      continue;
    }
    const holder = await holderOf(path);
    if (holder === null || !(await isDead(holder, bearings.owner)) || !(await isTaken(bearings, path))) continue;
    if (file.endsWith('.lock')) await rm(join(root, file.slice(0, -'.lock'.length)), { recursive: true, force: true });
    await rm(path, { force: true });
  }
}
