import { Header } from 'tar';
import type { Engine } from './engine.ts';
import { asked, askedFor } from './fault.ts';

/** A file, or a folder where it has no content, to put into a container. */
export interface Entry {
  /** Absolute; its folder exists, or comes before it. */
  readonly path: string;
  readonly content?: string | Uint8Array;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** A file of a container, with the user that the engine says it belongs to. */
export interface Found {
  readonly text: string;
  readonly uid: number;
}

const blockBytes = 512;
/** Biggest file that is taken out of a container as text, in bytes. */
const mostBytes = 8 * 1024 * 1024;

/** Puts files into a container, running or not. Throws `workspace-failed`, `disk-full`, `floor-unreachable`. */
export async function putEntries(engine: Engine, container: string, entries: readonly Entry[]): Promise<void> {
  const archive = Buffer.concat([...entries.flatMap(blocksOf), Buffer.alloc(2 * blockBytes)]);
  await asked(engine, `putting files into the container ${container.slice(0, 12)}`, () =>
    engine.api.getContainer(container).putArchive(archive, { path: '/' }),
  );
}

function blocksOf({ path, content, mode, uid, gid }: Entry): readonly Buffer[] {
  const bytes = content === undefined ? Buffer.alloc(0) : Buffer.from(content);
  const isFolder = content === undefined;
  const head = Buffer.alloc(blockBytes);
  const header = new Header({
    path: path.slice(1) + (isFolder ? '/' : ''),
    type: isFolder ? 'Directory' : 'File',
    size: bytes.length,
    mtime: new Date(0),
    mode,
    uid,
    gid,
  });
  // It tells whether it needs a longer header, which none of these paths does.
  if (header.encode(head, 0)) throw new TypeError(`${path} is too long for an archive`);
  return [head, bytes, Buffer.alloc((blockBytes - (bytes.length % blockBytes)) % blockBytes)];
}

/** Takes a small file out of a container; null where there is none. Throws `workspace-failed`, `floor-unreachable`. */
export async function takeFile(engine: Engine, container: string, path: string): Promise<Found | null> {
  const doing = `taking ${path} out of the container ${container.slice(0, 12)}`;
  const stream = await askedFor(engine, doing, () => engine.api.getContainer(container).getArchive({ path }));
  if (stream === null) return null;
  return asked(engine, doing, async () => firstFile(await collect(stream)));
}

async function collect(stream: NodeJS.ReadableStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    chunks.push(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    if (bytes > mostBytes) throw new Error(`it has more than ${mostBytes} bytes`);
  }
  return Buffer.concat(chunks);
}

function firstFile(archive: Buffer): Found | null {
  for (let at = 0; at + blockBytes <= archive.length;) {
    const { type, size = 0, uid = -1 } = new Header(archive, at);
    const end = at + blockBytes + size;
    if (type === 'File') return { text: archive.subarray(at + blockBytes, end).toString('utf8'), uid };
    at = Math.ceil(end / blockBytes) * blockBytes;
  }
  return null;
}
