import { refuseWide } from '../view.ts';
import { wayOutPort } from '../wall.ts';
import type { Confinement, Wall } from '../wall.ts';
import { profileOf } from './profile.ts';

/** What a reader of the evidence must know of this wall. */
export const seatbeltCaveats = [
  'the wall for macOS was never run on a Mac by its makers: its canaries came back on this machine, and nothing else is known of it',
  'processes share the machine with commands: what a command leaves running is not ended by the kernel',
  'the way out of a command is a port of 127.0.0.1, which other programs of the machine can use as long as the command runs',
] as const;

/** Keeps the mark of the job, drops all else of the environment, and becomes the command within the profile. */
const script = `cd "$1" || exit 71
profile=$2; shift 2
exec "$0" -p "$profile" /usr/bin/env -i \${JIDOKA_JOB:+"JIDOKA_JOB=$JIDOKA_JOB"} "$@"
`;

/**
 * The wall of macOS, by sandbox-exec. Tier T1 at best: there are no namespaces, so that processes are seen and are not
 * ended with their command. Unverified: see `seatbeltCaveats`.
 *
 * @example
 * const wall = seatbeltWall('/usr/bin/sandbox-exec');
 */
export function seatbeltWall(program: string): Wall {
  return {
    kind: 'seatbelt',
    confine: (command) => ({ argv: argvOf(command, program), env: {} }),
  };
}

function argvOf(command: Confinement, program: string): readonly [string, ...string[]] {
  const { argv, cwd, env, writable, readable, socket } = command;
  for (const path of [...writable, ...readable, ...(socket === null ? [] : [socket])]) refuseWide(path);
  return [
    '/bin/sh',
    '-c',
    script,
    program,
    cwd,
    profileOf(command, wayOutPort),
    ...Object.entries(env).map(([name, value]) => `${name}=${value}`),
    // What looks like a variable would be taken for one.
    ...(argv[0].includes('=') ? ['/bin/sh', '-c', 'exec "$0" "$@"'] : []),
    ...argv,
  ];
}
