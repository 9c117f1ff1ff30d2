import type { Git, GitOptions } from './git.ts';
import { gitFailed } from './git.ts';

/** Reads files of commits; those that are asked for at the same time are read by one process, because starting it takes the longest. */
export interface BlobReader {
  /** Bytes of a file at a commit; null where the commit has no such file. Throws `git-failed`. */
  read(mirror: string, commit: string, path: string): Promise<Buffer | null>;
}

interface Asked {
  readonly name: string;
  readonly resolve: (bytes: Buffer | null) => void;
  readonly reject: (error: unknown) => void;
}

/** Files that one process reads. */
const mostAtOnce = 64;
/** Bytes of files that are remembered, all in all; a commit never changes, and a run asks for its manifests again and again. */
const mostRemembered = 16 * 1024 * 1024;

/** `inside` names a mirror to git. */
export function blobReader(git: Pick<Git, 'must' | 'run'>, inside: (mirror: string) => Pick<GitOptions, 'env'>): BlobReader {
  const asked = new Map<string, Asked[]>();
  const remembered = memory(mostRemembered);
  const readAll = (mirror: string): void => {
    const all = asked.get(mirror) ?? [];
    asked.delete(mirror);
    for (let at = 0; at < all.length; at += mostAtOnce) void answer(all.slice(at, at + mostAtOnce), mirror);
  };
  const answer = async (some: readonly Asked[], mirror: string): Promise<void> => {
    try {
      const names = some.map(({ name }) => `${name}\n`).join('');
      const blobs = blobsIn(await git.must(['cat-file', '--batch'], { ...inside(mirror), input: names }), some);
      some.forEach(({ resolve }, at) => resolve(blobs[at] ?? null));
    } catch {
      // Together they may be more than one process may print.
      for (const { name, resolve, reject } of some) await readOne(git, inside(mirror), name).then(resolve, reject);
    }
  };
  const ask = (mirror: string, name: string): Promise<Buffer | null> =>
    new Promise((resolve, reject) => {
      const waiting = asked.get(mirror) ?? [];
      if (waiting.length === 0) setImmediate(() => readAll(mirror));
      asked.set(mirror, waiting);
      waiting.push({ name, resolve, reject });
    });
  return {
    async read(mirror, commit, path) {
      const name = `${commit}:${path}`;
      // Git takes names by lines.
      if (path.includes('\n')) return readOne(git, inside(mirror), name);
      const known = remembered.get(`${mirror} ${name}`);
      if (known !== undefined) return known;
      const bytes = await ask(mirror, name);
      remembered.set(`${mirror} ${name}`, bytes);
      return bytes;
    },
  };
}

/** What was read last, by name, up to so many bytes. */
function memory(most: number): Pick<Map<string, Buffer | null>, 'get'> & { set(name: string, bytes: Buffer | null): void } {
  const known = new Map<string, Buffer | null>();
  let held = 0;
  const sizeOf = (name: string): number => 2 * name.length + (known.get(name)?.length ?? 0);
  const forget = (name: string): void => {
    if (!known.has(name)) return;
    held -= sizeOf(name);
    known.delete(name);
  };
  return {
    get: (name) => known.get(name),
    set: (name, bytes) => {
      forget(name);
      // One large file would push out all others.
      if (bytes !== null && bytes.length > most / 4) return;
      // A copy: what git printed at once is one buffer, which a small file of it would keep.
      known.set(name, bytes === null ? null : Buffer.from(bytes));
      held += sizeOf(name);
      for (const oldest of known.keys()) {
        if (held <= most) break;
        forget(oldest);
      }
    },
  };
}

async function readOne(git: Pick<Git, 'run'>, options: Pick<GitOptions, 'env'>, name: string): Promise<Buffer | null> {
  const found = await git.run(['cat-file', 'blob', name], options);
  if (found.code === 0) return found.stdout;
  if (/does not exist in|exists on disk, but not in|bad file|not a valid object/i.test(found.stderr)) return null;
  throw gitFailed(['cat-file'], found);
}

/** The answers of git in the order of the questions: `OID TYPE SIZE`, the bytes and a line feed; or a line that tells there is nothing. */
function blobsIn(output: Buffer, asked: readonly Asked[]): readonly (Buffer | null)[] {
  let at = 0;
  return asked.map(({ name }) => {
    const end = output.indexOf('\n', at);
    const head = output.toString('utf8', at, end);
    const [, type = null, size = '0'] = /^[0-9a-f]{40,64} ([a-z]+) (\d+)$/.exec(head) ?? [];
    if (end === -1 || (type === null && !head.startsWith(name)))
      throw gitFailed(['cat-file', '--batch'], { code: 0, stdout: output, stderr: `error: "${head.slice(0, 200)}" is no answer` });
    at = end + 1;
    if (type === null) return null;
    const bytes = output.subarray(at, at + Number(size));
    at += Number(size) + 1;
    return type === 'blob' ? bytes : null;
  });
}
