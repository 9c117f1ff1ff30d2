import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeRepository } from '../../kit/forge/index.ts';
import { registryDouble } from '../../kit/registry/index.ts';
import { saying } from '../../kit/scenario/index.ts';
import type { Lending } from '../../src/core/ports/egress.ts';
import type { Floor } from '../../src/core/ports/floor.ts';
import type { Forge } from '../../src/core/ports/forge.ts';
import type { RepositorySnapshot } from '../../src/core/packet/seed.ts';
import { systemClock } from '../../src/plant/clock/index.ts';
import { openEgress } from '../../src/plant/egress/index.ts';
import { containerFloor, hostFloor, sandboxFloor, sshFloor, type FloorOptions } from '../../src/plant/floor/index.ts';
import { gitForge } from '../../src/plant/forge/index.ts';
import { withFileLock } from '../../src/plant/postgres/index.ts';
import { npmUpstreams } from '../../src/plant/registry/index.ts';
import type { Egress } from '../../src/core/ports/egress.ts';
import { startDocker } from '../engines/docker.ts';
import { startSshd } from '../remote/sshd.ts';

/** A floor to get out of, with git and a way out as the factory gives them. */
export interface EscapeFloor {
  readonly floor: Floor;
  readonly forge: Forge & Lending;
  readonly repository: RepositorySnapshot;
  /** Folder of this machine in which something is planted. */
  readonly folder: string;
  /** User that commands run as; null for this process's own. */
  readonly user: { readonly uid: number; readonly gid: number } | null;
  /** Requests that the way out refused so far. */
  readonly refused: ReadonlySet<string>;
  close(): Promise<void>;
}

interface Base {
  readonly folder: string;
  readonly ground: FloorOptions;
  readonly egress: Egress;
}

interface Opened {
  readonly floor: Floor;
  readonly end?: () => Promise<void>;
}

type Kind = (base: Base) => Promise<Opened>;

const host: Kind = async ({ ground }) => ({ floor: hostFloor(ground) });
const sandbox: Kind = async ({ ground, egress }) => ({ floor: sandboxFloor({ ...ground, egress }) });
const ssh: Kind = async ({ folder, ground, egress }) => {
  const sshd = await startSshd(folder);
  const { host: far, sshOptions } = sshd;
  const floor = sshFloor({ ...ground, host: far, sshOptions, root: join(folder, 'far'), folder: join(folder, 'sockets'), egress });
  return { floor, end: () => sshd.stop() };
};
const container: Kind = async ({ folder, ground, egress }) => {
  const { image, address, end } = await startDocker();
  const floor = containerFloor({ ...ground, root: join(folder, 'containers'), image, engine: address, egress });
  return { floor, end };
};

/** Every floor of this machine; one that cannot be opened fails its suite. */
export const floorsToEscape = {
  host: () => openFloor(host),
  sandbox: () => openFloor(sandbox),
  ssh: () => openFloor(ssh),
  container: () => openFloor(container),
} as const;

async function openFloor(kind: Kind): Promise<EscapeFloor> {
  const folder = await mkdtemp(join(tmpdir(), 'jidoka-escapes-'));
  await chmod(folder, 0o711);
  const registry = await registryDouble({ packages: [saying('plain', { '1.0.0': 'hello' })], advisories: {} });
  const target = await makeRepository({ 'a.txt': 'one\n', 'src/b.js': 'x\n' }, { folder: join(folder, 'target') });
  const log = (): void => undefined;
  const forge = gitForge({ root: join(folder, 'forge'), env: process.env, lock: withFileLock, log });
  const env = { ...process.env, npm_config_registry: registry.url };
  const refused = new Set<string>();
  const egress = counting(
    openEgress({ upstreams: npmUpstreams({ cwd: folder, env }), git: forge, path: process.env['PATH'] ?? '' }),
    refused,
  );
  const ground = { root: join(folder, 'work'), clock: systemClock(), env, log };
  const { floor, end } = await kind({ folder, ground, egress });
  return {
    floor,
    forge,
    repository: await forge.open(target.path),
    folder,
    user: await userOf(floor),
    refused,
    async close() {
      await floor.reap();
      await floor.close();
      await end?.();
      await registry.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

/** The same way out, and what it refuses is remembered. */
function counting(egress: Egress, refused: Set<string>): Egress {
  return {
    serve: (order) =>
      egress.serve({
        ...order,
        refused: (refusal) => {
          refused.add(`${refusal.request}: ${refusal.why}`);
          order.refused(refusal);
        },
      }),
  };
}

/** Who commands of the workspace that attempts are made in are, for this machine. */
async function userOf(floor: Floor): Promise<EscapeFloor['user']> {
  const workspace = await floor.open('escapes/attempts');
  const { stdout } = await workspace.spawn({ argv: ['sh', '-c', 'id -u; id -g'], cwd: '', timeoutMs: 30_000, network: 'none' });
  await workspace.destroy();
  const [uid = NaN, gid = NaN] = stdout.trim().split('\n').map(Number);
  return uid === process.getuid?.() ? null : { uid, gid };
}
