import { createHash } from 'node:crypto';
import { constants as machine } from 'node:os';
import { join } from 'node:path';
import type { Egress, EgressRefusal } from '../../core/ports/egress.ts';
import type { Command, ProcessExit, ProcessResult } from '../../core/ports/floor.ts';
import type { Confines } from './confines.ts';
import { commandEnvironment } from './environment.ts';
import type { HostEnvironment } from './environment.ts';
import { gatesOf } from './gates.ts';
import type { OpenGate } from './gates.ts';
import { portSocket } from './place/places.ts';
import type { Place } from './place/places.ts';
import type { Start } from './spawn/spawn.ts';
import { nodeFolders, notStarted, wayOutPort, type Wall } from './walls/index.ts';

export interface SandboxConfinesOptions {
  readonly wall: Wall;
  readonly egress: Egress;
  /** Whether the wall was proved to end all that a command left with the command. */
  readonly leavesNothing: boolean;
  readonly env: HostEnvironment;
  /** PATH of commands. */
  readonly path: string;
  /** Program that answers at a port inside for the socket outside; readable for everyone. */
  readonly forwarder: string;
  /** Folders of programs beside those of the system. */
  readonly programs: readonly string[];
  readonly refused: (place: Place, refusal: EgressRefusal) => void;
}

/** First of the user ids that jobs run as where the factory is root; far from those of people and of services. */
const firstUid = 0x4000_0000;

/** A wall around every command; its one way out is a socket that the factory answers. */
export function sandboxConfines(options: SandboxConfinesOptions): Confines {
  const gates = gatesOf({ egress: options.egress, userOf: jobUser, refused: options.refused });
  const node = nodeFolders();
  return {
    leavesNothing: options.leavesNothing,
    userOf: jobUser,
    async enclose({ place, layer }, command, cwd) {
      const way = await gates.open(place, command.network);
      const { argv, env } = forwarded(command, place, { way, options });
      return options.wall.confine({
        argv,
        cwd,
        env: { ...environmentIn(place, options), ...env, ...command.env },
        writable: [place.tree, place.scratch, place.home, place.tmp],
        readable: [...(await node), options.forwarder, ...options.programs, ...(layer.git === null ? [] : [layer.git])],
        socket: way?.socket ?? null,
      });
    },
    reach: (place, number) => ({ kind: 'socket', path: portSocket(place, number) }),
    resultOf: (result) => ({ ...result, exit: exitOf(result, options.wall) }),
    // What a command behind a wall sees of its socket is that of the life that began it.
    rejoin: async () => undefined,
    refusals: (place) => gates.refusals(place),
    release: (place) => gates.close(place),
  };
}

/** Each job is a user of its own, so that none can reach another's files even if its wall had a hole. */
export function jobUser({ job }: Pick<Place, 'job'>): Start['user'] {
  if (process.getuid?.() !== 0) return null;
  const id = firstUid + (createHash('sha256').update(job).digest().readUInt32BE() % firstUid);
  return { uid: id, gid: id };
}

interface Ways {
  readonly way: OpenGate | null;
  readonly options: SandboxConfinesOptions;
}

/** The command between the ways that it is given: to its egress, and from those who reach its ports. */
function forwarded(
  { argv, ports = [] }: Command,
  place: Place,
  { way, options }: Ways,
): Pick<Command, 'argv'> & { readonly env: Readonly<Record<string, string>> } {
  const out = way === null ? [] : [`out:${wayOutPort}:${way.socket}`];
  const ways = [...out, ...ports.map((one) => `in:${one}:${portSocket(place, one)}`)];
  if (ways.length === 0) return { argv, env: {} };
  return { argv: [process.execPath, options.forwarder, ...ways, '--', ...argv], env: way?.gate.environment(wayOutPort) ?? {} };
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
