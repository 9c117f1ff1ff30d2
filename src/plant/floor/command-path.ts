import { accessSync, constants, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';

/**
 * PATH for commands: the factory's own, without folders of packages (`npm run` puts the factory's tools there) and
 * without relative ones, and such that `node` is the Node.js that runs the factory.
 */
export function commandPath(path: string | undefined, node: string): string {
  const folders = (path ?? '/usr/local/bin:/usr/bin:/bin').split(':').filter(isCommon);
  const first = folders.find((folder) => canRun(join(folder, 'node')));
  const same = first !== undefined && realpathSync(join(first, 'node')) === realpathSync(node);
  return [...new Set(same ? folders : [dirname(node), ...folders])].join(':');
}

function isCommon(folder: string): boolean {
  return isAbsolute(folder) && !/\/node_modules\/|\/node-gyp-bin(\/|$)/.test(`${folder}/`);
}

function canRun(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
