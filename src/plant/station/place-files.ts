import { JidokaError } from '../../core/base/error.ts';
import type { Workspace } from '../../core/ports/floor.ts';
import type { PlacedFile } from './harness/harness.ts';

/**
 * Writes files into a folder of the workspace that is not part of its tree, as commands see it: into a new one, or among
 * what an earlier life left there. Throws `workspace-failed`.
 */
export async function placeFiles(workspace: Workspace, folder: string, files: readonly PlacedFile[], isNew: boolean): Promise<void> {
  await run(workspace, `${isNew ? 'rm -rf -- "$TO" && ' : ''}mkdir -p -- "$TO"`, { TO: folder });
  for (const { path, text } of files) {
    // By its stdin: a command's arguments and environment have room for no more than 128 KiB.
    await run(workspace, 'mkdir -p -- "${TO%/*}" && cat > "$TO"', { TO: `${folder}/${path}` }, text);
  }
}

async function run(workspace: Workspace, script: string, env: Readonly<Record<string, string>>, input = ''): Promise<void> {
  const command = { argv: ['sh', '-c', script] as const, cwd: '', env, timeoutMs: 30_000, network: 'none' as const };
  const { write, end, output, result } = await workspace.converse(command);
  await write(new TextEncoder().encode(input));
  end();
  await drain(output);
  const { exit, stderr } = await result;
  if (exit.kind === 'exited' && exit.code === 0) return;
  throw new JidokaError('workspace-failed', `What an agent needs could not be written to ${env['TO']}: ${stderr.trim() || exit.kind}.`, {
    mend: 'Look at the space and the rights of the floor, and run it again.',
  });
}

async function drain(output: AsyncIterable<Uint8Array>): Promise<void> {
  const pieces = output[Symbol.asyncIterator]();
  while ((await pieces.next()).done !== true);
}
