import { z } from 'zod';
import type { WorkspaceView } from '../../../core/ports/floor.ts';
import { holderOf, lifeOfOwner } from '../place/owner.ts';
import type { Owner } from '../place/owner.ts';
import { listBaseImages } from './bases/base-images.ts';
import { listContainers } from './engine/containers.ts';
import type { Container } from './engine/containers.ts';
import type { Bearings } from './ground.ts';
import { labels } from './layout.ts';
import { parseAs } from './parse-as.ts';
import { containerPlace, hasMarks } from './place.ts';
import type { ContainerPlace } from './place.ts';

/** A workspace of this floor, and where it stands. */
export interface Standing {
  readonly place: ContainerPlace;
  readonly view: WorkspaceView;
}

const OwnerLabel = z.strictObject({ pid: z.number(), started: z.string(), boot: z.string(), namespace: z.string(), host: z.string() });

/** Everything that stands on the floor, as the engine tells. Throws `floor-unreachable`. */
export async function listContainerFloor(bearings: Bearings): Promise<readonly WorkspaceView[]> {
  const [workspaces, bases] = await Promise.all([standingWorkspaces(bearings), listBaseImages(bearings)]);
  return [...workspaces.map(({ view }) => view), ...bases.map(({ view }) => view)];
}

/** The containers of workspaces, by name. */
export async function standingWorkspaces(bearings: Bearings): Promise<readonly Standing[]> {
  const containers = await listContainers(bearings.engine, { [labels.floor]: bearings.floor, [labels.use]: 'workspace' });
  const standing = await Promise.all(containers.map((container) => standingAt(bearings, container)));
  return standing.toSorted((left, right) => (left.place.name < right.place.name ? -1 : 1));
}

async function standingAt(bearings: Bearings, container: Container): Promise<Standing> {
  const place = containerPlace(bearings, container.labels[labels.name] ?? '');
  const owner = (await holderOf(place.lock)) ?? ownerIn(container.labels);
  const dead = owner === null || (await isDead(owner, bearings.owner));
  const state = !dead ? 'live' : (await hasMarks(place)) ? 'left' : 'stray';
  const ref = { floor: 'container', host: bearings.engine.host, name: place.name };
  return {
    place,
    view: { ref, state, owner: owner === null ? '' : `process ${owner.pid} on ${owner.host}`, since: container.made },
  };
}

/** Of an owner on another machine nobody here knows that he is dead: his containers are his to remove. */
export async function isDead(owner: Owner, here: Owner): Promise<boolean> {
  return (await lifeOfOwner(owner, here)) === 'dead';
}

/** Who made a container, as its label says; null where it says nothing of the kind. */
export function ownerIn(told: Readonly<Record<string, string>>): Owner | null {
  // Labels are text that anybody can write who may speak to the engine.
  return parseAs(OwnerLabel, told[labels.owner] ?? '');
}
