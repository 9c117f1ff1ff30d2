import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import type { Egress } from '../../../core/ports/egress.ts';
import { tiers } from '../../../core/ports/floor.ts';
import type { Floor, FloorClaim, FloorProbe, Tier } from '../../../core/ports/floor.ts';
import type { FloorOptions } from '../ground.ts';
import { floorOver } from '../remote/over/floor-over.ts';
import type { Beat } from '../remote/wire/beat.ts';
import type { Begun, RunnerSettings } from '../remote/words.ts';
import { bootOfMachine } from '../spawn/life.ts';
import { connectBySsh } from './connect-ssh.ts';
import { sshArguments } from './ssh-command.ts';
import type { SshTarget } from './ssh-command.ts';

export interface SshFloorOptions extends SshTarget, Pick<FloorOptions, 'env' | 'log' | 'mostOutputBytes' | 'region'> {
  /** Which floor of its own the machine offers; `sandbox` where nothing is said. */
  readonly floor?: RunnerSettings['floor'];
  /** The least tier that its sandbox may have; default T2. */
  readonly least?: Tier;
  /** Folder of the floor on that machine; one below the home of its user, apart for each factory, where nothing is said. */
  readonly root?: string;
  /** Private folder of the factory on this machine, for sockets; made where it is missing. Its path tells factories apart. */
  readonly folder: string;
  /** node on that machine: a path where its commands do not find it. */
  readonly node?: string;
  readonly egress: Egress;
  readonly beat?: Beat;
  /** How long connecting may take, in milliseconds. */
  readonly connectMs?: number;
}

const defaultConnectMs = 60_000;

/**
 * The floor of another machine, reached by the ssh of this one. That machine needs sshd, Node.js 20.19 or newer with npm,
 * git, and what its own floor needs; the rest is put there. Its ways out are served by this factory, so that no
 * credential leaves it. Throws `floor-unreachable` with what is to be mended on which machine.
 *
 * @example
 * const floor = sshFloor({ host: 'ada@build.example', folder: '/home/ada/.jidoka/ssh', egress, env: process.env, log: console.error });
 * const { tier } = await floor.probe(); // 'T4' on another machine, behind a wall there
 */
export function sshFloor(options: SshFloorOptions): Floor {
  const { host, folder, env, egress, log, root, floor = 'sandbox', node = 'node', mostOutputBytes, beat } = options;
  // A host that is no host is told before anybody waits for it.
  sshArguments(options, []);
  const connectMs = options.connectMs ?? defaultConnectMs;
  return floorOver({
    kind: 'ssh',
    host,
    folder,
    egress,
    log,
    connectMs,
    connect: () => connectBySsh({ ...options, node, env, connectMs }),
    settings: {
      floor,
      root: root ?? null,
      factory: createHash('sha256').update(`${hostname()} ${folder}`).digest('hex').slice(0, 12),
      ...(options.least && { least: options.least }),
      ...(mostOutputBytes !== undefined && { mostOutputBytes }),
    },
    describe: (probe, begun) => describeOver(probe, begun, options.region ?? null),
    mend: `See that ${host} is up and that \`ssh ${host} true\` works; what was under way there has ended and is done again.`,
    ...(beat && { beat }),
  });
}

/** What the machine says of its floor, and what its being another machine adds. */
async function describeOver(probe: FloorProbe, begun: Begun, region: string | null): Promise<FloorProbe> {
  const here = await bootOfMachine();
  const isOther = begun.boot !== '' && begun.boot !== here;
  const claim: FloorClaim = {
    claim: 'kernel.other',
    state: isOther ? 'proved' : 'refuted',
    proof: begun.boot === '' ? `${begun.host} does not tell its boot` : `${begun.host} runs boot ${begun.boot}, this machine ${here}`,
  };
  return {
    ...probe,
    kind: 'ssh',
    tier: isOther ? tierOfOther(probe.tier) : probe.tier,
    wall: probe.wall === 'none' ? 'none' : `${probe.wall} over ssh`,
    region,
    claims: [...probe.claims, claim],
    caveats: [...probe.caveats, ...(isOther ? [] : [`commands run by the kernel of the factory: ${begun.host} is this machine`])],
  };
}

/** Another kernel adds to a wall. Without one, commands reach whatever that machine reaches, this one perhaps. */
function tierOfOther(own: Tier): Tier {
  return tiers.indexOf(own) >= tiers.indexOf('T2') ? 'T4' : own;
}
