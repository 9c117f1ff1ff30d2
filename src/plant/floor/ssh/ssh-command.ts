import { JidokaError } from '../../../core/base/error.ts';

/** How a machine is reached by the ssh of this one. */
export interface SshTarget {
  /** 'ada@build.example:2222', or a name of the owner's ssh settings. */
  readonly host: string;
  /** More arguments for ssh, before ours: the first value of an option is the one that counts. */
  readonly sshOptions?: readonly string[];
}

/**
 * Everything goes over one connection, so it is no master of others; where the owner has one open, it is used. Nothing is
 * asked of anybody, nothing forwarded, and a line that went dead is noticed.
 */
const options = [
  'BatchMode=yes',
  'ConnectTimeout=10',
  'ServerAliveInterval=5',
  'ServerAliveCountMax=3',
  'ControlMaster=no',
  'ClearAllForwardings=yes',
  'ForwardAgent=no',
  'ForwardX11=no',
  'PermitLocalCommand=no',
  'RemoteCommand=none',
  'LogLevel=ERROR',
] as const;

/**
 * Arguments for ssh that have the other machine run a command, whatever shell its user has there.
 * Throws `usage` for a host that ssh would take for an option.
 *
 * @example
 * sshArguments({ host: 'ada@build.example:2222' }, ['node', '--version']);
 */
export function sshArguments({ host, sshOptions = [] }: SshTarget, command: readonly string[]): readonly string[] {
  const { destination, port } = parseHost(host);
  const ours = options.flatMap((option) => ['-o', option]);
  return [...sshOptions, '-T', ...ours, ...(port === null ? [] : ['-p', port]), destination, `exec ${command.map(quoted).join(' ')}`];
}

function parseHost(host: string): { readonly destination: string; readonly port: string | null } {
  const [, user = '', bracketed, plain, port] = /^([\w.@+-]+@)?(?:\[([\da-f:.%\w]+)\]|([\w.-]+))(?::(\d{1,5}))?$/.exec(host) ?? [];
  const name = bracketed ?? plain;
  if (name === undefined || user.startsWith('-') || name.startsWith('-')) {
    throw new JidokaError('usage', `${JSON.stringify(host)} names no machine for ssh.`, {
      mend: 'Name it as user@host, user@host:port, or by a name of ~/.ssh/config.',
    });
  }
  return { destination: `${user}${name}`, port: port ?? null };
}

/** Single quotes mean the same to every shell; what is plain needs none. */
function quoted(word: string): string {
  if (/^[\w./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", `'"'"'`)}'`;
}
