import { bubblewrapWall } from './bubblewrap.ts';
import { codexBubblewrap } from './codex-bubblewrap.ts';
import { findProgram } from './find-program.ts';
import { isKnownMachine } from './landlock/call-filter.ts';
import { landlockAbi } from './landlock/landlock-abi.ts';
import { landlockCaveats, landlockWall } from './landlock/landlock.ts';
import type { Missing } from './mend/mend.ts';
import { namespacesWall } from './namespaces.ts';
import { seatbeltCaveats, seatbeltWall } from './seatbelt/seatbelt.ts';
import { seeHost } from './see-host.ts';
import { ownKeyring, sharedKeyring } from './own-keyring.ts';
import type { HostLayout } from './view.ts';
import type { Wall } from './wall.ts';

/** A wall that this machine may have, or why it cannot. */
export type Candidate = {
  /** What builds it: 'bubblewrap', 'bubblewrap of Codex'. */
  readonly builder: string;
  /** What a reader of the evidence must know of it, whatever its canaries prove. */
  readonly caveats: readonly string[];
  /** Whether at best it holds less than namespaces do. */
  readonly partial: boolean;
} & ({ readonly wall: Wall } | { readonly wall: null; readonly why: string });

export interface Candidates {
  /** The best first; each is looked at when its turn comes. */
  readonly all: readonly (() => Candidate | Promise<Candidate>)[];
  readonly missing: Missing;
}

/** What the wall without bubblewrap is built by. */
const needed = ['setpriv', 'unshare', 'mount', 'umount', 'pivot_root', 'setsid', 'env', 'ip'];

/** What the floor made for its walls; null for what it did not. */
export interface Prepared {
  /** File with the filter of keyrings. */
  readonly filter: string | null;
  /** Folder to copy the settings of the system into. */
  readonly settings: string | null;
}

/** What can be tried on a system, by the programs in some folders. */
export async function candidatesOn(platform: string, folders: readonly string[], { filter, settings }: Prepared): Promise<Candidates> {
  const none = { bubblewrap: false, namespaces: [] };
  if (platform === 'darwin') return { all: [() => seatbelt(folders)], missing: none };
  if (platform !== 'linux') return { all: [], missing: none };
  const host = await seeHost(settings);
  const [perl, bwrap, ofCodex, found] = await Promise.all([
    findProgram('perl', folders),
    findProgram('bwrap', folders),
    codexBubblewrap(folders),
    Promise.all(needed.map((name) => findProgram(name, folders))),
  ]);
  const lacking = needed.filter((_, index) => found[index] === null);
  return {
    missing: { bubblewrap: bwrap === null && ofCodex === null, namespaces: lacking },
    all: [
      () => bubblewrap('bubblewrap', bwrap, { perl, host, filter }),
      ...(ofCodex === null ? [] : [() => bubblewrap('bubblewrap of Codex', ofCodex, { perl, host, filter })]),
      () => namespaces({ lacking, folders, perl, host, filter }),
      // It mounts nothing, so commands see what is there where it is.
      async () => landlock({ perl, filter, host: await seeHost() }),
    ],
  };
}

interface SystemTools {
  readonly perl: string | null;
  readonly host: HostLayout;
  /** File with the filter of keyrings; null where there is none. */
  readonly filter: string | null;
}

function bubblewrap(builder: string, bwrap: string | null, { host, filter }: SystemTools): Candidate {
  const known = { builder, caveats: filter === null ? [sharedKeyring] : [], partial: false } as const;
  if (bwrap === null) return { ...known, wall: null, why: 'bwrap is not installed' };
  return { ...known, wall: bubblewrapWall(bwrap, host, filter) };
}

interface NamespaceTools extends SystemTools {
  readonly lacking: readonly string[];
  readonly folders: readonly string[];
}

function namespaces({ lacking, folders, perl, host }: NamespaceTools): Candidate {
  const known = { builder: 'namespaces', caveats: ownKeyring(perl).length === 0 ? [sharedKeyring] : [], partial: false } as const;
  if (lacking.length > 0) return { ...known, wall: null, why: `not installed: ${lacking.join(', ')}` };
  return { ...known, wall: namespacesWall(folders.join(':'), host, ownKeyring(perl)) };
}

async function landlock({ perl, host }: SystemTools): Promise<Candidate> {
  const known = { builder: 'landlock', caveats: landlockCaveats, partial: true } as const;
  if (perl === null) return { ...known, wall: null, why: 'perl is not installed' };
  if (!isKnownMachine(process.arch)) return { ...known, wall: null, why: `system calls of ${process.arch} are not known` };
  if ((await landlockAbi(perl)) === 0) return { ...known, wall: null, why: 'the kernel has no Landlock' };
  return { ...known, wall: landlockWall({ perl, machine: process.arch, host }) };
}

async function seatbelt(folders: readonly string[]): Promise<Candidate> {
  const known = { builder: 'seatbelt', caveats: seatbeltCaveats, partial: true } as const;
  const program = await findProgram('sandbox-exec', ['/usr/bin', ...folders]);
  if (program === null) return { ...known, wall: null, why: 'sandbox-exec is not installed' };
  return { ...known, wall: seatbeltWall(program) };
}
