import { rm } from 'node:fs/promises';
import { JidokaError } from '../../../core/base/error.ts';
import type { BaseRef, OpenOptions, Workspace } from '../../../core/ports/floor.ts';
import { workspaceFault } from '../fault.ts';
import { claim } from '../place/owner.ts';
import { useBaseImage } from './bases/base-images.ts';
import { blankResolver } from './blank-resolver.ts';
import { makeContainer, removeContainer, startContainer } from './engine/containers.ts';
import { limitsOf } from './ground.ts';
import type { Bearings, ContainerGround } from './ground.ts';
import { jobUser, labels, layout } from './layout.ts';
import { mustBeFree } from './must-be-free.ts';
import { ownLabels } from './own-labels.ts';
import { containerPlace, makeSpace, standingContainer } from './place.ts';
import type { ContainerPlace } from './place.ts';
import { refInside, insideOf, workspaceInside } from './inside-floor.ts';
import type { InsideFloor } from './inside-floor.ts';
import { containerWorkspace } from './workspace.ts';

/** A workspace that was opened, and the container that it is in. */
export interface Opened {
  readonly workspace: Workspace;
  readonly place: ContainerPlace;
  readonly container: string;
  readonly inside: InsideFloor;
}

/** What the runner and the first process of a container take, which is not the job's, and is given on top of its limits. */
const share = { memoryBytes: 128 * 1024 * 1024, processes: 40 } as const;

/** Opens a workspace in a container of its own, empty or over a base; what a dead owner left under its name is removed first. */
export async function openContainer(ground: ContainerGround, name: string, options: OpenOptions = {}): Promise<Opened> {
  const place = containerPlace(ground, name);
  await take(ground, place).catch((error: unknown) => {
    throw workspaceFault(error, `opening the workspace ${name}`);
  });
  try {
    await clear(ground, place);
    return await begin(ground, place, options);
  } catch (error) {
    await leave(ground, place).catch(() => undefined); // nothing half-made stays; the first fault tells why
    throw workspaceFault(error, `opening the workspace ${name}`);
  }
}

async function take(ground: ContainerGround, place: ContainerPlace): Promise<void> {
  const standing = await standingContainer(ground, place);
  if (standing !== null) await mustBeFree(ground, place, standing);
  await claim(place.lock, ground.owner);
}

async function begin(ground: ContainerGround, place: ContainerPlace, { base, limits: ordered = {} }: OpenOptions): Promise<Opened> {
  const limits = limitsOf(ground, ordered);
  const image = base === undefined ? ground.ground : await useBaseImage(ground, base);
  await makeSpace(place);
  const container = await makeContainer(ground.engine, {
    name: place.container,
    image,
    user: jobUser.text,
    labels: {
      ...ownLabels(ground, 'workspace'),
      [labels.name]: place.name,
      [labels.base]: base?.key ?? '',
      [labels.limits]: JSON.stringify(limits),
    },
    limits: { ...limits, memoryBytes: limits.memoryBytes + share.memoryBytes, processes: limits.processes + share.processes },
  });
  await startContainer(ground.engine, container);
  const inside = insideOf(ground, container, place.name);
  ground.insides.set(place.space, inside);
  const [inner] = await Promise.all([
    base === undefined ? inside.floor.open(workspaceInside) : insideBase(inside, place, base),
    blankResolver(ground.engine, container),
  ]);
  const workspace = containerWorkspace({
    ground,
    place,
    container,
    inside,
    inner,
    limits,
    base: base === undefined ? null : layout.base,
    counted: { memory: 0, processes: 0 },
    remove: () => leave(ground, place),
  });
  return { workspace, place, container, inside };
}

async function insideBase({ floor }: InsideFloor, place: ContainerPlace, { key }: BaseRef): Promise<Workspace> {
  const found = await floor.attach(refInside(place.name));
  if (found.kind === 'attached') return found.workspace;
  throw new JidokaError(
    'workspace-failed',
    `There is no tree in the base ${key.slice(0, 12)} (${found.kind === 'unreachable' ? found.why : 'gone'}).`,
    {
      mend: 'Prepare it again and open the workspace anew.',
    },
  );
}

/** Removes a workspace with its container, and everything that is known of it. */
export async function leave(bearings: Bearings, place: ContainerPlace): Promise<void> {
  await clear(bearings, place);
  await rm(place.lock, { force: true });
}

/** Removes the container of a workspace, and what this machine knows of it; the lock stays. */
async function clear(bearings: Bearings, { container, space }: ContainerPlace): Promise<void> {
  const inside = bearings.insides.get(space);
  bearings.insides.delete(space);
  await removeContainer(bearings.engine, container);
  // What was said to its runner has ended with it.
  await inside?.floor.close().catch(() => undefined);
  await rm(space, { recursive: true, force: true });
}
