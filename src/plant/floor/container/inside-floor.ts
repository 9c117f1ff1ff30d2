import { join } from 'node:path';
import { JidokaError } from '../../../core/base/error.ts';
import type { Floor, WorkspaceRef } from '../../../core/ports/floor.ts';
import { NotBooted, bootArguments, bootOver, floorOver, wireOn } from '../remote/index.ts';
import type { Connection, Wire } from '../remote/index.ts';
import { nameOf } from './engine/engine.ts';
import { talkTo } from './engine/execute.ts';
import type { ContainerGround } from './ground.ts';
import { jobUser, layout } from './layout.ts';
import { guardedEgress } from './use/guarded-egress.ts';
import { passage } from './use/passage.ts';
import type { Passage } from './use/passage.ts';

/** The floor within one container, as its runner serves it. */
export interface InsideFloor {
  /** Id of the container. */
  readonly container: string;
  readonly floor: Floor;
  /** Whether a command runs in it that may reach something. */
  readonly passage: Passage;
}

/** The one workspace of a container, as its own floor calls it. */
export const workspaceInside = 'job';

/** The reference of the workspace of a container for its own floor. */
export function refInside(host: string): WorkspaceRef {
  return { floor: 'container', host, name: workspaceInside };
}

/** Speaks to the floor within a container, over the streams of a program that the engine starts there. */
export function insideOf(ground: ContainerGround, container: string, name: string): InsideFloor {
  const { options, engine, floor } = ground;
  const way = passage();
  return {
    container,
    passage: way,
    floor: floorOver({
      kind: 'container',
      host: name,
      connect: () => connectTo(ground, container),
      settings: {
        floor: 'contained',
        root: layout.floor,
        factory: floor,
        ...(options.mostOutputBytes !== undefined && { mostOutputBytes: options.mostOutputBytes }),
      },
      mend: `See that ${nameOf(engine)} at ${engine.where} runs and that the container is there (\`${engine.kind} ps --all\`), and run this again.`,
      folder: join(options.root, 's'),
      egress: guardedEgress(options.egress, { job: name, passage: way }),
      log: options.log,
      describe: async (probe) => probe,
    }),
  };
}

async function connectTo({ engine, pack }: ContainerGround, container: string): Promise<Connection> {
  const argv = ['node', ...bootArguments(pack)] as const;
  const talking = await talkTo(engine, container, { argv, user: jobUser.text, env: { XDG_CACHE_HOME: layout.cache } });
  const wire = wireOn({ input: talking.output, output: talking.input }, () => void talking.input.destroy());
  const complaint = (): string => talking.complaints().trim().slice(-400);
  return { wire: await booted(wire, pack, complaint), complaint };
}

async function booted(wire: Wire, pack: ContainerGround['pack'], complaint: () => string): Promise<Wire> {
  try {
    return await bootOver(wire, pack);
  } catch (error) {
    wire.drop();
    if (!(error instanceof NotBooted)) throw error;
    throw new JidokaError(
      'workspace-failed',
      `The runner did not come up in its container (${error.kind}): ${error.message || complaint()}`,
      {
        mend: 'Open the workspace anew; where that fails too, the image is at fault.',
        cause: error,
      },
    );
  }
}
