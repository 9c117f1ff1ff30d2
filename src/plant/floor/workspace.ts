import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { JidokaError } from '../../core/base/error.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Command, ProcessResult, Workspace } from '../../core/ports/floor.ts';
import type { Account } from './account.ts';
import { commandEnvironment } from './environment.ts';
import type { HostEnvironment, Places } from './environment.ts';
import { pathRefused, workspaceFault } from './fault.ts';
import { runCommand } from './run-command.ts';
import type { SeeProcesses } from './processes.ts';
import { capture } from './spawn.ts';
import { workspaceFiles } from './workspace-files.ts';

/** What a workspace of this host is made of. */
export interface WorkspaceParts {
  readonly name: string;
  readonly root: string;
  /** Begins the marker of all its processes. */
  readonly job: string;
  readonly account: Account;
  readonly places: Places;
  readonly host: HostEnvironment;
  readonly see: SeeProcesses;
  readonly clock: Clock;
  readonly remove: () => Promise<void>;
}

/** A workspace on this host, in folders that exist. */
export function hostWorkspace(parts: WorkspaceParts): Workspace {
  return {
    name: parts.name,
    root: parts.root,
    handOver: () => handOver(parts.root, parts.account),
    spawn: (command) => spawnIn(parts, command),
    ...workspaceFiles(parts.root, parts.account.user),
    destroy: parts.remove,
  };
}

/** Gives a folder and what is below it to the user of commands; links themselves, not what they point to. */
export async function handOver(folder: string, account: Account): Promise<void> {
  if (account.user === null) return;
  const owner = `${account.user.uid}:${account.user.gid}`;
  const { code } = await capture({ argv: ['chown', '-RhP', owner, folder], cwd: '/', env: account.tools, user: null });
  if (code !== 0) throw workspaceFault(new Error(`chown ended with ${code}`), `giving ${folder} to ${account.name}`);
}

async function spawnIn(parts: WorkspaceParts, command: Command): Promise<ProcessResult> {
  if (!(await isFolder(parts.root))) throw gone(parts);
  const cwd = join(parts.root, command.cwd);
  if (cwd !== parts.root && !cwd.startsWith(`${parts.root}/`)) throw pathRefused(command.cwd, 'it leads out of the workspace');
  if (!(await isFolder(cwd))) return noFolder(command.cwd);
  return runCommand(command, {
    cwd,
    env: commandEnvironment(command.network, parts.host, parts.places),
    user: parts.account.user,
    job: parts.job,
    see: parts.see,
    clock: parts.clock,
  });
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function noFolder(cwd: string): ProcessResult {
  const message = `there is no folder ${JSON.stringify(cwd)} in the workspace`;
  return { exit: { kind: 'not-started', message }, stdout: '', stderr: '', truncated: false, durationMs: 0 };
}

function gone(parts: WorkspaceParts): JidokaError {
  return new JidokaError('workspace-failed', `The workspace ${parts.name} is gone: there is no folder ${parts.root}.`, {
    mend: 'Open it anew and do the stage again.',
  });
}
