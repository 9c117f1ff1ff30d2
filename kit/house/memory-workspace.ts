import { JidokaError } from '../../src/core/base/error.ts';
import type { ProcessResult, Workspace } from '../../src/core/ports/floor.ts';
import type { Programs } from './programs.ts';

/** A workspace whose tree is a map. */
export interface MemoryWorkspace extends Workspace {
  readonly files: Map<string, string>;
  readonly started: Map<string, Promise<ProcessResult>>;
  /** Executor that looks after it. */
  owner: string;
  isGone: boolean;
}

export interface NewWorkspace {
  readonly name: string;
  readonly owner: string;
  readonly programs: Programs;
  /** ISO time. */
  readonly now: () => string;
  readonly onDestroy: (workspace: MemoryWorkspace) => void;
}

/** Makes an empty workspace in memory; what runs in it are programs that a test gave. */
export function memoryWorkspace({ name, owner, programs, now, onDestroy }: NewWorkspace): MemoryWorkspace {
  const files = new Map<string, string>();
  const started = new Map<string, Promise<ProcessResult>>();
  const own: MemoryWorkspace = {
    name,
    root: `/floor/${name}`,
    scratch: `/floor/${name}.scratch`,
    files,
    started,
    owner,
    isGone: false,
    handOver: async () => {},
    spawn: (command) => alive(own, () => programs.run(command, own)),
    start: (command) =>
      alive(own, async () => {
        const id = `${name}/${started.size + 1}`;
        started.set(id, programs.run(command, own));
        return { id, pid: started.size, life: name, startedAt: now() };
      }),
    attach: async ({ id }, { signal }) => {
      const process = started.get(id);
      return process === undefined ? 'gone' : await Promise.race([process, cut(signal)]);
    },
    read: async (path) => files.get(path) ?? null,
    write: (path, content) => alive(own, async () => void files.set(path, text(content))),
    remove: async (path) => {
      for (const file of files.keys()) if (file === path || file.startsWith(`${path}/`)) files.delete(file);
    },
    list: async (folder) => [...files.keys()].filter((path) => folder === '' || path.startsWith(`${folder}/`)),
    destroy: async () => {
      own.isGone = true;
      onDestroy(own);
    },
  };
  return own;
}

function alive<T>(workspace: MemoryWorkspace, use: () => Promise<T>): Promise<T> {
  if (!workspace.isGone) return use();
  throw new JidokaError('workspace-failed', `The workspace ${workspace.name} is gone.`, { mend: 'Open another.' });
}

function cut(signal: AbortSignal): Promise<ProcessResult> {
  return new Promise((resolve) => {
    const end = (): void => resolve({ exit: { kind: 'cancelled' }, stdout: '', stderr: '', truncated: false, durationMs: 0 });
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}

function text(content: string | Uint8Array): string {
  return typeof content === 'string' ? content : new TextDecoder().decode(content);
}
