import type { Sight } from './canary-program.ts';
import type { Claim } from './wall.ts';

/** What the canary saw from inside, and what the host saw of it. */
export interface CanaryFacts {
  readonly sight: Sight;
  /** User, on the host, of the file that the canary wrote. */
  readonly owner: number;
  /** Servers of the host that were reached, and folders that were written. */
  readonly reached: readonly string[];
  /** Pids of the canary's daemon before and after its launcher was killed. */
  readonly daemon: { readonly alive: readonly number[]; readonly left: readonly number[] };
}

/** What a wall must have proved before a command runs behind it. */
export const requiredClaims = [
  'user.plain',
  'fs.read.confined',
  'fs.write.confined',
  'fs.write.inside',
  'fs.readonly.kept',
  'env.clean',
  'proc.hidden',
  'proc.kill.complete',
  'caps.none',
  'privileges.never-gained',
  'net.devices.none',
  'net.tcp.none',
  'net.udp.none',
  'net.loopback.own',
  'unix.sockets.confined',
] as const;

type Shown = readonly [proved: boolean, proof: string];

/** Judges what the canary saw, claim by claim, in the order of `requiredClaims`. */
export function claimsOf(facts: CanaryFacts): readonly Claim[] {
  const shown: Record<(typeof requiredClaims)[number], Shown> = { ...ofFiles(facts), ...ofProcesses(facts), ...ofNetwork(facts) };
  return requiredClaims.map((claim) => {
    const [proved, proof] = shown[claim];
    return { claim, state: proved ? 'proved' : 'refuted', proof };
  });
}

/** Whether a wall may be used. */
export function holds(claims: readonly Claim[]): boolean {
  return requiredClaims.every((required) => claims.some(({ claim, state }) => claim === required && state === 'proved'));
}

type FileClaims = Record<'fs.read.confined' | 'fs.write.confined' | 'fs.write.inside' | 'fs.readonly.kept', Shown>;

function ofFiles({ sight, owner, reached }: CanaryFacts): FileClaims {
  const { plantedFile, wroteNested, rights } = sight;
  const wrote = [...sight.wroteOutside, ...reached.filter((one) => one.startsWith('/'))];
  return {
    'fs.read.confined': [plantedFile === 'ENOENT', `a key in a home that everybody may read: ${plantedFile}`],
    'fs.write.confined': [wrote.length === 0, `folders not its own that it wrote: ${listed(wrote)}`],
    'fs.write.inside': [owner === rights.uid, `what it wrote as user ${rights.uid} belongs on the host to ${owner}`],
    'fs.readonly.kept': [
      !wroteNested,
      `as root of a namespace of its own it ${wroteNested ? 'wrote' : 'could not write'} what it may only read`,
    ],
  };
}

type ProcessClaims = Record<
  'user.plain' | 'env.clean' | 'proc.hidden' | 'proc.kill.complete' | 'caps.none' | 'privileges.never-gained',
  Shown
>;

function ofProcesses({ sight, owner, daemon }: CanaryFacts): ProcessClaims {
  const { processes, rights, leaveDaemon } = sight;
  const { NoNewPrivs: sealed, ...capabilities } = rights.status;
  const held = Object.entries(capabilities).filter(([name, bits]) => name !== 'CapInh' && !/^0+$/.test(bits));
  const seen = leaveDaemon && daemon.alive.length > 0;
  return {
    'user.plain': [rights.uid > 0 && owner > 0, `it ran as user ${rights.uid}, on the host ${owner}`],
    'env.clean': [
      processes.secrets.length === 0,
      `a secret of its launcher's parent was in the environment of: ${listed(processes.secrets)}`,
    ],
    'proc.hidden': [processes.neighbours.length === 0, `processes of the host it saw: ${listed(processes.neighbours)}`],
    'proc.kill.complete': [
      seen && daemon.left.length === 0,
      seen
        ? `of the daemon it left there were, after its launcher was killed: ${listed(daemon.left)}`
        : 'the daemon it was to leave was not seen',
    ],
    'caps.none': ['CapEff' in capabilities && held.length === 0, `capabilities: ${listed(held.map((one) => one.join(' ')))}`],
    'privileges.never-gained': [sealed === '1', `NoNewPrivs: ${sealed ?? 'unknown'}`],
  };
}

type NetworkClaims = Record<'net.devices.none' | 'net.tcp.none' | 'net.udp.none' | 'net.loopback.own' | 'unix.sockets.confined', Shown>;

function ofNetwork({ sight, reached }: CanaryFacts): NetworkClaims {
  const { devices, tcp, udp, unix, loopback } = sight;
  const others = devices.filter((name) => name !== 'lo');
  return {
    'net.devices.none': [others.length === 0, `network devices beside loopback: ${listed(others)}`],
    'net.tcp.none': [tcp !== 'connected' && !reached.includes('TCP on 127.0.0.1'), `a server on 127.0.0.1 of the host: ${tcp}`],
    'net.udp.none': [
      !reached.includes('UDP on 127.0.0.1'),
      `a datagram to 127.0.0.1 of the host: ${udp}, ${reached.includes('UDP on 127.0.0.1') ? 'arrived' : 'never arrived'}`,
    ],
    'net.loopback.own': [loopback === 'connected', `a server of its own on 127.0.0.1: ${loopback}`],
    'unix.sockets.confined': [unix.length === 0, `sockets of the host that answered: ${listed(unix)}`],
  };
}

function listed(items: readonly (string | number)[]): string {
  return items.length === 0 ? 'none' : items.join(', ').replaceAll('\0', '@');
}
