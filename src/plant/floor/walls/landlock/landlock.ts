import { JidokaError } from '../../../../core/base/error.ts';
import { launchScript } from '../namespaces-script.ts';
import { viewOf } from '../view.ts';
import type { Bind, HostLayout } from '../view.ts';
import type { Confinement, Wall } from '../wall.ts';
import { callFilter, numbersOf } from './call-filter.ts';
import type { Machine } from './call-filter.ts';
import { landlockProgram } from './landlock-program.ts';

/** Devices that programs cannot do without; terminals are not among them, for those of the host would be too. */
const devices = ['null', 'zero', 'full', 'random', 'urandom'].map((name) => ({ right: 'd', path: `/dev/${name}` }));

/** Git gives up where there are settings of the system that it may not read; behind other walls there are none. */
const ofGit = { GIT_CONFIG_NOSYSTEM: '1' } as const;

/** What a reader of the evidence must know of this wall. */
export const landlockCaveats = [
  'commands see which processes run on the host, and what a command leaves running is not ended by the kernel',
  'no command can open a socket: none can fetch packages, and none can serve itself',
] as const;

/**
 * A wall without namespaces, for machines that allow none: Landlock shuts files off, a filter of system calls everything
 * that is no file. It holds less than the others: processes of the host are seen, and there is no network of the command's
 * own. So there is no way out either: a port for it would be open to everybody on the host.
 *
 * @example
 * const wall = landlockWall({ perl: '/usr/bin/perl', machine: 'x64', host: await seeHost() });
 */
export function landlockWall({ perl, machine, host }: LandlockTools): Wall {
  return {
    kind: 'landlock',
    confine: (command) => ({
      argv: ['/bin/sh', '-c', launchScript, launchScript, perl, '-e', landlockProgram, '--', ...argumentsOf(command, machine, host)],
      env: {},
    }),
  };
}

export interface LandlockTools {
  readonly perl: string;
  readonly machine: Machine;
  readonly host: HostLayout;
}

function argumentsOf(command: Confinement, machine: Machine, host: HostLayout): readonly string[] {
  if (command.socket !== null) throw noWayOut();
  const { prctl, seccomp } = numbersOf(machine);
  const rules = [...rulesOf(command, host), { right: 'r', path: '/proc' }, ...devices];
  const variables = Object.entries({ ...ofGit, ...command.env }).map(([name, value]) => `${name}=${value}`);
  return [
    ...[prctl, seccomp].map(String),
    Buffer.from(callFilter(machine)).toString('hex'),
    command.cwd,
    ...[rules.length, variables.length].map(String),
    ...rules.flatMap(({ right, path }) => [right, path]),
    ...variables,
    ...command.argv,
  ];
}

interface Rule {
  readonly right: string;
  readonly path: string;
}

/** Rights add up along a path, so that nothing below a folder can be taken back. */
function rulesOf(command: Confinement, host: HostLayout): readonly Rule[] {
  const binds = viewOf(command, host).filter((entry) => entry.kind === 'bind');
  const writable = binds.filter(({ access }) => access === 'write');
  for (const { from, access } of binds) {
    const around = writable.find((one) => from.startsWith(`${one.from}/`));
    if (access === 'read' && around !== undefined) throw notKept(from, around.from);
  }
  return binds.map(ruleOf);
}

function ruleOf({ from, access, missing }: Bind): Rule {
  return { right: `${access === 'write' ? 'w' : 'r'}${missing === 'skip' ? '?' : ''}`, path: from };
}

function noWayOut(): JidokaError {
  return new JidokaError('no-sandbox', 'Behind the wall of Landlock there is no way out, so a command that needs one was not started.', {
    mend: 'Use a machine that allows namespaces, or `--floor container`; `jidoka doctor` tells what this one lacks.',
  });
}

function notKept(path: string, around: string): JidokaError {
  return new JidokaError('workspace-failed', `The wall of Landlock cannot keep ${path} from being written within ${around}.`, {
    mend: 'Keep what commands may only read outside of the folders that they may write.',
  });
}
