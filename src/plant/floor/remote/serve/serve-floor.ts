import type { Egress } from '../../../../core/ports/egress.ts';
import type { BaseOrder, WorkspaceRef } from '../../../../core/ports/floor.ts';
import type { Digest } from '../../../../core/base/ids.ts';
import type { LocalFloor } from '../../floor-on.ts';
import type { Begun, OfWorkspace, OpenWords, RunnerSettings } from '../words.ts';
import type { Beat } from '../wire/beat.ts';
import { openSession } from '../wire/session.ts';
import type { Session } from '../wire/session.ts';
import type { Answers } from '../wire/served.ts';
import type { Wire } from '../wire/wire.ts';
import { handedWorkspaces } from './handed.ts';
import type { Handed } from './handed.ts';
import { pastDeadRunners, registerRunner } from './proof-of-life.ts';
import type { Registration } from './proof-of-life.ts';
import { relayedEgress } from './relayed-egress.ts';
import { workspaceAnswers } from './serve-workspace.ts';

/** What the served floor is given of the factory at the other end. */
export interface FactoryEnd {
  readonly egress: Egress;
  readonly log: (message: string) => void;
}

/** A floor to serve, and what the factory is told of where it is. */
export interface ServedFloor {
  readonly floor: LocalFloor;
  readonly begun: Begun;
}

export interface ServeOptions {
  /** Makes the floor when the factory has said what it wants. */
  readonly make: (settings: RunnerSettings, factory: FactoryEnd) => Promise<ServedFloor>;
  readonly beat?: Beat;
}

export interface Serving {
  /** Resolves, with the reason, when the wire has ended and with it all that ran here, but for started commands. */
  readonly ended: Promise<string>;
  /** Ends it from this side. */
  stop(why: string): void;
}

/** How long the factory may take to answer whoever asks whether it lives, in milliseconds. */
const proofMs = 3_000;

/**
 * Serves a floor of this machine over one wire, for one factory. What it runs is ended with the wire; what it started
 * goes on, and workspaces stay as those of any owner that died.
 *
 * @example
 * const { ended } = serveFloor(wireOn({ input: process.stdin, output: process.stdout }, () => undefined), { make });
 */
export function serveFloor(wire: Wire, { make, beat }: ServeOptions): Serving {
  let say = (_why: string): void => undefined;
  const ended = new Promise<string>((resolve) => (say = resolve));
  const handed = handedWorkspaces();
  const relay = relayedEgress(() => session);
  let served: Promise<ServedFloor> | null = null;
  let registered: Registration | null = null;
  const begin = async (settings: RunnerSettings): Promise<ServedFloor> => {
    const made = await make(settings, { egress: relay.egress, log: (message) => session.note('log', message) });
    registered = await registerRunner(made.begun.root, () => proves(session));
    return made;
  };
  const use = (): Promise<ServedFloor> => served ?? Promise.reject(new Error('The factory has not said yet which floor it wants.'));
  const session: Session = openSession(wire, {
    side: 'runner',
    answers: {
      async begin({ value }) {
        served ??= begin(value as RunnerSettings);
        return { value: (await served).begun };
      },
      ...floorAnswers(use, handed),
      ...baseAnswers(use, handed),
      ...workspaceAnswers(handed),
    },
    heard: relay.heard,
    fault: (why) => new Error(`The factory is gone: ${why}.`),
    ...(beat && { beat }),
  });
  const leave = async (why: string): Promise<void> => {
    await handed.forgetAll().catch(() => undefined);
    await (await served?.catch(() => null))?.floor.close();
    await registered?.leave();
    say(why);
  };
  void session.ended.then(leave);
  return { ended, stop: session.drop };
}

/** Asks the factory for a sign of life, and gives it up where there is none. */
async function proves(session: Session): Promise<boolean> {
  if (await session.ping(proofMs)) return true;
  session.drop('it gave no sign of life');
  return false;
}

type Use = () => Promise<ServedFloor>;

function floorAnswers(use: Use, handed: Handed): Answers {
  return {
    async probe() {
      return { value: await (await use()).floor.probe() };
    },
    async open({ value }) {
      const { name, base, limits } = value as OpenWords;
      const { floor, begun } = await use();
      const options = { ...(base && { base: { floor: floor.kind, key: base } }), ...(limits && { limits }) };
      return { value: await handed.hand(await pastDeadRunners(begun.root, () => floor.open(name, options))) };
    },
    async attach({ value }) {
      const { name, visit } = value as { readonly name: string; readonly visit: boolean };
      const { floor, begun } = await use();
      const ref: WorkspaceRef = { floor: floor.kind, host: begun.host, name };
      const found = await pastDeadRunners(begun.root, () => floor.attach(ref, { visit }));
      return { value: found.kind === 'attached' ? await handed.hand(found.workspace) : null };
    },
    async list() {
      return { value: await (await use()).floor.list() };
    },
    async reap({ value }) {
      return { value: await (await use()).floor.reap(value as { readonly dryRun: boolean }) };
    },
  };
}

function baseAnswers(use: Use, handed: Handed): Answers {
  return {
    async 'base.find'({ value }) {
      return { value: await (await (await use()).floor.bases()).find(value as Digest) };
    },
    async 'base.begin'({ value }) {
      const { key, limits } = value as { readonly key: Digest; readonly limits: BaseOrder['limits'] | null };
      const building = await (await (await use()).floor.bases()).begin(key, limits ?? undefined);
      return { value: building === null ? null : await handed.hand(building.workspace, building) };
    },
    async 'base.seal'({ value }) {
      const { handle } = value as OfWorkspace;
      await handed.building(handle).seal();
      await handed.forget(handle);
    },
    async 'base.abandon'({ value }) {
      const { handle } = value as OfWorkspace;
      await handed.building(handle).abandon();
      await handed.forget(handle);
    },
  };
}
