import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onceUnlessFailed } from '../../../core/base/once-unless-failed.ts';
import type { BaseRef, OpenOptions, ReapReport, Workspace, WorkspaceView } from '../../../core/ports/floor.ts';
import { workspaceFault } from '../fault.ts';
import type { Ground } from '../ground.ts';
import type { BaseKeeper } from '../layers/base-keeper.ts';
import { baseKeeper, removeBase, sealedBase, useBase } from '../layers/bases.ts';
import { noLayer } from '../layers/layer.ts';
import type { Layer } from '../layers/layer.ts';
import { endProcesses } from '../spawn/processes.ts';
import { residentMark, residents } from '../spawn/start-resident.ts';
import { hasStarted, startedIds } from '../started/index.ts';
import { openBudget, takeBackBudget } from '../budget/index.ts';
import type { Budget } from '../budget/index.ts';
import { hostWorkspace } from '../workspace.ts';
import { claim, inherit, isDead, isDeadDraft, isDraft } from './owner.ts';
import { locksOf, makePlace, placeOf } from './places.ts';
import type { Place } from './places.ts';
import { emptyTrash, moveToTrash, removeTree } from './remove-tree.ts';
import { layerKeyOf, standingBases, standingWorkspaces, usedBases } from './views.ts';
import type { Standing } from './views.ts';

/** Bases that nobody used for so long are removed, in milliseconds. */
const unusedBaseMs = 7 * 24 * 60 * 60 * 1000;

/** Opens a workspace, empty or over a base; what a dead owner left under its name is ended and removed first. */
export async function openWorkspace(ground: Ground, name: string, options: OpenOptions = {}): Promise<Workspace> {
  return (await openPlace(ground, name, options)).workspace;
}

interface Opened {
  readonly workspace: Workspace;
  readonly place: Place;
  /** Ends all that runs in it and watches it no more; its folder stays. */
  close(): Promise<void>;
}

async function openPlace(ground: Ground, name: string, { base, limits = {} }: OpenOptions): Promise<Opened> {
  const place = placeOf(ground.options.root, name);
  const faultOf = (error: unknown): Error => workspaceFault(error, `opening the workspace ${name}`);
  await claim(place.lock, ground.owner).catch((error: unknown) => {
    throw faultOf(error);
  });
  try {
    // Its processes are ended before its folder goes, so that where there is none there is nobody.
    if (await isFolder(place.space)) await clear(ground, place);
    const layer = await layTree(ground, place, base);
    return { ...workspaceAt(ground, { place, layer, limits }), place };
  } catch (error) {
    await destroy(ground, place).catch(() => undefined); // nothing half-made stays; the first fault tells why
    throw faultOf(error);
  }
}

async function layTree(ground: Ground, place: Place, base: BaseRef | undefined): Promise<Layer> {
  const sealed = base === undefined ? null : await useBase(ground.options.root, base);
  const user = ground.confines.userOf(place);
  await makePlace(place, user);
  if (sealed === null) return noLayer(place);
  await writeFile(join(place.space, 'layer'), sealed.key);
  return (await ground.layers()).lay(place, sealed, user);
}

/** Keeps the bases of the floor; each is built in a workspace of its own. */
export function keepBases(ground: Ground): BaseKeeper {
  return baseKeeper(ground, (name, limits) => openPlace(ground, name, limits === undefined ? {} : { limits }));
}

/** Looks into a workspace, whoever owns it; null where there is nothing. */
export async function visitWorkspace(ground: Ground, name: string): Promise<Workspace | null> {
  const place = placeOf(ground.options.root, name);
  const layer = (await isFolder(place.tree)) ? await layerAgain(ground, place) : null;
  if (layer === null) return null;
  const budget = budgetOf(ground, { place, layer, limits: {} });
  return hostWorkspace({ ground, place, layer, budget: budget.open, remove: budget.stop });
}

/** Takes over what a dead owner left under a name, as it is; null where there is nothing. */
export async function adoptWorkspace(ground: Ground, name: string): Promise<Workspace | null> {
  const place = placeOf(ground.options.root, name);
  try {
    if (!(await isFolder(place.space))) return null;
    await inherit(place.lock, ground.owner);
    // The tree is made last: without it the space was never whole, or another adopter has removed it meanwhile.
    const layer = (await isFolder(place.tree)) ? await layerAgain(ground, place) : null;
    if (layer !== null) {
      await endRest(ground, place);
      await ground.confines.rejoin(place);
      return workspaceAt(ground, { place, layer, limits: {} }).workspace;
    }
    await destroy(ground, place);
    return null;
  } catch (error) {
    throw workspaceFault(error, `taking over the workspace ${name}`);
  }
}

/** What the dead owner ran to its end or talked to has nobody any more who would end it; what it started lives on, and what is the floor's own. */
async function endRest({ see }: Ground, place: Place): Promise<void> {
  const started = (await startedIds(place.started)).map((id) => `${place.job}${id}`);
  const except = [...started, ...residents.map((which) => residentMark(place, which))].map((mark) => `JIDOKA_JOB=${mark}`);
  await endProcesses({ marker: `JIDOKA_JOB=${place.job}`, group: null, except }, see);
}

