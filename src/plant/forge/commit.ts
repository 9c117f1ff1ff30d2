import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { JidokaError } from '../../core/base/error.ts';
import type { Attachment, Publication } from '../../core/ports/forge.ts';
import { inside } from './mirror.ts';
import type { Ground } from './mirror.ts';

/** The one author of what the factory commits. */
export const author = 'jidoka <jidoka@localhost>';

interface Wanted {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly message: string;
  readonly at: string;
}

/** Makes the commit of a patch on a base in the mirror; the same input gives the same commit. */
export async function commitPatch(ground: Ground, mirror: string, change: Publication & { readonly base: string }): Promise<string> {
  return withIndex(ground, mirror, async (options) => {
    await ground.git.must(['read-tree', change.base], options);
    await ground.git.must(['apply', '--binary', '--whitespace=nowarn', '--cached'], { ...options, input: change.patch });
    const tree = text(await ground.git.must(['write-tree'], options));
    return commitTree(ground, options, { tree, parents: [change.base], message: change.message, at: change.at });
  });
}

/** Makes a commit without parents that holds the files and nothing else; the same input gives the same commit. */
export async function commitFiles(ground: Ground, mirror: string, record: Attachment): Promise<string> {
  return withIndex(ground, mirror, async (options, folder) => {
    const names = [...record.files.keys()].sort();
    const drafts = names.map((_, index) => join(folder, String(index)));
    for (const [index, name] of names.entries()) await writeFile(drafts[index] ?? '', record.files.get(name) ?? '');
    const hash = ['hash-object', '-w', '--no-filters', '--stdin-paths'];
    const objects = text(await ground.git.must(hash, { ...options, input: drafts.map((draft) => `${draft}\n`).join('') })).split('\n');
    const input = names.map((name, index) => `100644 ${objects[index]}\t${name}\0`).join('');
    await ground.git.must(['update-index', '-z', '--index-info'], { ...options, input });
    const tree = text(await ground.git.must(['write-tree'], options));
    return commitTree(ground, options, { tree, parents: [], message: record.message, at: record.at });
  });
}

type Options = ReturnType<typeof inside>;

async function withIndex(ground: Ground, mirror: string, work: (options: Options, folder: string) => Promise<string>): Promise<string> {
  const folder = join(ground.git.root, randomUUID());
  await mkdir(folder);
  try {
    return await work(inside(mirror, { GIT_INDEX_FILE: join(folder, 'index') }), folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function commitTree(ground: Ground, options: Options, wanted: Wanted): Promise<string> {
  const seconds = Math.floor(Date.parse(wanted.at) / 1000);
  if (!Number.isFinite(seconds)) {
    throw new JidokaError('invariant', `${JSON.stringify(wanted.at)} is no ISO time for a commit.`, {
      mend: 'Report this as a bug of jidoka.',
    });
  }
  const [, name = '', email = ''] = /^(.*) <(.*)>$/.exec(author) ?? [];
  const who = {
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_AUTHOR_DATE: `@${seconds} +0000`,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
    GIT_COMMITTER_DATE: `@${seconds} +0000`,
  };
  const parents = wanted.parents.flatMap((parent) => ['-p', parent]);
  const input = `${wanted.message.trimEnd()}\n`;
  return text(await ground.git.must(['commit-tree', wanted.tree, ...parents], { ...options, env: { ...options.env, ...who }, input }));
}

function text(out: Buffer): string {
  return out.toString('utf8').trim();
}
