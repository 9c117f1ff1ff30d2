import type { FloorClaim } from '../../../../core/ports/floor.ts';
import type { Sight } from '../canary-program.ts';

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

/** Everything that the canary judges; a wall of tier T2 has proved all of it. */
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
  'caps.reserve.none',
  'privileges.never-gained',
  'net.devices.none',
  'net.tcp.none',
  'net.udp.none',
  'net.loopback.own',
  'unix.sockets.confined',
] as const;

/** Proved, or refuted, or null where the canary could not look. */
type Shown = readonly [proved: boolean | null, proof: string];

/** Judges what the canary saw, claim by claim, in the order of `requiredClaims`. */
export function claimsOf(facts: CanaryFacts): readonly FloorClaim[] {
  const shown: Record<(typeof requiredClaims)[number], Shown> = { ...ofFiles(facts), ...ofProcesses(facts), ...ofNetwork(facts) };
  return requiredClaims.map((claim) => {
    const [proved, proof] = shown[claim];
    return { claim, state: proved === null ? 'unsupported' : proved ? 'proved' : 'refuted', proof };
  });
}

type FileClaims = Record<'fs.read.confined' | 'fs.write.confined' | 'fs.write.inside' | 'fs.readonly.kept', Shown>;

function ofFiles({ sight, owner, reached }: CanaryFacts): FileClaims {
  const { plantedFile, wroteNested, rights } = sight;
  const wrote = [...sight.wroteOutside, ...reached.filter((one) => one.startsWith('/'))];
  return {
    'fs.read.confined': [['ENOENT', 'EACCES', 'EPERM'].includes(plantedFile), `a key in a home that everybody may read: ${plantedFile}`],
    'fs.write.confined': [wrote.length === 0, `folders not its own that it wrote: ${listed(wrote)}`],
    'fs.write.inside': [owner === rights.uid, `what it wrote as user ${rights.uid} belongs on the host to ${owner}`],
    'fs.readonly.kept': [
      !wroteNested,
      `as root of a namespace of its own it ${wroteNested ? 'wrote' : 'could not write'} what it may only read`,
    ],
  };
}

type ProcessClaims = Record<
  'user.plain' | 'env.clean' | 'proc.hidden' | 'proc.kill.complete' | 'caps.none' | 'caps.reserve.none' | 'privileges.never-gained',
  Shown
>;

function ofProcesses({ sight, owner, daemon }: CanaryFacts): ProcessClaims {
  const { processes, rights, leaveDaemon } = sight;
  const unseen = processes.blind === '' ? null : `it could not look: ${processes.blind}`;
  const seen = leaveDaemon && daemon.alive.length > 0;
  return {
    'user.plain': [rights.uid > 0 && owner > 0, `it ran as user ${rights.uid}, on the host ${owner}`],
    'env.clean': [
      processes.secrets.length > 0 ? false : unseen === null ? true : null,
      unseen ?? `a secret of its launcher's parent was in the environment of: ${listed(processes.secrets)}`,
    ],
    'proc.hidden': [
      unseen === null ? processes.neighbours.length === 0 : null,
      unseen ?? `processes of the host it saw: ${listed(processes.neighbours)}`,
    ],
    'proc.kill.complete': [
      seen && daemon.left.length === 0,
      seen
        ? `of the daemon it left there were, after its launcher was killed: ${listed(daemon.left)}`
        : 'the daemon it was to leave was not seen',
    ],
    ...ofRights(rights),
  };
}

type RightClaims = Pick<ProcessClaims, 'caps.none' | 'caps.reserve.none' | 'privileges.never-gained'>;

function ofRights({ uid, status, rootProgram }: Sight['rights']): RightClaims {
  if (rootProgram !== '') {
    const none: Shown = [uid > 0, `this system knows no capabilities, and it ran as user ${uid}`];
    const never = ['EPERM', 'EACCES'].includes(rootProgram);
    return { 'caps.none': none, 'caps.reserve.none': none, 'privileges.never-gained': [never, `a program of root: ${rootProgram}`] };
  }
  const { NoNewPrivs: sealed, CapBnd: reserve = 'unknown', ...capabilities } = status;
  const held = Object.entries(capabilities).filter(([name, bits]) => name !== 'CapInh' && !isZero(bits));
  return {
    'caps.none': ['CapEff' in capabilities && held.length === 0, `capabilities: ${listed(held.map((one) => one.join(' ')))}`],
    'caps.reserve.none': [isZero(reserve), `capabilities that it could ever have: ${reserve}`],
    'privileges.never-gained': [sealed === '1', `NoNewPrivs: ${sealed ?? 'unknown'}`],
  };
}

function isZero(bits: string): boolean {
  return /^0+$/.test(bits);
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
