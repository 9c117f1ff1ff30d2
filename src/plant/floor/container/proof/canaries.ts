import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import type { FloorClaim } from '../../../../core/ports/floor.ts';
import { JidokaError } from '../../../../core/base/error.ts';
import { startProcess } from '../../spawn/spawn.ts';
import { canaryProgram, sightFile } from '../../walls/canary-program.ts';
import type { CanaryOrder, Sight } from '../../walls/canary-program.ts';
import { claimsOf } from '../../walls/canary/claims.ts';
import { plant } from '../../walls/canary/plant.ts';
import type { Planted } from '../../walls/canary/plant.ts';
import { processesWith } from '../../walls/canary/processes-with.ts';
import { takeFile } from '../engine/archive.ts';
import { makeContainer, removeContainer, startContainer } from '../engine/containers.ts';
import type { ContainerOrder, HeldLimits } from '../engine/containers.ts';
import type { Engine } from '../engine/engine.ts';
import { talkTo } from '../engine/execute.ts';
import { jobUser, layout } from '../layout.ts';
import { sendLimitCanaries } from './limit-canaries.ts';
import { sendSysCanary } from './sys-canary.ts';
import { findTools, lacking } from './tools.ts';
import type { ImageTools } from './tools.ts';

export interface ContainerProof {
  readonly tools: ImageTools;
  readonly claims: readonly FloorClaim[];
}

export interface ProofOrder extends Omit<ContainerOrder, 'limits' | 'user'> {
  /** What the owner calls the image. */
  readonly called: string;
  /** Folder of this host in which to plant; what is planted is removed. */
  readonly folder: string;
}

/** Little, so that it is soon taken; enough for Node.js. */
const limits: HeldLimits = { memoryBytes: 160 * 1024 * 1024, cpus: 1.5, processes: 64 };
/** How long the canary may take, in milliseconds. */
const deadlineMs = 30_000;
const goneMs = 5_000;

/**
 * Makes a container as workspaces are, and sends canaries into it: they try to reach what was planted on this host, leave
 * a daemon, and take more than they may. Then the container is removed and looked for. Throws `usage` for an image that
 * jobs cannot run in.
 */
export async function proveContainer(engine: Engine, order: ProofOrder): Promise<ContainerProof> {
  const planted = await plant(order.folder, null);
  const neighbour = standIn(planted);
  try {
    const container = await makeContainer(engine, { ...order, user: jobUser.text, limits });
    try {
      await startContainer(engine, container).catch((error: unknown) => {
        throw withoutShell(error, order.called);
      });
      const tools = await findTools(engine, container, order.called);
      const seen = await send(engine, container, inside(planted, engine));
      const alive = await daemonsIn(engine, container, planted);
      const hidden = await sendSysCanary(engine, container);
      const limitClaims = await sendLimitCanaries(engine, container, limits);
      await removeContainer(engine, container);
      const facts = { ...seen, reached: planted.reached(), daemon: { alive, left: await untilGone(planted) } };
      return { tools, claims: [...claimsOf(facts).map(ofContainer), hidden, ...limitClaims] };
    } finally {
      await removeContainer(engine, container);
    }
  } finally {
    neighbour.end();
    await planted.remove();
  }
}

/** A claim in the words that fit here: the canaries' own are those of walls. */
function ofContainer({ proof, ...claim }: FloorClaim): FloorClaim {
  const fits = proof
    .replace('on the host', 'as the engine sees it')
    .replace("its launcher's parent", "a process of the factory's machine")
    .replace('its launcher was killed', 'its container was removed');
  return { ...claim, proof: fits };
}

/** A process of this host that holds the secret in its environment and the mark in its command line. */
function standIn({ order }: Planted): { readonly end: () => void } {
  const running = startProcess({
    argv: ['/bin/sh', '-c', 'while :; do sleep 1; done', order.neighbour.join('')],
    cwd: '/',
    env: { PATH: '/usr/bin:/bin', SECRET: order.secret.join('') },
    user: null,
  });
  return {
    end: () => {
      if (running.group !== null) process.kill(-running.group, 'SIGKILL');
    },
  };
}

/** What is to be reached on this host, and what is the canary's own in its container. */
function inside({ order }: Planted, { socket }: Engine): CanaryOrder {
  const sockets = socket === null ? order.sockets : [...order.sockets, socket];
  return { ...order, inside: layout.floor, readable: layout.base, sockets };
}

/** What the canary saw, and whom the engine says that belongs to. */
async function send(engine: Engine, container: string, order: CanaryOrder): Promise<{ readonly sight: Sight; readonly owner: number }> {
  const argv = ['node', '-e', canaryProgram(order)] as const;
  const canary = await talkTo(engine, container, { argv, user: jobUser.text });
  const late = new AbortController();
  const said = (async () => {
    for await (const chunk of canary.output) if (String(chunk).includes('seen')) return;
  })();
  await Promise.race([said, wait(deadlineMs, undefined, { signal: late.signal }).catch(() => undefined)]);
  late.abort();
  canary.input.destroy();
  const found = await takeFile(engine, container, `${layout.floor}/${sightFile}`);
  // The canary is the factory's own program, and its file is whole: it was renamed.
  if (found !== null) return { sight: JSON.parse(found.text) as Sight, owner: found.uid };
  const why = canary.complaints().trim().split('\n').slice(0, 4).join('; ') || 'it ended without a word';
  throw new JidokaError('no-sandbox', `The canary did not come back from a container of ${engine.kind}: ${why}`, {
    mend: 'Look at what it says; nothing is started in containers that cannot be looked at.',
  });
}

/** The daemons that the canary left, as the engine sees them. */
async function daemonsIn(engine: Engine, container: string, { order }: Planted): Promise<readonly number[]> {
  const mark = order.daemon.join('');
  const { Processes } = (await engine.api.getContainer(container).top({ ps_args: '-eo pid,args' })) as {
    readonly Processes: readonly (readonly string[])[];
  };
  const lines = Processes.map((columns) => columns.join(' ').trim()).filter((line) => line.includes(mark));
  return lines.map((line) => Number.parseInt(line, 10));
}

/** Processes of this host that carry the daemon's mark once its container is gone; an engine elsewhere has none here. */
async function untilGone({ order }: Planted): Promise<readonly number[]> {
  const until = performance.now() + goneMs;
  for (;;) {
    const left = await processesWith(order.daemon.join(''));
    if (left.length === 0 || performance.now() > until) return left;
    await wait(10);
  }
}

/** An image without a shell cannot begin. */
function withoutShell(error: unknown, image: string): unknown {
  const said = error instanceof Error ? error.message : '';
  return /\/bin\/sh.*(no such file|not found|executable file)|(no such file|not found).*\/bin\/sh/is.test(said)
    ? lacking(image, ['sh'])
    : error;
}
