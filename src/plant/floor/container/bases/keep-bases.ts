import { dirname } from 'node:path/posix';
import { JidokaError, isJidokaError } from '../../../../core/base/error.ts';
import type { BaseOrder, Workspace } from '../../../../core/ports/floor.ts';
import type { BaseBuilding, BaseKeeper } from '../../layers/base-keeper.ts';
import { execute } from '../engine/execute.ts';
import type { ContainerGround } from '../ground.ts';
import { commitContainer } from '../image/images.ts';
import { jobUser, labels, layout, rootUser } from '../layout.ts';
import { leave, openContainer } from '../open.ts';
import type { Opened } from '../open.ts';
import { baseImage, markUsed } from './base-images.ts';

/** Keeps bases as images: one process at a time builds a base, in the one container of its name. */
export function keepBaseImages(ground: ContainerGround): BaseKeeper {
  return {
    find: async (key) => (await baseImage(ground, key)) !== null,
    async begin(key, limits) {
      if (ground.building.has(key)) return null;
      ground.building.add(key);
      try {
        const opened = await openUnlessTaken(ground, key, limits);
        // Sealed by another between looking and opening: there is nothing to build.
        const isSealed = opened !== null && (await baseImage(ground, key)) !== null;
        if (opened !== null && !isSealed) return building(ground, key, opened);
        if (opened !== null) await leave(ground, opened.place);
        ground.building.delete(key);
        return null;
      } catch (error) {
        ground.building.delete(key);
        throw error;
      }
    },
  };
}

async function openUnlessTaken(ground: ContainerGround, key: string, limits: BaseOrder['limits']): Promise<Opened | null> {
  try {
    return await openContainer(ground, `base-${key.slice(0, 16)}`, limits === undefined ? {} : { limits });
  } catch (error) {
    // A living process has it.
    if (isJidokaError(error) && typeof error.data['holder'] === 'number') return null;
    throw error;
  }
}

function building(ground: ContainerGround, key: string, opened: Opened): BaseBuilding {
  const { workspace, place } = opened;
  return {
    workspace,
    async seal() {
      await seal(ground, key, opened);
      await leave(ground, place);
      ground.building.delete(key);
    },
    abandon: () => leave(ground, place).finally(() => ground.building.delete(key)),
  };
}

/** Cleans the container of everything but its tree, keeps the git folder where no command can change it, and makes an image of it. */
async function seal(ground: ContainerGround, key: string, { workspace, container, inside }: Opened): Promise<void> {
  const { engine, floor } = ground;
  await inside.floor.close();
  await must(ground, container, {
    user: jobUser.text,
    argv: ['/bin/sh', '-c', cleanScript, 'sh', layout.floor, spaceOf(workspace)],
    doing: 'cleaning the base',
  });
  await must(ground, container, {
    user: rootUser,
    argv: ['node', '-e', keepProgram, `${workspace.root}/.git`, layout.base],
    doing: 'keeping the git folder of the base',
  });
  // An image has the labels of what it was made of; this one is nothing to begin with.
  await commitContainer(engine, container, {
    repo: `jidoka-base-${floor}`,
    tag: key.slice(0, 16),
    labels: { [labels.floor]: floor, [labels.sealed]: key, [labels.ground]: '' },
  });
  await markUsed(ground, key);
}

function spaceOf({ root }: Workspace): string {
  return dirname(root);
}

/** Arguments: folder of the floor, folder of the workspace. Whatever a setup left outside of the tree is not the base's. */
const cleanScript = `cd "$1" || exit 1
chmod -R u+rwX . 2>/dev/null
for one in .[!.]* *; do [ "$1/$one" = "$2" ] || rm -rf "$one" || exit 1; done
for one in home tmp scratch started; do rm -rf "$2/$one" && mkdir "$2/$one" || exit 1; done
chmod 700 "$2/started" && chmod -R go+rX "$2/tree/.git"`;

/** Copies files and folders and no links: a link could lead to what a command can change. */
const keepProgram = `
const fs = require('node:fs');
const [from, to] = process.argv.slice(1);
fs.cpSync(from, to, { recursive: true, filter: (path) => { const found = fs.lstatSync(path); return found.isFile() || found.isDirectory(); } });`;

interface Step {
  readonly user: string;
  readonly argv: readonly [string, ...string[]];
  readonly doing: string;
}

async function must({ engine }: ContainerGround, container: string, { user, argv, doing }: Step): Promise<void> {
  const { code, stderr } = await execute(engine, container, { argv, user });
  if (code === 0) return;
  throw new JidokaError('workspace-failed', `Failed ${doing} (${code}): ${stderr.trim().slice(-400)}`, {
    mend: 'Prepare it again; look at what the setup of the repository does to the rights of its files.',
  });
}
