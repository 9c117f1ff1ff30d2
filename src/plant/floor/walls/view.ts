import { dirname } from 'node:path';
import { JidokaError } from '../../../core/base/error.ts';
import type { Confinement } from './wall.ts';

/** What of the host every confined command needs, as it is on this host; see `seeHost`. */
export interface HostLayout {
  /** Programs, libraries and settings, in the order to show them. */
  readonly shared: readonly SharedPath[];
  /** Every mount of the host, the outermost first. */
  readonly mounts: readonly HostMount[];
}

export interface SharedPath {
  readonly path: string;
  /** Where it is on the host, where that is another place. */
  readonly from?: string;
  /** A link is shown as the link it is. */
  readonly is: 'folder' | 'file' | { readonly linkTo: string };
}

export interface HostMount {
  readonly path: string;
  readonly noexec: boolean;
}

/** One thing at one place of the root of a confined command. */
export type Entry =
  | { readonly kind: 'folder' | 'tmpfs' | 'proc' | 'dev'; readonly path: string }
  | { readonly kind: 'link'; readonly path: string; readonly target: string }
  | { readonly kind: 'made'; readonly path: string; readonly name: 'passwd' | 'group' | 'hosts' }
  | Bind;

/** A file or folder of the host. */
export interface Bind {
  readonly kind: 'bind';
  readonly from: string;
  readonly path: string;
  readonly is: 'folder' | 'file' | 'either';
  readonly access: 'read' | 'write';
  /** Where there is none, the command is not started, or does without. */
  readonly missing: 'fault' | 'skip';
}

/** Folders that are the command's own, or empty, and that nothing of the host may stand in for. */
const own = ['/', '/dev', '/etc', '/home', '/proc', '/root', '/run', '/sys', '/tmp', '/var', '/var/tmp', '/Users', '/Volumes', '/private'];
const untouchable = /^\/(dev|proc|sys)\//;

/**
 * All that a confined command sees, in the order to put it there: a root of its own to which things are added by name.
 * What is not named is not there: no home, no socket, no other workspace. Throws `workspace-failed` for a path that would
 * open more than itself.
 */
export function viewOf(command: Confinement, host: HostLayout): readonly Entry[] {
  const asked = bindsOf(command, host);
  const within = (folder: string): boolean => asked.some(({ path }) => path.startsWith(`${folder}/`));
  return [
    { kind: 'folder', path: '/etc' },

    { kind: 'proc', path: '/proc' },
    { kind: 'dev', path: '/dev' },
    ...host.shared.map(showShared),
    { kind: 'made', path: '/etc/passwd', name: 'passwd' },
    { kind: 'made', path: '/etc/group', name: 'group' },
    { kind: 'made', path: '/etc/hosts', name: 'hosts' },
    ...(['/home', '/root', '/run', '/var'] as const).map((path) => ({ kind: 'folder', path }) as const),
    temporary(command, within('/tmp')),
    ...(within('/var/tmp') ? [] : [{ kind: 'link', path: '/var/tmp', target: '/tmp' } as const]),
    ...asked,
  ];
}

/** The command's own temporary folder under the name that programs know; in memory where the host's own are shown below it. */
function temporary({ writable, env }: Confinement, taken: boolean): Entry {
  const folder = env['TMPDIR'];
  if (taken || folder === undefined || !writable.includes(folder)) return { kind: 'tmpfs', path: '/tmp' };
  return { kind: 'bind', from: folder, path: '/tmp', is: 'folder', access: 'write', missing: 'fault' };
}

function showShared({ path, from = path, is }: SharedPath): Entry {
  if (typeof is === 'object') return { kind: 'link', path, target: is.linkTo };
  return { kind: 'bind', from, path, is, access: 'read', missing: 'skip' };
}

/** What the command asked for: the inner one counts where one contains another, and of two that are the same the writable. */
function bindsOf({ writable, readable, socket }: Confinement, host: HostLayout): readonly Bind[] {
  const binds = new Map<string, Bind>();
  const add = (path: string, bind: Pick<Bind, 'is' | 'access' | 'missing'>): void => {
    refuseWide(path);
    binds.set(path, { kind: 'bind', from: path, path, ...bind });
  };
  for (const path of readable) if (!isShared(path, host)) add(path, { is: 'either', access: 'read', missing: 'skip' });
  for (const path of writable) {
    if (host.shared.some((one) => one.path === path)) throw tooWide(path);
    add(path, { is: 'folder', access: 'write', missing: 'fault' });
  }
  if (socket !== null) add(socket, { is: 'file', access: 'read', missing: 'fault' });
  return [...binds.values()].sort((a, b) => a.path.length - b.path.length || (a.path < b.path ? -1 : 1));
}

function isShared(path: string, { shared }: HostLayout): boolean {
  return shared.some((one) => path === one.path || path.startsWith(`${one.path}/`));
}

/** Throws `workspace-failed` for a path that would open more than itself. */
export function refuseWide(path: string): void {
  const plain = path.startsWith('/') && !/[\0\n]|\/\.{0,2}(\/|$)/.test(path === '/' ? '' : path);
  if (!plain || own.includes(path) || untouchable.test(path)) throw tooWide(path);
}

function tooWide(path: string): JidokaError {
  return new JidokaError('workspace-failed', `The wall will not open ${JSON.stringify(path)} to a command.`, {
    mend: 'Give an absolute path of a file or folder that holds only what the command needs, not a folder of the system.',
  });
}

/** Folders above a path, the outermost first, without the root. */
export function foldersAbove(path: string): readonly string[] {
  const above = dirname(path);
  return above === '/' ? [] : [...foldersAbove(above), above];
}
