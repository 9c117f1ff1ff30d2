import { createHash } from 'node:crypto';
import { JidokaError } from '../../src/core/base/error.ts';
import type { ChangedFile } from '../../src/core/evidence/event.ts';
import type { RepositorySnapshot } from '../../src/core/packet/seed.ts';
import type { Attachment, Change, Forge, Publication, Published } from '../../src/core/ports/forge.ts';
import type { MemoryGround } from './memory-floor.ts';

/** A forge without git: one target whose files are a map, and whose patches are lists of files. */
export interface MemoryForge extends Forge {
  /** Commits by the refs of the target that point to them. */
  readonly refs: Map<string, string>;
  /** Every write to the target in order, also one that changed nothing. */
  readonly writes: string[];
}

type Patch = Readonly<Record<string, string | null>>;

/** Makes the forge of a target that has these files. */
export function memoryForge(files: Readonly<Record<string, string>>, ground: MemoryGround): MemoryForge {
  const refs = new Map<string, string>();
  const writes: string[] = [];
  const write = (ref: string, commit: string): Published => {
    refs.set(ref, commit);
    writes.push(ref);
    return { location: snapshot.location, ref, commit, held: null };
  };
  return {
    refs,
    writes,
    open: async () => snapshot,
    read: async (_repository, path) => files[path] ?? null,
    list: async () => Object.keys(files),
    source: ({ baseCommit }) => ({
      commit: baseCommit,
      plant: async (tree) => {
        for (const [path, content] of Object.entries(files)) ground.at(tree).tree.set(path, content);
      },
      settle: async () => {},
    }),
    harvest: async (_repository, from) =>
      'commit' in from
        ? changeOf(files, {})
        : await from.harvest({ take: async (tree) => changeOf(files, difference(files, ground.at(tree).tree)) }),
    async apply(_repository, patch, into) {
      const changes = Object.entries(readPatch(patch));
      const { tree } = ground.at(into);
      for (const [path, content] of changes)
        if (content === null) tree.delete(path);
        else tree.set(path, content);
      return changes.map(([path]) => path);
    },
    filter: async (_repository, patch, keep) =>
      changeOf(files, Object.fromEntries(Object.entries(readPatch(patch)).filter(([path]) => keep(path)))),
    publish: async (_repository, result) => write(refOf(result), commitOf(result)),
    attach: async (_repository, record) => write(refOf(record), commitOf(record)),
    async locate(_repository, result) {
      const [ref, commit] = [refOf(result), commitOf(result)];
      return refs.get(ref) === commit ? { location: snapshot.location, ref, commit, held: null } : null;
    },
    resolve: async (_repository, ref) => refs.get(ref) ?? null,
    history: {
      compare: async () => {
        throw new JidokaError('ref-unknown', 'The one target of a house has no branches.', { mend: 'Review one of a real forge.' });
      },
      // Its one commit is the first and the last.
      ancestor: async ({ baseCommit }, name) =>
        name.length >= 7 && baseCommit.startsWith(name) ? { commit: baseCommit, parent: null } : null,
    },
  };
}

/** The one repository of a house. */
export const snapshot: RepositorySnapshot = {
  id: 'r1',
  name: 'shop',
  location: '/repos/shop',
  kind: 'local',
  directory: '',
  baseCommit: 'a'.repeat(40),
  branch: 'main',
  uncommitted: 0,
};

function difference(base: Readonly<Record<string, string>>, tree: ReadonlyMap<string, string>): Patch {
  const paths = [...new Set([...Object.keys(base), ...tree.keys()])].sort();
  return Object.fromEntries(paths.filter((path) => base[path] !== tree.get(path)).map((path) => [path, tree.get(path) ?? null]));
}

function changeOf(base: Readonly<Record<string, string>>, patch: Patch): Change {
  const changes = Object.entries(patch);
  const files = changes.map(([path, content]): ChangedFile => {
    const status = content === null ? 'deleted' : path in base ? 'modified' : 'added';
    return { path, status, added: linesOf(content), removed: linesOf(base[path] ?? null) };
  });
  return { patch: changes.length === 0 ? '' : `${JSON.stringify(patch)}\n`, files };
}

function linesOf(content: string | null): number {
  return content === null ? 0 : content.split('\n').length;
}

function readPatch(patch: string): Patch {
  if (patch === '') return {};
  try {
    return JSON.parse(patch) as Patch; // written by harvest alone
  } catch (cause) {
    throw new JidokaError('git-failed', 'The patch does not apply.', { mend: 'Harvest it again.', cause });
  }
}

function refOf(result: Publication | Attachment): string {
  return 'files' in result ? result.ref : `refs/heads/${result.branch}`;
}

function commitOf(result: Publication | Attachment): string {
  const files = 'files' in result ? [...result.files].map(([path, bytes]) => [path, Buffer.from(bytes).toString('base64')]) : [];
  return createHash('sha1')
    .update(JSON.stringify({ ...result, files }))
    .digest('hex');
}
