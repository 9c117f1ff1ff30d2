import { readFile, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Workspace } from '../../core/ports/floor.ts';
import { workspaceFault } from './fault.ts';
import type { Ground } from './ground.ts';
import { claim, inherit, isDead, isDeadDraft, isDraft } from './owner.ts';
import { locksOf, makePlace, nameFileOf, placeAt, placeOf } from './places.ts';
import type { Place } from './places.ts';
import { endProcesses } from './spawn/processes.ts';
import { emptyTrash, moveToTrash, removeTree } from './remove-tree.ts';
import { hasStarted } from './started/index.ts';
import { hostWorkspace } from './workspace.ts';

/** Opens an empty workspace; what a dead owner left under its name is ended and removed first. */
export async function openWorkspace(ground: Ground, name: string): Promise<Workspace> {
  const place = placeOf(ground.options.root, name);
  try {
    await claim(place.lock, ground.owner);
    await clear(ground, place);
    await makePlace(place, ground.confines.userOf(place));
    return workspaceAt(ground, place);
  } catch (error) {
    throw workspaceFault(error, `opening the workspace ${name}`);
  }
}

/** Takes over what a dead owner left under a name, as it is; null where there is nothing. */
export async function adoptWorkspace(ground: Ground, name: string): Promise<Workspace | null> {
  const place = placeOf(ground.options.root, name);
  try {
    if (!(await isFolder(place.space))) return null;
    await inherit(place.lock, ground.owner);
    // The tree is made last: without it the space was never whole, or another adopter has removed it meanwhile.
    if (await isFolder(place.tree)) return workspaceAt(ground, place);
    await destroy(ground, place);
    return null;
  } catch (error) {
    throw workspaceFault(error, `taking over the workspace ${name}`);
  }
}

/** Names of workspaces of dead owners in which a command was started. */
export async function leftWorkspaces(ground: Ground): Promise<readonly string[]> {
  const names: string[] = [];
  for (const place of await orphans(ground)) {
    if (!(await hasStarted(place.started))) continue;
    const name = await readFile(nameFileOf(place), 'utf8').catch(() => null);
    if (name !== null) names.push(name);
  }
  return names.sort();
}

/** Removes workspaces of dead owners, but for those that are left; returns how many. */
export async function reapWorkspaces(ground: Ground): Promise<number> {
  const { root, log } = ground.options;
  let removed = 0;
  for (const place of await orphans(ground)) {
    if ((await hasStarted(place.started)) || !(await isTaken(ground, place))) continue;
    await destroy(ground, place);
    removed += 1;
  }
  await removeTraces(ground);
  emptyTrash(root).catch((error: unknown) => log(`Could not empty the trash of ${root}: ${String(error)}`));
  return removed;
}

/** What processes left that died in the middle of taking a lock: drafts of it, and the lock of the takeover itself. */
async function removeTraces(ground: Ground): Promise<void> {
  const folder = locksOf(ground.options.root);
  for (const file of await readdir(folder)) {
    const path = join(folder, file);
    const isLeft = isDraft(file) ? await isDeadDraft(path, ground.owner) : file.includes('~') && (await isTakenFromDead(ground, path));
    if (isLeft) await rm(path, { force: true });
  }
}

/** Taken first, so that nobody's later lock of the same name is removed in its place. */
async function isTakenFromDead(ground: Ground, lock: string): Promise<boolean> {
  return (await isDead(lock, ground.owner)) && (await isTaken(ground, { lock }));
}

async function orphans({ options: { root }, owner }: Ground): Promise<readonly Place[]> {
  const locks = (await readdir(locksOf(root))).filter((file) => file.endsWith('.lock'));
  const places = locks.map((file) => placeAt(root, file.slice(0, -'.lock'.length), ''));
  const dead = await Promise.all(places.map(({ lock }) => isDead(lock, owner)));
  return places.filter((_, index) => dead[index]);
}

/** Takes the lock of a dead owner; false where another process was quicker. */
async function isTaken({ owner }: Ground, { lock }: Pick<Place, 'lock'>): Promise<boolean> {
  return claim(lock, owner).then(
    () => true,
    () => false,
  );
}

function workspaceAt(ground: Ground, place: Place): Workspace {
  return hostWorkspace({ ground, place, remove: () => destroy(ground, place) });
}

async function destroy(ground: Ground, place: Place): Promise<void> {
  await clear(ground, place);
  await rm(place.lock, { force: true });
}

/** Ends the processes of a workspace and moves its folder away; removing it goes on in the background. */
async function clear(ground: Ground, place: Place): Promise<void> {
  const { job, space } = place;
  const { root, log } = ground.options;
  await endProcesses({ marker: `JIDOKA_JOB=${job}`, group: null }, ground.see);
  await ground.confines.release(place);
  const trash = await moveToTrash(root, space);
  if (trash === null) return;
  removeTree(trash).catch((error: unknown) => log(`Could not remove ${trash}: ${String(error)}`));
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
