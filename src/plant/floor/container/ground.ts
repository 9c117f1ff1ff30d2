import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { z } from 'zod';
import { JidokaError } from '../../../core/base/error.ts';
import type { Egress } from '../../../core/ports/egress.ts';
import type { FloorClaim, FloorProbe, Limits } from '../../../core/ports/floor.ts';
import type { FloorOptions } from '../ground.ts';
import { thisOwner } from '../place/owner.ts';
import type { Owner } from '../place/owner.ts';
import { locksOf } from '../place/places.ts';
import { packRunner } from '../remote/index.ts';
import type { Pack } from '../remote/index.ts';
import { requiredClaims } from '../walls/index.ts';
import { nameOf } from './engine/engine.ts';
import type { Engine } from './engine/engine.ts';
import { asked } from './engine/fault.ts';
import { findEngine } from './engine/find-engine.ts';
import { groundImage } from './image/ground-image.ts';
import { haveImage } from './image/images.ts';
import type { Image } from './image/images.ts';
import { floorDigest, jobUser } from './layout.ts';
import { proveContainer } from './proof/canaries.ts';
import { provedLately } from './proof/proved-lately.ts';
import { sysClaim } from './proof/sys-canary.ts';
import type { ImageTools } from './proof/tools.ts';
import { ownLabels } from './own-labels.ts';
import type { InsideFloor } from './inside-floor.ts';

export interface ContainerFloorOptions extends FloorOptions {
  /** What commands may reach of the world; it is reached through the engine alone. */
  readonly egress: Egress;
  /** Image that workspaces begin with: it has sh, git, npm and Node.js 20.19 or newer. Null for `node:22-bookworm`. */
  readonly image: string | null;
  /** 'unix:///run/podman/podman.sock', 'tcp://…'; null for DOCKER_HOST, or the first that answers where engines usually are. */
  readonly engine?: string | null;
  /** What a workspace may use where nobody says otherwise. */
  readonly limits?: Partial<Limits>;
}

/** What is needed to look at containers and to remove them. */
export interface Bearings {
  readonly options: ContainerFloorOptions;
  readonly engine: Engine;
  readonly owner: Owner;
  /** Names this floor in the labels of what is its own. */
  readonly floor: string;
  /** What this process has in its hands, by the space of its workspace. */
  readonly insides: Map<string, InsideFloor>;
}

/** What is needed to open workspaces: a container of this image was tried, and it holds. */
export interface ContainerGround extends Bearings {
  readonly image: Image;
  /** Id of the image with what the floor adds to it. */
  readonly ground: string;
  readonly pack: Pack;
  readonly tools: ImageTools;
  readonly claims: readonly FloorClaim[];
  readonly machine: Machine;
  /** Keys of the bases that this process builds now. */
  readonly building: Set<string>;
}

/** It has all that a job needs, and is kept up by those who make Node.js. */
const usualImage = 'node:22-bookworm';

/** All that the proof of a container rests on, but for the image. */
const Machine = z.object({
  NCPU: z.number(),
  MemTotal: z.number(),
  KernelVersion: z.string(),
  Architecture: z.string(),
  CgroupVersion: z.string().default(''),
  CgroupDriver: z.string().default(''),
  DefaultRuntime: z.string().default(''),
  SecurityOptions: z.array(z.string()).nullish(),
});
type Machine = z.infer<typeof Machine>;

/** Finds the engine. Throws `floor-unreachable`, `usage`. */
export async function takeBearings(options: ContainerFloorOptions, insides: Bearings['insides']): Promise<Bearings> {
  await mkdir(locksOf(options.root), { recursive: true, mode: 0o700 });
  const engine = await findEngine({ engine: options.engine ?? null, env: options.env });
  return { options, engine, owner: await thisOwner(), floor: floorDigest(options.root), insides };
}

/** Has the image, puts into it what the floor needs, and proves a container of it. Throws `no-sandbox`, `usage`, `floor-unreachable`. */
export async function prepareContainerGround(bearings: Bearings): Promise<ContainerGround> {
  const { engine, options, floor } = bearings;
  const called = options.image ?? usualImage;
  const image = await haveImage(engine, called, options.log);
  const pack = await packRunner();
  const ground = await groundImage(engine, { image, pack, labels: ownLabels(bearings, 'ground') });
  const machine = Machine.parse(await asked(engine, 'asking what the machine has', () => engine.api.info()));
  const { tools, claims } = await provedLately(
    { root: options.root, about: { engine: nameOf(engine), where: engine.where, machine, ground } },
    () => {
      const name = `jidoka-${floor}-canary-${randomUUID().slice(0, 8)}`;
      return proveContainer(engine, { called, image: ground, name, labels: ownLabels(bearings, 'canary'), folder: options.root });
    },
  );
  const refuted = claims.filter(({ claim, state }) => required.includes(claim) && state !== 'proved');
  if (refuted.length > 0) throw doesNotHold(engine, refuted);
  return { ...bearings, image, ground, pack, tools, claims, machine, building: new Set() };
}

const required: readonly string[] = [...requiredClaims, 'limits.memory', 'limits.processes'];

function doesNotHold(engine: Engine, refuted: readonly FloorClaim[]): JidokaError {
  const why = refuted.map(({ claim, proof }) => `${claim} is refuted (${proof})`).join('; ');
  const limits = refuted.every(({ claim }) => claim.startsWith('limits.'));
  return new JidokaError('no-sandbox', `A container of ${nameOf(engine)} does not confine commands, so nothing was started: ${why}.`, {
    mend: limits
      ? `The engine does not hold limits here: give it cgroups (without root it needs cgroup v2 with the controllers memory and pids), and look at \`${engine.kind} info\`.`
      : `Look at why each claim failed, and at the settings of the engine (\`${engine.kind} info\`); nothing weaker is used instead.`,
  });
}

/** What a reader of the evidence is told of the floor. */
export function describeContainers({ engine, image, tools, claims, machine, options }: ContainerGround): FloorProbe {
  return {
    kind: 'container',
    tier: 'T3',
    host: engine.host,
    platform: `linux ${machine.KernelVersion} ${machine.Architecture}`,
    user: `${jobUser.name} (${jobUser.uid})`,
    node: tools.node,
    npm: tools.npm,
    wall: nameOf(engine),
    limits: engine.kind,
    layers: 'image',
    image: image.digest,
    region: options.region ?? null,
    claims,
    caveats: [
      ...claims.flatMap(({ claim, state, proof }) => (claim === sysClaim && state !== 'proved' ? [`of the host's /sys ${proof}`] : [])),
      ...image.volumes.map((path) => `what is written to ${path} is on a volume, whose size is not watched and which no base keeps`),
    ],
  };
}

/** What a workspace may use: as it was ordered, as the owner settled, or a fair part of the machine. */
export function limitsOf({ options, machine }: Pick<ContainerGround, 'options' | 'machine'>, ordered: Partial<Limits> = {}): Limits {
  const usual: Limits = {
    memoryBytes: Math.max(2 * gib, Math.floor(machine.MemTotal / 2)),
    cpus: machine.NCPU,
    processes: 2048,
    diskBytes: 20 * gib,
  };
  const limits = { ...usual, ...options.limits, ...ordered };
  // An engine refuses to give more than there is.
  return { ...limits, cpus: Math.min(limits.cpus, machine.NCPU) };
}

const gib = 1024 ** 3;
