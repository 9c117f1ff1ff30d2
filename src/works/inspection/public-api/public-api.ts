import { z } from 'zod';
import type { ProcessResult, Workspace } from '../../../core/ports/floor.ts';
import { entriesOfLibrary } from './entries.ts';
import type { Entry, LibraryManifest } from './entries.ts';
import { probe } from './probe.ts';

const Loaded = z.discriminatedUnion('kind', [
  /** Kind and number of parameters by name: 'parse' -> 'function/2', 'Parser#next' -> 'function/0'. */
  z.object({ kind: z.literal('loaded'), names: z.record(z.string(), z.string()) }),
  z.object({ kind: z.literal('failed'), message: z.string() }),
  /** The package does not offer this way of loading. */
  z.object({ kind: z.literal('absent') }),
]);
export type LoadedEntry = z.infer<typeof Loaded>;

const Answer = z.object({ require: Loaded, import: Loaded });

/** What a library offers, by `require .`, `import ./sub`; plain data, so that a baseline can keep it. */
export interface ApiSurface {
  readonly entries: Readonly<Record<string, LoadedEntry>>;
}

/**
 * Loads every entry of a library in a process of the workspace, by `require` and by `import`, and writes down what it
 * finds. An entry that does not load is part of the answer. Null for what is no library.
 *
 * @param directory Project folder below the root, '' for the root; its packages are installed.
 */
export async function publicApi(workspace: Workspace, directory: string, manifest: LibraryManifest): Promise<ApiSurface | null> {
  const entries = entriesOfLibrary(manifest);
  if (entries.length === 0) return null;
  const found: (readonly [string, LoadedEntry])[] = [];
  for (const entry of entries) {
    const answer = await look(workspace, directory, entry);
    found.push([`require ${entry.entry}`, answer.require], [`import ${entry.entry}`, answer.import]);
  }
  return { entries: Object.fromEntries(found) };
}

/** Begins the line of the answer; code that is loaded may print what it likes around it. */
const mark = 'jidoka-public-api:';
const timeoutMs = 30_000;

async function look(workspace: Workspace, directory: string, { specifier }: Entry): Promise<z.infer<typeof Answer>> {
  const argv = ['node', '-e', probe, '--', specifier, mark] as const;
  const result = await workspace.spawn({ argv, cwd: directory, timeoutMs, network: 'none' });
  const line = result.stdout.split('\n').findLast((text) => text.startsWith(mark));
  const answer = Answer.safeParse(parse(line?.slice(mark.length) ?? ''));
  if (answer.success) return answer.data;
  const failed = { kind: 'failed', message: endOf(result) } as const;
  return { require: failed, import: failed };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function endOf({ exit, stderr }: ProcessResult): string {
  const last = stderr.trim().split('\n').at(-1) ?? '';
  switch (exit.kind) {
    case 'exited':
      return `the process ended with ${exit.code} while it was loaded${last === '' ? '' : `: ${last}`}`;
    case 'signalled':
      return `the process was ended by ${exit.signal} while it was loaded`;
    case 'timed-out':
      return `it did not finish loading within ${exit.afterMs} ms`;
    case 'stalled':
      return `it said nothing for ${exit.afterMs} ms while it was loaded`;
    case 'limited':
      return `it took more ${exit.limit} than it may have while it was loaded`;
    case 'cancelled':
      return 'loading it was cancelled';
    case 'not-started':
      return exit.message;
  }
}
