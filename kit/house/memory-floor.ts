import { JidokaError } from '../../src/core/base/error.ts';
import type { Floor, FloorProbe } from '../../src/core/ports/floor.ts';
import { memoryWorkspace, type MemoryWorkspace } from './memory-workspace.ts';
import type { Programs } from './programs.ts';

/** The one machine that all processes of a house run on. */
export class MemoryGround {
  readonly programs: Programs;
  readonly #now: () => string;
  readonly #workspaces = new Map<string, MemoryWorkspace>();

  constructor(programs: Programs, now: () => string) {
    this.programs = programs;
    this.#now = now;
  }

  /** Names of the workspaces that are there. */
  names(): readonly string[] {
    return [...this.#workspaces.keys()];
  }

  at(root: string): MemoryWorkspace {
    const found = [...this.#workspaces.values()].find((workspace) => workspace.root === root);
    if (found !== undefined) return found;
    throw new JidokaError('workspace-failed', `No workspace is at ${root}.`, { mend: 'Open one.' });
  }

  /** The floor as one process sees it; `isLive` says whether another one still lives. */
  floor(owner: string, isLive: (executor: string) => boolean): Floor {
    const orphans = (): readonly MemoryWorkspace[] => [...this.#workspaces.values()].filter((workspace) => !isLive(workspace.owner));
    return {
      kind: 'memory',
      probe: async () => probe,
      open: async (name) => this.#open(name, owner),
      adopt: async (name) => {
        const found = this.#workspaces.get(name);
        if (found === undefined || found.started.size === 0) return null;
        if (found.owner !== owner && isLive(found.owner))
          throw new JidokaError('workspace-failed', `Process ${found.owner} works in ${name}.`, { mend: 'Wait for it, or end it.' });
        found.owner = owner;
        return found;
      },
      left: async () => orphans().flatMap(({ name, started }) => (started.size > 0 ? [name] : [])),
      reap: async () => {
        const dead = orphans().filter(({ started }) => started.size === 0);
        for (const workspace of dead) await workspace.destroy();
        return dead.length;
      },
    };
  }

  #open(name: string, owner: string): MemoryWorkspace {
    const forget = (gone: MemoryWorkspace): void => {
      if (this.#workspaces.get(name) === gone) this.#workspaces.delete(name);
    };
    const workspace = memoryWorkspace({ name, owner, programs: this.programs, now: this.#now, onDestroy: forget });
    this.#workspaces.set(name, workspace);
    return workspace;
  }
}

const probe: FloorProbe = {
  kind: 'memory',
  tier: 'T0',
  host: 'memory',
  platform: 'none',
  user: 'nobody (65534)',
  node: '20.20.2',
  npm: '11.0.0',
  caveats: [],
};
