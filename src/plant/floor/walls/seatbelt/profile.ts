import { JidokaError } from '../../../../core/base/error.ts';
import { foldersAbove } from '../view.ts';
import type { Confinement } from '../wall.ts';

/** Where programs, libraries and their settings are on a Mac; no home, no database, nothing that holds an account. */
const systemFolders = `/usr /bin /sbin /System /Library/Apple /Library/Frameworks /Library/Developer
  /Applications/Xcode.app/Contents/Developer /opt/homebrew/bin /opt/homebrew/lib /opt/homebrew/opt /opt/homebrew/Cellar
  /opt/homebrew/share /private/etc/ssl /private/var/db/timezone /private/var/db/dyld /private/var/select`.split(/\s+/);
const systemFiles = ['localtime', 'services', 'protocols', 'shells'].map((name) => `/private/etc/${name}`);
const devices = ['null', 'zero', 'random', 'urandom', 'dtracehelper'].map((name) => `/dev/${name}`);

/** Services of the system that every program asks as it starts. */
const services = [
  'com.apple.system.opendirectoryd.libinfo',
  'com.apple.system.opendirectoryd.membership',
  'com.apple.system.notification_center',
  'com.apple.system.logger',
  'com.apple.logd',
];
/** What of the machine a program may know; not who else runs on it. */
const facts = `hw.activecpu hw.byteorder hw.cachelinesize hw.cachelinesize_compat hw.cpufamily hw.cpufrequency_compat hw.cputype
  hw.logicalcpu hw.logicalcpu_max hw.machine hw.memsize hw.ncpu hw.nperflevels hw.packages hw.pagesize hw.pagesize_compat
  hw.physicalcpu hw.physicalcpu_max hw.tbfrequency_compat hw.vectorunit kern.argmax kern.maxfilesperproc kern.maxproc
  kern.osproductversion kern.osrelease kern.ostype kern.osvariant_status kern.osversion kern.secure_kernel kern.usrstack64
  kern.version sysctl.proc_cputype vm.loadavg`.split(/\s+/);

/**
 * The profile of a confined command for sandbox-exec: all is denied but what is named. A way out is one port of 127.0.0.1
 * and the one socket behind it. Never run on a Mac by its makers. Throws `workspace-failed` for a path that could end a
 * string of the profile or stand for more than itself.
 */
export function profileOf(command: Confinement, wayOutPort: number): string {
  const { writable, readable, socket } = command;
  const own = writable.map(real);
  const seen = [...systemFolders, ...readable.map(real), ...own];
  return [
    '(version 1)',
    '(deny default)',
    '(allow process-fork)',
    '(allow signal (target same-sandbox))',
    '(allow process-info* (target same-sandbox))',
    rule('allow sysctl-read', [...facts.map((name) => `(sysctl-name ${quoted(name)})`), '(sysctl-name-prefix "hw.optional.")']),
    rule(
      'allow mach-lookup',
      services.map((name) => `(global-name ${quoted(name)})`),
    ),
    // Names may be looked up along the way to what is seen, or no program finds its own folder.
    rule(
      'allow file-read-metadata',
      ['/', ...new Set(seen.flatMap(foldersAbove)), '/etc', '/tmp', '/var', '/private'].map((path) => `(literal ${quoted(path)})`),
    ),
    // The loader lists the root as every program starts.
    '(allow file-read-data (literal "/"))',
    rule('allow file-read* file-map-executable process-exec*', seen.map(below)),
    rule('allow file-read*', [...systemFiles, ...devices].map(exactly)),
    rule('allow file-write-data file-ioctl', devices.map(exactly)),
    rule('allow file-write*', own.map(below)),
    ...keepsOf(readable.map(real), own),
    '(deny file-write-setugid)',
    '(deny appleevent-send)',
    '(deny network*)',
    ...wayOutOf(socket, wayOutPort),
  ].join('\n');
}

/** The last rule that fits counts: what may only be read stays so within what may be written. */
function keepsOf(readable: readonly string[], own: readonly string[]): readonly string[] {
  const inner = readable.filter((path) => own.some((folder) => path.startsWith(`${folder}/`)));
  return inner.length === 0 ? [] : [rule('deny file-write*', inner.map(below))];
}

function wayOutOf(socket: string | null, port: number): readonly string[] {
  if (socket === null) return [];
  return [
    `(allow network-bind network-inbound (local ip "localhost:${port}"))`,
    `(allow network-outbound (remote ip "localhost:${port}"))`,
    `(allow network-outbound (remote unix-socket (path-literal ${quoted(real(socket))})))`,
  ];
}

function rule(what: string, filters: readonly string[]): string {
  return `(${what}\n  ${filters.join('\n  ')})`;
}

function below(path: string): string {
  return `(subpath ${quoted(path)})`;
}

function exactly(path: string): string {
  return `(literal ${quoted(path)})`;
}

/** The kernel compares paths without links, and these three are links on every Mac. */
function real(path: string): string {
  return path.replace(/^\/(etc|tmp|var)(?=\/|$)/, '/private/$1');
}

/** A string of the profile's language. */
function quoted(text: string): string {
  const plain = /^[^\u0000-\u001f\u007f\u2028\u2029]+$/.test(text) && !/\/\.{0,2}\/|\/\.{1,2}$/.test(text);
  if (!plain) {
    throw new JidokaError('workspace-failed', `The wall will not open ${JSON.stringify(text)} to a command.`, {
      mend: 'Give paths without line breaks, control characters, `..` and empty parts.',
    });
  }
  return `"${text.replaceAll(/["\\]/g, (char) => `\\${char}`)}"`;
}
