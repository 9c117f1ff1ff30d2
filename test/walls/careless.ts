import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EscapePlace } from '../../kit/floor/index.ts';
import { open, path } from './bench.ts';
import type { Bench } from './bench.ts';
import { start } from './start.ts';

/** A workspace as nobody should make it: no wall, a way out that passes on everything, and a factory that follows links. */
export async function carelessPlace(bench: Bench, wayOut: number): Promise<EscapePlace> {
  const place = await bench.place(open, 'bubblewrap');
  const at = (name: string): string => join(place.root, name);
  const ofOwner = { npm_config_registry: `http://127.0.0.1:${wayOut}/npm/`, NPM_TOKEN: 'planted' };
  const ofFactory = (): Record<string, string> => ({ JIDOKA_PLANTED_SECRET: process.env['JIDOKA_PLANTED_SECRET'] ?? '' });
  return {
    ...place,
    spawn: (command) => place.spawn({ ...command, env: { ...(command.network === 'none' ? ofFactory() : ofOwner), ...command.env } }),
    files: {
      read: (name) => readFile(at(name), 'utf8'),
      write: (name, content) => writeFile(at(name), content),
      remove: (name) => rm(at(name), { recursive: true }),
      list: (name) => readdir(at(name)),
    },
  };
}

/** What runs git in a tree without any care, as the factory must not. */
export async function carelessly({ root }: EscapePlace): Promise<void> {
  const settings = ['-c', 'safe.directory=*', '-c', 'user.name=a', '-c', 'user.email=a@b'];
  for (const args of ['status', 'diff', 'add -A', 'commit -qm taken', 'checkout -q -B taken', 'fetch -q origin']) {
    const env = { PATH: path, HOME: root, GIT_EDITOR: 'true' };
    await start({ argv: ['timeout', '20', 'git', ...settings, ...args.split(' ')], cwd: root, env, user: null }).ended;
  }
}
