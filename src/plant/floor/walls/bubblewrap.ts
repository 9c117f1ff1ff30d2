import { assertNever } from '../../../core/base/assert-never.ts';
import { closeFiles, madeUp, ownIds } from './shell-parts.ts';
import { viewOf } from './view.ts';
import type { Entry, HostLayout } from './view.ts';
import type { Confinement, Wall } from './wall.ts';

/** Open files by which the shell hands over what is made up, and the filter of calls. */
const handed = { passwd: '7', group: '8', hosts: '9' } as const;
const filterFile = '6';

const apart = '--unshare-user --unshare-all --die-with-parent --new-session --cap-drop ALL --hostname localhost'.split(' ');

/** What a shell may add to an environment by itself. */
const ofShells = ['OLDPWD', 'PWD', 'SHLVL', '_', 'PATH'];

/**
 * Takes its arguments as the command to become: the home of the user, then bubblewrap's own. The shell is there because
 * only it can hand over open files, and because only the process itself knows as which user it runs.
 */
const script = `${closeFiles}
home=$1; shift
if [ -n "$1" ]; then
  [ -r "$1" ] || { echo "bwrap: the filter of calls $1 is gone" >&2; exit 1; }
  exec ${filterFile}<"$1"
fi
shift
${ownIds}
${madeUp}
exec "$@" ${handed.passwd}<<P ${handed.group}<<G ${handed.hosts}<<H
$passwd
P
$group
G
$hosts
H
`;

/**
 * The wall of bubblewrap, 0.4 or newer. Nothing of the command's environment reaches the program that builds the wall,
 * for a variable like LD_PRELOAD would run a stranger's code before the wall stands.
 *
 * @param filter File with the filter of keyrings, readable by the user of commands; see `keyringFilter`.
 * @example
 * const wall = bubblewrapWall('/usr/bin/bwrap', await seeHost(), '/var/lib/jidoka/keyring.bpf');
 */
export function bubblewrapWall(bwrap: string, host: HostLayout, filter: string | null = null): Wall {
  return {
    kind: 'bubblewrap',
    confine: (command) => ({
      argv: [
        '/bin/sh',
        '-c',
        script,
        script,
        command.env['HOME'] ?? '/',
        filter ?? '',
        bwrap,
        ...bubblewrapArguments(command, host, filter),
      ],
      env: {},
    }),
  };
}

function bubblewrapArguments(command: Confinement, host: HostLayout, filter: string | null): readonly string[] {
  return [
    ...apart,
    ...(filter === null ? [] : ['--seccomp', filterFile]),
    ...viewOf(command, host).flatMap(place),
    // Not the job's to fill: it is memory of the host.
    '--remount-ro',
    '/',
    ...ofShells.flatMap((name) => ['--unsetenv', name]),
    ...Object.entries(command.env).flatMap(([name, value]) => ['--setenv', name, value]),
    '--chdir',
    command.cwd,
    '--',
    ...command.argv,
  ];
}

function place(entry: Entry): readonly string[] {
  switch (entry.kind) {
    case 'folder':
      return ['--dir', entry.path];
    case 'tmpfs':
      return ['--tmpfs', entry.path];
    case 'proc':
      return ['--proc', entry.path];
    case 'dev':
      return ['--dev', entry.path, '--tmpfs', `${entry.path}/shm`, '--remount-ro', entry.path];
    case 'link':
      return ['--symlink', entry.target, entry.path];
    case 'made':
      return ['--file', handed[entry.name], entry.path];
    case 'bind': {
      const option = entry.access === 'write' ? '--bind' : '--ro-bind';
      return [entry.missing === 'skip' ? `${option}-try` : option, entry.from, entry.path];
    }
    default:
      return assertNever(entry);
  }
}
