import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { RecordingWorld } from '../../kit/factory/index.ts';
import { makeRepository, type MadeRepository } from '../../kit/forge/index.ts';
import { registryDouble, type FakePackage, type RegistryDouble } from '../../kit/registry/index.ts';
import { npmProject, runCommand, startCommand, type Ended, type ProjectShape, type Running } from '../../kit/scenario/index.ts';
import { verifyEvidence } from '../../src/core/evidence/verify.ts';
import type { Factory } from '../../src/core/ports/factory.ts';
import { cli } from '../../src/doors/cli/index.ts';
import { unconfined } from '../../src/core/ports/floor.ts';
import { createFactory } from '../../src/factory.ts';
import { floorRoot } from '../../src/plant/floor/index.ts';
import { giveCluster } from '../cluster/give-cluster.ts';
import { forgetHome } from './forget-home.ts';

/** A whole factory for one test file: a home of its own, a registry of its own, and projects to work on. */
export interface Scene {
  readonly folder: string;
  readonly home: string;
  /** Where workspaces stand. */
  readonly floor: string;
  readonly registry: RegistryDouble;
  /** The whole environment of the commands. */
  readonly env: Readonly<Record<string, string>>;
  /** Makes a project and its repository of one commit; with a lockfile by npm unless told otherwise. */
  project(shape: ProjectShape & { readonly lock?: boolean }): Promise<MadeRepository>;
  /** Gives a command line to the real factory within this process, which stays open from one to the next. */
  ask(args: readonly string[], options?: Options): Promise<Ended>;
  /** Runs the compiled command line in a process of its own, to its end. */
  jidoka(args: readonly string[], options?: Options): Promise<Ended>;
  start(args: readonly string[], options?: Options): Running;
  /** Writes a file beside the projects and returns its path. */
  write(name: string, content: string): Promise<string>;
  /** Removes what another home than the scene's own keeps outside of it. */
  forget(home: string): Promise<void>;
  close(): Promise<void>;
}

export interface Options {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface SceneOptions {
  /** What the registry's bulk endpoint tells of packages, by name. */
  readonly advisories?: Readonly<Record<string, readonly object[]>>;
  /** Further lines of the user's .npmrc. */
  readonly npmrc?: string;
  /** Where commands run; the host, whose fixtures are our own, where nothing is said. */
  readonly floor?: 'host' | 'sandbox';
  /** More of the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether nobody has used the home yet, so that the first who does makes its database. */
  readonly cold?: boolean;
}

/**
 * Opens a scene whose registry knows these packages.
 *
 * @example
 * const scene = await openScene([saying('plain', { '1.0.0': 'hello', '1.1.0': 'hello' })]);
 */
export async function openScene(
  packages: readonly FakePackage[],
  { advisories = {}, npmrc = '', floor = 'host', env: more = {}, cold = false }: SceneOptions = {},
): Promise<Scene> {
  const folder = await mkdtemp(join(tmpdir(), 'jidoka-scene-'));
  const registry = await registryDouble({ packages, advisories });
  const [home, user] = [join(folder, 'home'), join(folder, 'user')];
  await mkdir(user);
  if (!cold) await giveCluster(home);
  // What the double is told to answer is to be seen at once, not after npm's own minutes of patience.
  await writeFile(join(user, '.npmrc'), `registry=${registry.url}\nfetch-retries=0\n${npmrc}`);
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: user,
    TMPDIR: tmpdir(),
    JIDOKA_HOME: home,
    JIDOKA_FLOOR: floor,
    NO_COLOR: '1',
    ...more,
  };
  const setting = ({ cwd = folder, env: own = {} }: Options = {}) => ({ cwd, env: { ...env, ...own } });
  const factory = lasting(() =>
    createFactory({
      home,
      databaseUrl: null,
      postgresBin: process.env['JIDOKA_PG_BIN'] ?? null,
      env,
      floor: { ...unconfined, kind: floor },
      version: '0.0.0-test',
      log: () => {},
    }),
  );
  let made = 0;
  return {
    folder,
    home,
    floor: floorRoot(home, process.getuid?.()),
    registry,
    env,
    project: ({ lock = true, ...shape }) => makeProject(join(folder, `project-${(made += 1)}`), npmProject(shape), lock ? env : null),
    ask: async (args, options) => {
      const world = new RecordingWorld({ ...setting(options), factory: await factory.open(), verify: verifyEvidence });
      const code = await cli(args, world);
      return { code, signal: null, stdout: world.stdout.text, stderr: world.stderr.text };
    },
    jidoka: (args, options) => runCommand(args, setting(options)),
    start: (args, options) => startCommand(args, setting(options)),
    write: async (name, content) => {
      const path = join(folder, 'files', name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
      return path;
    },
    forget: forgetHome,
    close: async () => {
      await factory.close();
      await registry.close();
      await forgetHome(home);
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** A factory that is opened by the first who asks and closed once, however many commands close it. */
function lasting(make: () => Promise<Factory>): { open(): Promise<Factory>; close(): Promise<void> } {
  let opened: Promise<Factory> | null = null;
  return {
    open: async () => {
      opened ??= make();
      return { ...(await opened), close: async () => {} };
    },
    close: async () => (await opened)?.close(),
  };
}

/** `env` is that of the npm which writes the lockfile; null leaves the project without one. */
async function makeProject(
  path: string,
  files: Readonly<Record<string, string>>,
  env: Record<string, string> | null,
): Promise<MadeRepository> {
  await mkdir(path);
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), content);
  }
  const args = ['install', '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund'];
  if (env !== null) await promisify(execFile)('npm', args, { cwd: path, env: { ...env, npm_config_cache: join(path, '..', 'npm-cache') } });
  return makeRepository({}, { folder: path });
}
