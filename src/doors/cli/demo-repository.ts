import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { devNull } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { JidokaError } from '../../core/base/error.ts';
import { type Environment, packagePath } from '../config.ts';

export interface DemoPlace {
  /** Home of the factory; demos live in its folder `demo`. */
  readonly home: string;
  /** Milliseconds since 1970; names the folder. */
  readonly now: number;
  readonly env: Environment;
}

/** Copies the shop of the examples into a fresh folder and makes it a git repository of one commit; returns its path. */
export async function makeDemoRepository({ home, now, env }: DemoPlace): Promise<string> {
  const shop = join(home, 'demo', folderName(now), 'shop');
  const source = packagePath('examples', 'shop');
  await mkdir(shop, { recursive: true });
  await cp(source, shop, { recursive: true, filter: (path) => basename(path) !== 'node_modules' });
  // npm leaves .gitignore files out of what it publishes, so the example cannot bring its own.
  await writeFile(join(shop, '.gitignore'), 'node_modules/\n');
  for (const step of gitSteps) await git(step, shop, env);
  return shop;
}

/** Removes demos that were begun more than an hour ago: a younger one may still be at work. */
export async function removeOldDemos({ home, now }: DemoPlace): Promise<void> {
  const folder = join(home, 'demo');
  const names = await readdir(folder).catch(() => []);
  const limit = folderName(now - 3_600_000);
  const old = names.filter((name) => /^\d{4}-\d\d-\d\dT[\d-]+Z$/.test(name) && name < limit);
  for (const name of old) await rm(join(folder, name), { recursive: true, force: true });
}

/** ISO time without colons, which some file systems refuse; sorts by time. */
function folderName(ms: number): string {
  return new Date(ms).toISOString().replaceAll(/[:.]/g, '-');
}

const gitSteps: readonly (readonly string[])[] = [
  ['init', '--quiet', '--initial-branch=main'],
  ['add', '--all'],
  ['-c', 'user.name=jidoka demo', '-c', 'user.email=demo@jidoka.invalid', 'commit', '--quiet', '--message=The shop as it is sold today'],
];

const run = promisify(execFile);

async function git(args: readonly string[], cwd: string, env: Environment): Promise<void> {
  // Neither the settings of the person (signing, hooks, templates) nor a surrounding git command may reach in.
  const own = { PATH: env['PATH'] ?? '', HOME: cwd, GIT_CONFIG_GLOBAL: devNull, GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C' };
  try {
    await run('git', [...args], { cwd, env: own });
  } catch (cause) {
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    const why = cause instanceof Error ? cause.message : String(cause);
    throw missing
      ? new JidokaError('git-missing', 'git was not found.', { mend: 'Install git 2.28 or newer, then run `jidoka demo` again.', cause })
      : new JidokaError('git-failed', `git could not make the demo repository: ${why}`, { mend: 'Run `jidoka doctor`.', cause });
  }
}
