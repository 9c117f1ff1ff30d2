import { JidokaError } from '../../../../core/base/error.ts';
import type { Exposed, Workspace } from '../../../../core/ports/floor.ts';
import type { BaseBuilding } from '../../layers/base-keeper.ts';
import type { HandedWorkspace } from '../words.ts';

/** The workspaces that the other side has in its hands, by number. */
export interface Handed {
  hand(workspace: Workspace, building?: BaseBuilding): Promise<HandedWorkspace>;
  /** Throws `workspace-failed` for a number that stands for nothing any more. */
  workspace(handle: number): Workspace;
  building(handle: number): BaseBuilding;
  /** Reaches a port of a workspace; the same for all who ask. */
  exposed(handle: number, port: number): Promise<Exposed>;
  hide(handle: number, port: number): Promise<void>;
  /** Forgets a workspace, and closes what was open of it. */
  forget(handle: number): Promise<void>;
  /** Forgets all, and has no base half-built. */
  forgetAll(): Promise<void>;
}

interface Held {
  readonly workspace: Workspace;
  readonly building: BaseBuilding | null;
  readonly ports: Map<number, Promise<Exposed>>;
}

export function handedWorkspaces(): Handed {
  const all = new Map<number, Held>();
  let last = 0;
  const held = (handle: number): Held => {
    const found = all.get(handle);
    if (found === undefined) throw forgotten();
    return found;
  };
  const hide = async (ports: Held['ports'], port: number): Promise<void> => {
    const exposed = ports.get(port);
    ports.delete(port);
    await (await exposed)?.close();
  };
  const forget = async (handle: number): Promise<void> => {
    const found = all.get(handle);
    all.delete(handle);
    if (found !== undefined) for (const port of found.ports.keys()) await hide(found.ports, port);
  };
  return {
    async hand(workspace, building) {
      const handle = (last += 1);
      const { name, root, scratch } = workspace;
      all.set(handle, { workspace, building: building ?? null, ports: new Map() });
      return { handle, name, root, scratch, base: await workspace.harvest({ take: async (tree) => tree.base }) };
    },
    workspace: (handle) => held(handle).workspace,
    building(handle) {
      const { building } = held(handle);
      if (building === null) throw forgotten();
      return building;
    },
    exposed(handle, port) {
      const { workspace, ports } = held(handle);
      const exposed = ports.get(port) ?? workspace.expose(port);
      ports.set(port, exposed);
      exposed.catch(() => ports.delete(port));
      return exposed;
    },
    hide: (handle, port) => hide(held(handle).ports, port),
    forget,
    async forgetAll() {
      for (const [handle, { building }] of all) {
        await building?.abandon().catch(() => undefined); // what stays of it is nobody's, and reaped
        await forget(handle);
      }
    },
  };
}

function forgotten(): JidokaError {
  return new JidokaError('workspace-failed', 'The workspace is gone: it was destroyed.', {
    mend: 'Open it anew and do the stage again.',
    data: { gone: true },
  });
}
