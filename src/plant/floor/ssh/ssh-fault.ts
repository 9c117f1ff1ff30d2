import { JidokaError } from '../../../core/base/error.ts';
import { oldestNode } from '../remote/program/boot-program.ts';
import { NotBooted } from '../remote/program/boot.ts';

/** How an attempt to reach a machine ended, as far as it is known. */
export interface SshEnd {
  readonly host: string;
  /** What ssh said on stderr, with what the machine said there. */
  readonly said: string;
  /** Exit code of ssh, which is 255 for its own faults; null where it runs still or was killed. */
  readonly code: number | null;
}

interface Known {
  readonly sign: RegExp;
  /** What happened, after the name of the host. */
  readonly what: string;
  readonly mend: (host: string) => string;
}

const byHand = (host: string): string => `See that \`ssh ${host} true\` works without a question, then run this again.`;

/** What ssh says, and what it means. The first that fits counts. */
const known: readonly Known[] = [
  {
    sign: /REMOTE HOST IDENTIFICATION HAS CHANGED|Host key for \S+ has changed/i,
    what: 'shows another host key than the one that is known',
    mend: (host) =>
      `If ${host} was set up anew, remove its old key with ssh-keygen -R and connect once by hand; if not, somebody may stand between: do not go on.`,
  },
  {
    sign: /Host key verification failed|No \S+ host key is known/i,
    what: 'is not known yet: nobody here has seen its host key',
    mend: (host) => `Compare its key and accept it once by hand: ssh ${host}`,
  },
  {
    sign: /Permission denied|Too many authentication failures/i,
    what: 'does not take the key that ssh offers',
    mend: (host) => `Put the public key into ~/.ssh/authorized_keys there, or load the right one into the agent. ${byHand(host)}`,
  },
  {
    sign: /Could not resolve hostname/i,
    what: 'has no address',
    mend: (host) => `Correct the name, or give it an address. ${byHand(host)}`,
  },
  {
    sign: /Connection refused/i,
    what: 'refuses the connection: no sshd listens there',
    mend: (host) => `Start sshd there, or name its port. ${byHand(host)}`,
  },
  {
    sign: /timed out|No route to host|Network is unreachable|not responding/i,
    what: 'does not answer',
    mend: (host) => `See that it is up and reached from here. ${byHand(host)}`,
  },
  {
    sign: /kex_exchange_identification|Connection (closed|reset)/i,
    what: 'closes the connection before anybody logs in',
    mend: (host) => `Look at the log of sshd there: it may be full, or refuse this machine. ${byHand(host)}`,
  },
  {
    sign: /node: .*not found|node: No such file|Unknown command:? .?node|: node: not found|env: .?node/i,
    what: `has no Node.js that a command of ssh finds`,
    mend: (host) => needsNode(host),
  },
];

/** The fault of a machine on which no runner came up. */
export function sshFault(error: unknown, { host, said, code }: SshEnd): JidokaError {
  if (error instanceof NotBooted && error.kind === 'old-node') {
    return fault(host, `has Node.js ${error.message}, which is too old`, { said: '', mend: needsNode(host), cause: error });
  }
  if (error instanceof NotBooted && error.kind === 'failed') {
    const mend = `See that its user may write to ~/.cache/jidoka on ${host} and that there is room.`;
    return fault(host, `could not take the runner: ${error.message}`, { said: '', mend, cause: error });
  }
  const text = `${said}\n${error instanceof NotBooted ? error.message : ''}`.trim();
  const found = known.find(({ sign }) => sign.test(text)) ?? (code === 127 ? known.at(-1) : undefined);
  if (found !== undefined) return fault(host, found.what, { said: text, mend: found.mend(host), cause: error });
  const how = code === null ? 'said nothing of ours' : `ended with ${code}`;
  return fault(host, `did not become a runner: ssh ${how}`, { said: text, mend: byHand(host), cause: error });
}

/** The fault of a machine without ssh. */
export function sshMissing(host: string, cause: unknown): JidokaError {
  return new JidokaError('floor-unreachable', `${host} cannot be reached: this machine has no ssh (${String(cause)}).`, {
    mend: 'Install it here, for example: sudo apt-get install openssh-client.',
    cause,
  });
}

function needsNode(host: string): string {
  return (
    `On ${host}: install Node.js ${oldestNode} or newer with npm where every command finds it, until \`ssh ${host} node --version\` answers ` +
    '(what nvm or ~/.profile set up is not read by commands of ssh), or name its path by the setting for node.'
  );
}

interface Details {
  readonly said: string;
  readonly mend: string;
  readonly cause: unknown;
}

function fault(host: string, what: string, { said, mend, cause }: Details): JidokaError {
  const last = said
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^@+$/.test(line));
  const heard = last.length === 0 ? '' : ` (${last.slice(-2).join(' ').slice(0, 300)})`;
  return new JidokaError('floor-unreachable', `${host} ${what}${heard}.`, { mend, cause });
}
