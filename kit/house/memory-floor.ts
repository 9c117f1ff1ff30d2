import { JidokaError } from '../../src/core/base/error.ts';
import type { BaseOrder, Floor, FloorProbe, WorkspaceView } from '../../src/core/ports/floor.ts';
import { memoryWorkspace, type MemoryWorkspace } from './memory-workspace.ts';
import type { Programs } from './programs.ts';

/** The one machine that all processes of a house run on. */
export class MemoryGround {
  readonly programs: Programs;
  /** What the floor says instead of what it is; null while it can be used. */
  fault: Error | null = null;
  readonly #now: () => string;
  readonly #workspaces = new Map<string, MemoryWorkspace>();
  readonly #bases = new Map<string, ReadonlyMap<string, string>>();

  constructor(programs: Programs, now: () => string) {
    this.programs = programs;
    this.#now = now;
  }

  /** Names of the workspaces that are there. */
  names(): readonly string[] {
    return [...this.#workspaces.keys()];
  }

  at({ root }: { readonly root: string }): MemoryWorkspace {
    const found = [...this.#workspaces.values()].find((workspace) => workspace.root === root);
    if (found !== undefined) return found;
    throw new JidokaError('workspace-failed', `No workspace is at ${root}.`, { mend: 'Open one.' });
  }

  /** The floor as one process sees it; `isLive` says whether another one still lives. */
  floor(owner: string, isLive: (executor: string) => boolean): Floor {
    const orphans = (): readonly MemoryWorkspace[] => [...this.#workspaces.values()].filter((workspace) => !isLive(workspace.owner));
    return {
      kind: 'memory',
      probe: async () => {
        if (this.fault !== null) throw this.fault;
        return probe;
      },
      prepare: async ({ key, source, setup }) => {
        const base = this.#bases.get(key) ?? (await this.#build(key, { source, setup, owner }));
        this.#bases.set(key, base);
        return { floor: 'memory', key };
      },
      open: async (name, { base } = {}) => {
        const workspace = this.#open(name, owner);
        for (const [path, content] of (base === undefined ? null : this.#bases.get(base.key)) ?? []) workspace.tree.set(path, content);
        return workspace;
      },
      attach: async ({ name }, { visit = false } = {}) => {
        const found = this.#workspaces.get(name);
        if (found !== undefined && visit) return { kind: 'attached', workspace: { ...found, destroy: async () => {} } };
        if (found === undefined || found.started.size === 0) return { kind: 'gone' };
        if (found.owner !== owner && isLive(found.owner))
          throw new JidokaError('workspace-failed', `Process ${found.owner} works in ${name}.`, { mend: 'Wait for it, or end it.' });
        found.owner = owner;
        return { kind: 'attached', workspace: found };
      },
      list: async () => [...this.#workspaces.values()].map((workspace) => view(workspace, isLive(workspace.owner))),
      reap: async ({ dryRun = false } = {}) => {
        const dead = orphans().filter(({ started }) => started.size === 0);
        if (!dryRun) for (const workspace of dead) await workspace.destroy();
        const left = orphans().filter(({ started }) => started.size > 0);
        return { removed: dead.map((one) => view(one, false)), left: left.map((one) => view(one, false)) };
      },
      close: async () => {},
    };
  }

  async #build(key: string, order: Pick<BaseOrder, 'source' | 'setup'> & { readonly owner: string }): Promise<ReadonlyMap<string, string>> {
    const workspace = this.#open(`base-${key}`, order.owner);
    try {
      await workspace.seed(order.source);
      for (const command of order.setup) {
        const { exit } = await workspace.spawn(command);
        if (exit.kind === 'exited' && exit.code === 0) continue;
        throw new JidokaError('setup-failed', `${command.argv.join(' ')} failed.`, { mend: 'Mend it.', data: { exit } });
      }
      return new Map(workspace.tree);
    } finally {
      await workspace.destroy();
    }
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

function view({ ref, owner, started }: MemoryWorkspace, isLive: boolean): WorkspaceView {
  const state = isLive ? 'live' : started.size > 0 ? 'left' : 'stray';
  return { ref, state, owner, since: '2026-01-01T00:00:00.000Z' };
}

const probe: FloorProbe = {
  kind: 'memory',
  tier: 'T0',
  host: 'memory',
  platform: 'none',
  user: 'nobody (65534)',
  node: '20.20.2',
  npm: '11.0.0',
  wall: 'none',
  limits: 'none',
  layers: 'copy',
  image: null,
  region: null,
  claims: [],
  caveats: [],
};
