import { JidokaError } from '../../src/core/base/error.ts';
import type { ProcessResult, Workspace } from '../../src/core/ports/floor.ts';
import type { GitTree } from '../../src/core/ports/git.ts';
import type { Programs } from './programs.ts';

/** A workspace whose tree is a map. */
export interface MemoryWorkspace extends Workspace, GitTree {
  /** The tree. */
  readonly tree: Map<string, string>;
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
  const tree = new Map<string, string>();
  const started = new Map<string, Promise<ProcessResult>>();
  const own: MemoryWorkspace = {
    name,
    root: `/floor/${name}`,
    scratch: `/floor/${name}.scratch`,
    base: null,
    ref: { floor: 'memory', host: 'memory', name },
    tree,
    started,
    owner,
    isGone: false,
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
    files: {
      read: async (path) => tree.get(path) ?? null,
      write: (path, content) => alive(own, async () => void tree.set(path, text(content))),
      remove: async (path) => {
        for (const file of tree.keys()) if (file === path || file.startsWith(`${path}/`)) tree.delete(file);
      },
      list: async (folder) => [...tree.keys()].filter((path) => folder === '' || path.startsWith(`${folder}/`)),
    },
    converse: async (command) => {
      const result = alive(own, () => programs.run(command, own));
      return { output: outputOf(result), write: async () => {}, end: () => {}, result };
    },
    seed: (source) => alive(own, () => source.plant(own)),
    harvest: (sink) => alive(own, () => sink.take(own)),
    expose: async () => {
      throw new JidokaError('workspace-failed', 'Nothing listens in a workspace of memory.', { mend: 'Use a real floor.' });
    },
    usage: async () => ({ cpuMs: null, memoryPeakBytes: null, processes: null, diskBytes: null, refusals: [] }),
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

async function* outputOf(result: Promise<ProcessResult>): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode((await result).stdout);
}

function text(content: string | Uint8Array): string {
  return typeof content === 'string' ? content : new TextDecoder().decode(content);
}
