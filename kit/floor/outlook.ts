import { existsSync } from 'node:fs';
import type { ProcessRef, Workspace } from '../../src/core/ports/floor.ts';
import { hostPid } from './host-pid.ts';
import { isRunning } from './is-running.ts';

/** How this machine sees, from outside of a floor, what is in its workspaces. */
export interface Outlook {
  /** The pid by which it knows a process of a workspace that calls itself `own`. Throws where there is none. */
  pidOf(own: number, workspace: Seen): Promise<number>;
  /** The pid by which it knows what stands by a started command; null where that has ended. */
  keeperOf(process: ProcessRef, workspace: Pick<Seen, 'name'>): Promise<number | null>;
  /** Whether the tree and the scratch of a workspace are there still. */
  stands(workspace: Seen): Promise<boolean>;
}

export type Seen = Pick<Workspace, 'name' | 'root' | 'scratch'>;

/** Of floors whose processes and folders are those of this machine. */
export const localOutlook: Outlook = {
  pidOf: async (own, { root }) => hostPid(own, root),
  keeperOf: async ({ pid }) => (isRunning(pid) ? pid : null),
  stands: async ({ root, scratch }) => existsSync(root) || existsSync(scratch),
};

/** What stands by a started command that is expected to go on. */
export async function keeperOf(outlook: Outlook, process: ProcessRef, workspace: Pick<Seen, 'name'>): Promise<number> {
  const pid = await outlook.keeperOf(process, workspace);
  if (pid === null) throw new Error(`nobody stands by the started command ${process.id} of ${workspace.name}`);
  return pid;
}