/** The layer of a workspace of an earlier life; null where its base is gone. */
async function layerAgain(ground: Ground, place: Place): Promise<Layer | null> {
  const key = await layerKeyOf(place);
  if (key === null) return noLayer(place);
  const base = await sealedBase(ground.options.root, key);
  return base === null ? null : await (await ground.layers()).again(place, base, ground.confines.userOf(place));
}

/** Everything that stands on the floor. */
export async function listFloor(ground: Ground): Promise<readonly WorkspaceView[]> {
  const workspaces = await standingWorkspaces(ground);
  return [...workspaces.map(({ view }) => view), ...(await standingBases(ground))];
}

/** Removes strays, and bases unused for long; tells what. */
export async function reapFloor(ground: Ground, { dryRun = false }: { readonly dryRun?: boolean }): Promise<ReapReport> {
  const { root, log } = ground.options;
  const all = await standingWorkspaces(ground);
  const removed: WorkspaceView[] = [];
  for (const one of all.filter(({ view }) => view.state === 'stray')) if (dryRun || (await isRemoved(ground, one))) removed.push(one.view);
  const old = await unusedBases(ground);
  if (!dryRun) {
    for (const { ref } of old) await removeBase(root, ref.name);
    await removeTraces(ground);
    emptyTrash(root).catch((error: unknown) => log(`Could not empty the trash of ${root}: ${String(error)}`));
  }
  return { removed: [...removed, ...old], left: all.flatMap(({ view }) => (view.state === 'left' ? [view] : [])) };
}

async function isRemoved(ground: Ground, { place }: Standing): Promise<boolean> {
  if ((await hasStarted(place.started)) && (await stat(join(place.space, 'name')).catch(() => null)) !== null) return false;
  if (!(await isTaken(ground, place))) return false;
  await destroy(ground, place);
  return true;
}

async function unusedBases(ground: Ground): Promise<readonly WorkspaceView[]> {
  const [bases, used] = await Promise.all([standingBases(ground), usedBases(ground)]);
  return bases.filter(({ ref, since }) => !used.has(ref.name) && Date.now() - Date.parse(since) > unusedBaseMs);
}

/** What processes left that died in the middle of taking a lock: drafts of it, and the lock of the takeover itself. */
async function removeTraces(ground: Ground): Promise<void> {
  const folder = locksOf(ground.options.root);
  for (const file of await readdir(folder)) {
    const path = join(folder, file);
    const isLeft = isDraft(file)
      ? await isDeadDraft(path, ground.owner)
      : (file.includes('~') || file.startsWith('base-')) && (await isTakenFromDead(ground, path));
    if (isLeft) await rm(path, { force: true });
  }
}

/** Taken first, so that nobody's later lock of the same name is removed in its place. */
async function isTakenFromDead(ground: Ground, lock: string): Promise<boolean> {
  return (await isDead(lock, ground.owner)) && (await isTaken(ground, { lock }));
}

/** Takes the lock of a dead owner; false where another process was quicker. */
async function isTaken({ owner }: Ground, { lock }: Pick<Place, 'lock'>): Promise<boolean> {
  return claim(lock, owner).then(
    () => true,
    () => false,
  );
}

interface Standings {
  readonly place: Place;
  readonly layer: Layer;
  readonly limits: NonNullable<OpenOptions['limits']>;
}

function workspaceAt(ground: Ground, standings: Standings): Pick<Opened, 'workspace' | 'close'> {
  const { place, layer } = standings;
  const budget = budgetOf(ground, standings);
  const remove = async (): Promise<void> => {
    await budget.stop();
    await destroy(ground, place);
  };
  const close = async (): Promise<void> => {
    await budget.stop();
    await quiet(ground, place);
  };
  return { workspace: hostWorkspace({ ground, place, layer, budget: budget.open, remove }), close };
}

interface LateBudget {
  open(): Promise<Budget>;
  stop(): Promise<void>;
}

/** The budget of a workspace, opened when it is first asked for. */
function budgetOf(ground: Ground, standings: Standings): LateBudget {
  let opening: Promise<Budget> | null = null;
  return {
    open: onceUnlessFailed(() => (opening = ground.limiter().then((limiter) => openBudget({ ...standings, limiter })))),
    stop: async () => (await opening?.catch(() => null))?.stop(),
  };
}

async function destroy(ground: Ground, place: Place): Promise<void> {
  await clear(ground, place);
  await rm(place.lock, { force: true });
}

/** Ends all that runs in a workspace, and takes back what it was given. */
async function quiet(ground: Ground, { job, ...place }: Place): Promise<void> {
  await endProcesses({ marker: `JIDOKA_JOB=${job}`, group: null }, ground.see);
  await takeBackBudget({ job }, await ground.limiter());
  await ground.confines.release({ job, ...place });
}

/** Ends the processes of a workspace and moves its folder away; removing it goes on in the background. */
async function clear(ground: Ground, place: Place): Promise<void> {
  const { root, log } = ground.options;
  await quiet(ground, place);
  const trash = await moveToTrash(root, place.space);
  if (trash === null) return;
  removeTree(trash).catch((error: unknown) => log(`Could not remove ${trash}: ${String(error)}`));
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
