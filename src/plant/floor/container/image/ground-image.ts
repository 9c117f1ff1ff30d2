import { createHash, randomUUID } from 'node:crypto';
import { dirname } from 'node:path/posix';
import { putEntries, takeFile } from '../engine/archive.ts';
import type { Entry } from '../engine/archive.ts';
import { makeContainer, removeContainer } from '../engine/containers.ts';
import type { HeldLimits } from '../engine/containers.ts';
import type { Engine } from '../engine/engine.ts';
import { jobUser, labels, layout } from '../layout.ts';
import type { Pack } from '../../remote/index.ts';
import { commitContainer, listImages } from './images.ts';
import type { Image } from './images.ts';

export interface GroundOrder {
  readonly image: Image;
  /** The program that serves a workspace from within its container. */
  readonly pack: Pack;
  /** Labels of what is made on the way. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Changes when what is put into an image changes. */
const version = 1;
const least: HeldLimits = { memoryBytes: 64 * 1024 * 1024, cpus: 1, processes: 16 };

/**
 * The image that workspaces begin with: the owner's, the program that serves a workspace, and a user for commands. Made
 * once for each image; its id.
 */
export async function groundImage(engine: Engine, { image, pack, labels: made }: GroundOrder): Promise<string> {
  const digest = createHash('sha256')
    .update(JSON.stringify([version, image.id, pack.digest, jobUser, layout]))
    .digest('hex');
  const [there] = await listImages(engine, { [labels.ground]: digest });
  if (there !== undefined) return there.id;
  const name = `jidoka-ground-${digest.slice(0, 12)}-${randomUUID().slice(0, 8)}`;
  const container = await makeContainer(engine, { name, image: image.id, user: jobUser.text, labels: made, limits: least });
  try {
    await putEntries(engine, container, [...(await users(engine, container)), ...folders, ...runner(pack)]);
    return await commitContainer(engine, container, {
      repo: 'jidoka-ground',
      tag: digest.slice(0, 12),
      labels: { [labels.ground]: digest },
    });
  } finally {
    await removeContainer(engine, container);
  }
}

const root = { uid: 0, gid: 0 } as const;

const folders: readonly Entry[] = [
  { path: layout.home, mode: 0o755, ...root },
  { path: layout.base, mode: 0o755, ...root },
  { path: layout.floor, mode: 0o755, uid: jobUser.uid, gid: jobUser.gid },
];

/** Where the program that becomes the runner looks for it. */
function runner({ digest, text }: Pack): readonly Entry[] {
  const own = { uid: jobUser.uid, gid: jobUser.gid };
  const place = `${layout.cache}/jidoka/runner/${digest}`;
  const files = Object.entries(JSON.parse(text) as Record<string, string>).map(([path, content]) => ({
    path: `${place}/${path}`,
    content,
    mode: 0o644,
    ...own,
  }));
  const above = new Set(files.flatMap(({ path }) => foldersBetween(layout.home, path)));
  return [...[...above].sort().map((path) => ({ path, mode: 0o755, ...own })), ...files];
}

function foldersBetween(top: string, path: string): readonly string[] {
  const above = dirname(path);
  return above === top ? [] : [...foldersBetween(top, above), above];
}

/** Many programs want a name for the user that they run as. */
async function users(engine: Engine, container: string): Promise<readonly Entry[]> {
  const { name, uid, gid } = jobUser;
  const named = async (path: string, line: string): Promise<Entry> => {
    const text = (await takeFile(engine, container, path))?.text ?? '';
    const kept = text === '' || text.endsWith('\n') ? text : `${text}\n`;
    return { path, content: `${kept}${line}\n`, mode: 0o644, ...root };
  };
  return [
    await named('/etc/passwd', `${name}:x:${uid}:${gid}:${name}:${layout.floor}:/bin/sh`),
    await named('/etc/group', `${name}:x:${gid}:`),
  ];
}
