import { JidokaError, isJidokaError } from '../../../../core/base/error.ts';
import type { Egress } from '../../../../core/ports/egress.ts';
import type { Attached, Floor, FloorProbe, OpenOptions, Workspace, WorkspaceRef, WorkspaceView } from '../../../../core/ports/floor.ts';
import { prepareBase } from '../../layers/prepare-base.ts';
import type { BaseKeeper } from '../../layers/base-keeper.ts';
import type { Begun, HandedWorkspace, OpenWords } from '../words.ts';
import type { Session } from '../wire/session.ts';
import { read } from './answers.ts';
import { gatesFor } from './gates.ts';
import type { Holding } from './in-hand.ts';
import { linkTo } from './link.ts';
import type { Link, LinkOptions } from './link.ts';
import { socketFolder } from './socket-folder.ts';
import type { SocketFolder } from './socket-folder.ts';
import { workspaceOver } from './workspace-over.ts';

export interface FloorOverOptions extends Omit<LinkOptions, 'party'> {
  /** What this floor is called, here and in refs: 'ssh'. */
  readonly kind: string;
  /** Private folder of the factory on this machine, for sockets; made where it is missing. */
  readonly folder: string;
  /** What the workspaces may reach of the world, from here. */
  readonly egress: Egress;
  readonly log: (message: string) => void;
  /** What the evidence says of the floor, from what the runner says of its own. */
  readonly describe: (probe: FloorProbe, begun: Begun) => Promise<FloorProbe>;
}

/**
 * A floor that a runner serves at the other end of a wire. It connects when it is first used, and anew for the next use
 * after the wire broke; what was under way then fails with `floor-unreachable`, and no workspace is called gone unless
 * the runner says so.
 *
 * @example
 * const floor = floorOver({ kind: 'ssh', host: 'build.example', connect, settings, egress, folder, describe, log, mend });
 */
export function floorOver(options: FloorOverOptions): Floor {
  const { kind, host, egress, log, folder, describe } = options;
  const sockets = socketFolder(folder);
  const link = linkTo({
    ...options,
    party(session) {
      const { answers, heard, closeAll } = gatesFor(egress, sockets, session);
      return {
        answers,
        heard: (name, told) => (name === 'log' ? log(`${host}: ${String(told)}`) : heard(name, told)),
        ended: () => void closeAll(),
      };
    },
  });
  const around = { link, floor: kind, host, sockets };
  const told = <T>(work: () => Promise<T>): Promise<T> => work().catch((error: unknown) => Promise.reject(atHost(host, error)));
  const named = (view: WorkspaceView): WorkspaceView => ({ ...view, ref: { floor: kind, host, name: view.ref.name } });
  return {
    kind,
    probe: () =>
      told(async () => {
        const { session, begun } = await link.use();
        return describe(read.probe(await session.call('probe', null).answer), begun);
      }),
    prepare: (order) =>
      told(async () => {
        await prepareBase(keeperOver(around), order);
        return { floor: kind, key: order.key };
      }),
    open: (name, how) => told(() => openOver(around, name, how)),
    attach: (ref, { visit = false } = {}) => told(() => attachOver(around, ref, visit)),
    list: () =>
      told(async () => {
        const { session } = await link.use();
        return read.views(await session.call('list', null).answer).map(named);
      }),
    reap: ({ dryRun = false } = {}) =>
      told(async () => {
        const { session } = await link.use();
        const { removed, left } = read.reaped(await session.call('reap', { dryRun }).answer);
        return { removed: removed.map(named), left: left.map(named) };
      }),
    async close() {
      await link.close();
      await sockets.close();
    },
  };
}

interface Around {
  readonly link: Link;
  readonly floor: string;
  readonly host: string;
  readonly sockets: SocketFolder;
}

function handedOver(
  around: Around,
  session: Session,
  { handed, holding }: { readonly handed: HandedWorkspace; readonly holding: Holding },
): Workspace {
  return workspaceOver(handed, { ...around, session, holding });
}

async function openOver(around: Around, name: string, { base, limits }: OpenOptions = {}): Promise<Workspace> {
  const { session } = await around.link.use();
  const words: OpenWords = { name, base: base?.key ?? null, limits: limits ?? null };
  return handedOver(around, session, { handed: read.handed(await session.call('open', words).answer), holding: 'owner' });
}

async function attachOver(around: Around, { name, host }: WorkspaceRef, visit: boolean): Promise<Attached> {
  if (host !== around.host) {
    return { kind: 'unreachable', why: `${name} stands on ${host}, and this factory's floor is on ${around.host}` };
  }
  const joined = await around.link.use().catch(whyNot);
  if (typeof joined === 'string') return { kind: 'unreachable', why: joined };
  const { session } = joined;
  const answer = await session.call('attach', { name, visit }).answer.catch((error: unknown) => {
    if (isJidokaError(error) && error.code === 'floor-unreachable') return whyNot(error);
    throw error;
  });
  if (typeof answer === 'string') return { kind: 'unreachable', why: answer };
  const handed = read.handedOrNull(answer);
  if (handed === null) return { kind: 'gone' };
  return { kind: 'attached', workspace: handedOver(around, session, { handed, holding: visit ? 'visitor' : 'owner' }) };
}

function whyNot(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Has bases built over there, while source and setup come from here. */
function keeperOver(around: Around): BaseKeeper {
  return {
    async find(key) {
      const { session } = await around.link.use();
      return read.isTrue(await session.call('base.find', key).answer);
    },
    async begin(key, limits) {
      const { session } = await around.link.use();
      const handed = read.handedOrNull(await session.call('base.begin', { key, limits: limits ?? null }).answer);
      if (handed === null) return null;
      const { handle } = handed;
      return {
        workspace: handedOver(around, session, { handed, holding: 'builder' }),
        async seal() {
          await session.call('base.seal', { handle }).answer;
        },
        async abandon() {
          await session.call('base.abandon', { handle }).answer;
        },
      };
    },
  };
}

/** What a machine lacks is said of that machine. */
function atHost(host: string, error: unknown): unknown {
  if (!isJidokaError(error) || !['no-sandbox', 'npm-missing', 'git-missing', 'disk-full'].includes(error.code)) return error;
  const { code, message, mend, data } = error;
  return new JidokaError(code, `On ${host}: ${message}`, { mend: `On ${host}: ${mend}`, data, cause: error });
}
