import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { JidokaError } from '../../../core/base/error.ts';
import type { Attached, Workspace } from '../../../core/ports/floor.ts';
import { workspaceFault } from '../fault.ts';
import { inherit } from '../place/owner.ts';
import { blankResolver } from './blank-resolver.ts';
import { startContainer } from './engine/containers.ts';
import type { Container } from './engine/containers.ts';
import { execute } from './engine/execute.ts';
import { limitsOf } from './ground.ts';
import type { Bearings, ContainerGround } from './ground.ts';
import { jobUser, labels, layout } from './layout.ts';
import { Limits } from './limits.ts';
import { mustBeFree } from './must-be-free.ts';
import { leave } from './open.ts';
import { parseAs } from './parse-as.ts';
import { containerPlace, standingContainer } from './place.ts';
import type { ContainerPlace } from './place.ts';
import { refInside, insideOf } from './inside-floor.ts';
import type { InsideFloor } from './inside-floor.ts';
import { countersIn } from './use/counters.ts';
import { containerWorkspace } from './workspace.ts';

/** Takes over what a dead owner left under a name, as it is. */
export async function adoptContainer(ground: ContainerGround, name: string): Promise<Attached> {
  const place = containerPlace(ground, name);
  try {
    const found = await standingContainer(ground, place);
    if (found === null) return { kind: 'gone' };
    await mustBeFree(ground, place, found);
    await inherit(place.lock, ground.owner);
    // Another may have removed it before the lock was taken.
    const standing = await standingContainer(ground, place);
    if (standing === null) {
      await rm(place.lock, { force: true });
      return { kind: 'gone' };
    }
    await wake(ground, standing);
    const workspace = await workspaceIn(ground, { place, standing, visit: false });
    if (workspace !== null) return { kind: 'attached', workspace };
    await leave(ground, place);
    return { kind: 'gone' };
  } catch (error) {
    throw workspaceFault(error, `taking over the workspace ${name}`);
  }
}

/** Looks into a workspace, whoever owns it. */
export async function visitContainer(ground: ContainerGround, name: string): Promise<Attached> {
  const place = containerPlace(ground, name);
  const standing = await standingContainer(ground, place);
  if (standing === null) return { kind: 'gone' };
  if (!standing.isRunning)
    return { kind: 'unreachable', why: `its container ${place.container} does not run; whoever adopts it starts it` };
  const workspace = await workspaceIn(ground, { place, standing, visit: true });
  return workspace === null ? { kind: 'gone' } : { kind: 'attached', workspace };
}

/** A container that stopped with its machine begins again, without what ran in it. */
async function wake({ engine }: Bearings, { id, isRunning }: Container): Promise<void> {
  if (isRunning) return;
  await startContainer(engine, id);
  await blankResolver(engine, id);
  // Whoever had the lock inside ended with the container, and has no namespace left in which that could be seen.
  await execute(engine, id, { argv: ['/bin/sh', '-c', `rm -rf ${layout.floor}/.locks/* ${layout.floor}/.runners`], user: jobUser.text });
}

interface Attaching {
  readonly place: ContainerPlace;
  readonly standing: Container;
  readonly visit: boolean;
}

async function workspaceIn(ground: ContainerGround, { place, standing, visit }: Attaching): Promise<Workspace | null> {
  // Whoever has it in his hands already speaks through the runner that he has there.
  const held = ground.insides.get(place.space);
  const inside = !visit && held?.container === standing.id ? held : insideOf(ground, standing.id, place.name);
  const found = await attached(inside, place, visit);
  if (found === null) {
    await inside.floor.close();
    return null;
  }
  const key = visit ? `${place.space}~${randomUUID()}` : place.space;
  ground.insides.set(key, inside);
  return containerWorkspace({
    ground,
    place,
    container: standing.id,
    inside,
    inner: found,
    limits: limitsOf(ground, parseAs(Limits, standing.labels[labels.limits] ?? '') ?? {}),
    base: (standing.labels[labels.base] ?? '') === '' ? null : layout.base,
    // What cannot be told now is held against no command later.
    counted: (await countersIn(ground.engine, standing.id)) ?? { memory: Infinity, processes: Infinity },
    async remove() {
      if (!visit) return leave(ground, place);
      ground.insides.delete(key);
      await inside.floor.close();
    },
  });
}

async function attached({ floor }: InsideFloor, place: ContainerPlace, visit: boolean): Promise<Workspace | null> {
  const found = await floor.attach(refInside(place.name), { visit });
  if (found.kind !== 'unreachable') return found.kind === 'attached' ? found.workspace : null;
  throw new JidokaError('floor-unreachable', `The container of the workspace ${place.name} does not answer: ${found.why}`, {
    mend: 'See that the engine runs and that the container is there, and run this again.',
  });
}
