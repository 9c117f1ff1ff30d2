import { dirname } from 'node:path';
import { assertNever } from '../../../core/base/assert-never.ts';
import { launchScript, setupScript } from './namespaces-script.ts';
import { foldersAbove, viewOf } from './view.ts';
import type { Bind, Entry, HostLayout } from './view.ts';
import type { Confinement, Wall } from './wall.ts';

/** Where the root of the command is put together: a folder that is on every Linux and that no command is given. */
const stage = '/sys';
/** The launcher dies with whoever started it, and the first process inside with the launcher. */
const apart = 'setpriv --pdeathsig KILL unshare --user --map-root-user --mount --net --pid --ipc --uts --cgroup --fork --kill-child'.split(
  ' ',
);
const devices = ['null', 'zero', 'full', 'random', 'urandom', 'tty'].map((name) => `/dev/${name}`);

/**
 * The same wall from util-linux alone, 2.36 or newer: a shell script puts the root together in namespaces of its own,
 * then becomes the command in a second user namespace without any rights in the first.
 *
 * @param path Folders of the system's tools, for PATH of the script.
 * @param first What is to be started before it and becomes it; see `ownKeyring`.
 * @example
 * const wall = namespacesWall('/usr/sbin:/usr/bin:/sbin:/bin', await seeHost(), ownKeyring('/usr/bin/perl'));
 */
export function namespacesWall(path: string, host: HostLayout, first: readonly string[] = []): Wall {
  return { kind: 'namespaces', confine: (command) => ({ argv: argvOf(command, host, first), env: { PATH: path } }) };
}

function argvOf(command: Confinement, host: HostLayout, first: readonly string[]): readonly [string, ...string[]] {
  const { folders, files, rootLinks, links, mounts, inner, memory } = planOf(viewOf(command, host), host);
  const lists = [folders, files, rootLinks, links.flat(), mounts.flat(), inner.flat(), memory];
  return [
    ...(['/bin/sh', '-c', launchScript, launchScript] as const),
    ...first,
    ...apart,
    '/bin/sh',
    '-c',
    setupScript,
    'wall',
    stage,
    command.env['HOME'] ?? '/',
    command.cwd,
    ...lists.map((list) => list.join('\n')),
    ...Object.entries(command.env).map(([name, value]) => `${name}=${value}`),
    // What looks like a variable would be taken for one.
    ...(command.argv[0].includes('=') ? ['/bin/sh', '-c', 'exec "$0" "$@"'] : []),
    ...command.argv,
  ];
}

/** What the script is to do. */
interface Plan {
  readonly folders: readonly string[];
  readonly files: readonly string[];
  /** Links of the host's root, copied as they are. */
  readonly rootLinks: readonly string[];
  /** Target, then where. */
  readonly links: readonly Pair[];
  /** The path that must be there for it, or `-`; then a row as in fstab(5). */
  readonly mounts: readonly Pair[];
  /** Mounts of the host below what is shown: options, then where. */
  readonly inner: readonly Pair[];
  /** Folders in memory, which must be there before what is shown below them. */
  readonly memory: readonly string[];
}

type Pair = readonly [string, string];

function planOf(view: readonly Entry[], host: HostLayout): Plan {
  const binds = view.filter((entry) => entry.kind === 'bind');
  const links = view.filter((entry) => entry.kind === 'link');
  const isOfRoot = ({ path }: Entry): boolean => dirname(path) === '/';
  const folders = view.flatMap((entry) => [...foldersAbove(entry.path), ...(isFolder(entry) ? [entry.path] : [])]);
  const files = [...binds.filter(({ is }) => is === 'file').map(({ path }) => path), ...devices, '/dev/ptmx'];
  return {
    folders: [...new Set([...folders, '/dev/pts', '/dev/shm'])].map(onStage),
    files: files.map(onStage),
    rootLinks: links.filter(isOfRoot).map(({ path }) => path),
    links: links.filter((link) => !isOfRoot(link)).map(({ target, path }) => [target, onStage(path)]),
    mounts: view.flatMap((entry) => mountsOf(entry, host)),
    inner: innerMounts(binds, host),
    memory: view.filter(({ kind }) => kind === 'tmpfs').map(({ path }) => onStage(path)),
  };
}

function isFolder(entry: Entry): boolean {
  if (entry.kind === 'link' || entry.kind === 'made') return false;
  return entry.kind !== 'bind' || entry.is === 'folder';
}

function mountsOf(entry: Entry, host: HostLayout): readonly Pair[] {
  switch (entry.kind) {
    case 'bind': {
      const needs = entry.missing === 'skip' ? entry.from : '-';
      return [[needs, row(entry.from, entry.path, `none rbind,${optionsOf(entry, entry.from, host)}`)]];
    }
    case 'proc':
      return [['-', row('proc', entry.path, 'proc nosuid,nodev,noexec')]];
    case 'dev':
      return [
        ...devices.map((path) => ['-', row(path, path, 'none bind')] as const),
        ['-', row('devpts', '/dev/pts', 'devpts newinstance,ptmxmode=0666,mode=620,nosuid,noexec')],
        ['-', row(onStage('/dev/pts/ptmx'), '/dev/ptmx', 'none bind')],
        ['-', row('tmpfs', '/dev/shm', 'tmpfs nosuid,nodev,mode=1777')],
      ];
    case 'folder':
    case 'tmpfs':
    case 'link':
    case 'made':
      return [];
    default:
      return assertNever(entry);
  }
}

function row(from: string, to: string, rest: string): string {
  return `${field(from)} ${field(onStage(to))} ${rest} 0 0`;
}

/** What is forbidden on the mount it comes from must stay forbidden, or the kernel refuses. */
function optionsOf({ access }: Bind, from: string, { mounts }: HostLayout): string {
  const around = mounts.filter(({ path }) => isWithin(from, path));
  const depth = Math.max(...around.map(({ path }) => path.length));
  const noexec = around.findLast(({ path }) => path.length === depth)?.noexec === true;
  return [access === 'write' ? 'rw' : 'ro', 'nosuid', 'nodev', ...(noexec ? ['noexec'] : [])].join(',');
}

/** A mount below what is shown comes along with rights of its own, so each is told its rights. */
function innerMounts(binds: readonly Bind[], host: HostLayout): readonly Pair[] {
  return host.mounts.flatMap(({ path }): Pair[] => {
    const around = binds.filter(({ from }) => isWithin(path, from)).sort((a, b) => b.from.length - a.from.length);
    const [inmost] = around;
    if (inmost === undefined || inmost.from === path) return [];
    return [[optionsOf(inmost, path, host), onStage(`${inmost.path}${path.slice(inmost.from.length)}`)]];
  });
}

function isWithin(path: string, folder: string): boolean {
  return folder === '/' || path === folder || path.startsWith(`${folder}/`);
}

function onStage(path: string): string {
  return `${stage}${path}`;
}

function field(path: string): string {
  return path.replaceAll(/[\s\\#]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`);
}
