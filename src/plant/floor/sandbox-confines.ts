import { createHash } from 'node:crypto';
import { constants as machine } from 'node:os';
import { join } from 'node:path';
import type { Egress, EgressGate, EgressRefusal } from '../../core/ports/egress.ts';
import type { Command, ProcessExit, ProcessResult } from '../../core/ports/floor.ts';
import type { Confines } from './confines.ts';
import { commandEnvironment } from './environment.ts';
import type { HostEnvironment } from './environment.ts';
import { socketOf } from './places.ts';
import type { Place } from './places.ts';
import type { Start } from './spawn/spawn.ts';
import { nodeFolders, notStarted, type Wall } from './walls/index.ts';

export interface SandboxConfinesOptions {
  readonly wall: Wall;
  readonly egress: Egress;
  readonly env: HostEnvironment;
  /** PATH of commands. */
  readonly path: string;
  /** Program that answers at a port inside for the socket outside; readable for everyone. */
  readonly forwarder: string;
  readonly refused: (place: Place, refusal: EgressRefusal) => void;
}

/** Port of the forwarder; each command has a network of its own. */
const port = 4873;
/** First of the user ids that jobs run as where the factory is root; far from those of people and of services. */
const firstUid = 0x4000_0000;

/** A wall around every command; its one way out is a socket that the factory answers. */
export function sandboxConfines(options: SandboxConfinesOptions): Confines {
  const gates = new Map<string, Promise<EgressGate>>();
  const node = nodeFolders();
  const gateOf = (place: Place): Promise<EgressGate> => {
    const open = gates.get(place.space) ?? openGate(place, options);
    gates.set(place.space, open);
    // One that could not be opened is nothing to close later, and is tried anew.
    open.catch(() => gates.delete(place.space));
    return open;
  };
  return {
    userOf: jobUser,
    async enclose(place, command, cwd) {
      const gate = command.network === 'registry' ? await gateOf(place) : null;
      const { argv, env } = gate === null ? { argv: command.argv, env: {} } : forwarded(command, place, { gate, options });
      return options.wall.confine({
        argv,
        cwd,
        env: { ...environmentIn(place, options), ...env, ...command.env },
        writable: [place.tree, place.scratch, place.home, place.tmp],
        readable: [...(await node), options.forwarder],
        socket: gate === null ? null : socketOf(place),
      });
    },
    resultOf: (result) => ({ ...result, exit: exitOf(result, options.wall) }),
    async release(place) {
      const gate = gates.get(place.space);
      gates.delete(place.space);
      await (await gate)?.close();
    },
  };
}

/** Each job is a user of its own, so that none can reach another's files even if its wall had a hole. */
export function jobUser({ job }: Pick<Place, 'job'>): Start['user'] {
  if (process.getuid?.() !== 0) return null;
  const id = firstUid + (createHash('sha256').update(job).digest().readUInt32BE() % firstUid);
  return { uid: id, gid: id };
}

function openGate(place: Place, { egress, refused }: SandboxConfinesOptions): Promise<EgressGate> {
  return egress.serve({ socket: socketOf(place), user: jobUser(place), refused: (refusal) => refused(place, refusal) });
}

interface Way {
  readonly gate: EgressGate;
  readonly options: SandboxConfinesOptions;
}

function forwarded(
  { argv }: Command,
  place: Place,
  { gate, options }: Way,
): Pick<Command, 'argv'> & { readonly env: Record<string, string> } {
  return {
    argv: [process.execPath, options.forwarder, socketOf(place), String(port), '--', ...argv],
    env: { ...gate.environment(port) },
  };
}

/** Nothing that a job wrote is read by another: its npm cache is its own. */
function environmentIn({ home, tmp, space }: Place, { path, env }: SandboxConfinesOptions): Record<string, string> {
  const places = { path, home, tmp, npmCache: join(home, '.npm'), npmSettings: '', ceiling: space, trust: {} };
  // The settings of the machine's npm are not for strangers: they may hold a token.
  return { ...commandEnvironment('none', env, places), npm_config_globalconfig: join(home, '.npmrc-of-the-machine') };
}

/** A wall tells of a signal as shells do, by a code above 128; a program that gives such a code itself is taken for killed. */
function exitOf({ exit, stderr }: ProcessResult, { kind }: Wall): ProcessExit {
  if (exit.kind !== 'exited') return exit;
  const message = notStarted(kind, { exit, stderr });
  if (message !== null) return { kind: 'not-started', message };
  const signal = Object.entries(machine.signals).find(([, number]) => number === exit.code - 128)?.[0];
  return signal === undefined ? exit : { kind: 'signalled', signal };
}
