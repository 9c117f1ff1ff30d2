import { mkdirSync, mkdtempSync, rmSync, writeFileSync, chmodSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../dist/src/plant/clock/index.js';
import { sandboxFloor } from '../dist/src/plant/floor/index.js';
import { gitForge } from '../dist/src/plant/forge/index.js';
import { withFileLock } from '../dist/src/plant/postgres/index.js';
import { load, rounded, spread, timed } from './measure.mjs';

/** A repository of middling size: 4,000 files, 35 MB, and 10,000 files of dependencies, 200 MB. */
const shape = { files: 4_000, fileBytes: 9_000, packages: 500, packageFiles: 20, packageFileBytes: 20_000 };
const peerTimes = 5;

/**
 * How long it takes until a workspace of a repository with its dependencies is ready, and what it takes of the disk:
 * layers over a sealed base, against clones with copied dependencies, in one run.
 */
export async function floorBench() {
  const root = mkdtempSync(join(tmpdir(), 'jidoka-bench-floor-'));
  chmodSync(root, 0o711);
  try {
    const target = makeTarget(join(root, 'target'));
    const forge = gitForge({ root: join(root, 'forge'), env: process.env, lock: withFileLock, log: () => undefined });
    const floor = sandboxFloor({
      root: join(root, 'work'),
      clock: systemClock(),
      env: process.env,
      log: () => undefined,
      egress: noWayOut,
    });
    const { tier, wall, layers, limits } = await floor.probe();
    const repository = await forge.open(target);
    const key = createHash('sha256').update('bench').digest('hex');
    const setup = [{ argv: ['node', '-e', dependenciesProgram], cwd: '', timeoutMs: 300_000, network: 'none' }];
    const startedAt = performance.now();
    // @ts-expect-error A digest is a text that was hashed.
    const base = await floor.prepare({ key, source: forge.source(repository), setup });
    const prepareMs = Math.round(performance.now() - startedAt);
    const common = { floor, base, forge, repository };
    const fifty = await workspaces(common, 50);
    const hundred = await workspaces(common, 100);
    return {
      shape,
      floor: { tier, wall, layers, limits },
      goals: { readyP50Ms: 20, diskMb: 1, sandboxStartP50Ms: 10 },
      prepareMs,
      fifty,
      hundred,
      atOnce: await atOnce(common, 100),
      sandboxStart: await sandboxStart(floor),
      bubblewrapByHand: byHand(),
      peers: peers(root, target),
      loadAverage: load(),
    };
  } finally {
    rmSync(root, { recursive: true, force: true, maxRetries: 5 });
  }
}

const noWayOut = {
  serve: async () => ({
    environment: () => ({}),
    allow: () => undefined,
    usage: () => ({ requests: 0, refused: 0, bytesIn: 0, bytesOut: 0 }),
    close: async () => undefined,
  }),
};

/** @typedef {Awaited<ReturnType<import('../dist/src/core/ports/floor.js').Floor['prepare']>>} Base */
/** @typedef {{ floor: import('../dist/src/core/ports/floor.js').Floor, base: Base, forge: ReturnType<typeof gitForge>, repository: import('../dist/src/core/packet/seed.js').RepositorySnapshot }} Common */

/**
 * Opens so many, one after another, and keeps them all standing while the next is opened.
 *
 * @param {Common} common
 * @param {number} count
 */
async function workspaces({ floor, base, forge, repository }, count) {
  /** @type {Record<'ready' | 'status' | 'harvest' | 'destroy', number[]>} */
  const laps = { ready: [], status: [], harvest: [], destroy: [] };
  const open = [];
  const disk = [];
  for (let index = 0; index < count; index += 1) {
    const [ms, workspace] = await lap(() => floor.open(`bench/${count}/${index}`, { base }));
    laps.ready.push(ms);
    open.push(workspace);
    disk.push((await workspace.usage()).diskBytes ?? NaN);
  }
  for (const workspace of open) {
    const [statusMs, status] = await lap(() => workspace.spawn(command('git', 'status', '--porcelain')));
    if (status.exit.kind !== 'exited' || status.exit.code !== 0) throw new Error(`git status: ${status.stderr}`);
    laps.status.push(statusMs);
    await workspace.files.write('src/f0.ts', 'changed\n');
    const [harvestMs, change] = await lap(() => forge.harvest(repository, workspace));
    if (change.files.length !== 1) throw new Error(`${change.files.length} files were harvested instead of one.`);
    laps.harvest.push(harvestMs);
  }
  for (const workspace of open) laps.destroy.push((await lap(() => workspace.destroy()))[0]);
  return {
    readyMs: spread(laps.ready),
    diskMb: spread(
      disk.map((bytes) => bytes / 1e6),
      3,
    ),
    firstStatusMs: spread(laps.status),
    harvestMs: spread(laps.harvest),
    destroyMs: spread(laps.destroy),
  };
}

/**
 * @param {Common} common
 * @param {number} count
 */
async function atOnce({ floor, base }, count) {
  const [ms, open] = await lap(() => Promise.all(Array.from({ length: count }, (_, index) => floor.open(`bench/once/${index}`, { base }))));
  const [runMs] = await lap(() => Promise.all(open.map((workspace) => workspace.spawn(command('true')))));
  for (const workspace of open) await workspace.destroy();
  return { count, readyMs: rounded(ms), oneCommandEachMs: rounded(runMs) };
}

/** @param {import('../dist/src/core/ports/floor.js').Floor} floor */
async function sandboxStart(floor) {
  const workspace = await floor.open('bench/start');
  const ms = [];
  for (let time = 0; time < 60; time += 1) ms.push((await lap(() => workspace.spawn(command('true'))))[0]);
  await workspace.destroy();
  return spread(ms.slice(10));
}

/** The same command behind a wall as a user would write it down: no limits, no user of its own, no settings of the system. */
function byHand() {
  const links = ['bin', 'sbin', 'lib', 'lib64'].flatMap((name) => ['--symlink', `usr/${name}`, `/${name}`]);
  const apart = ['--unshare-user', '--unshare-all', '--die-with-parent', '--new-session'];
  const view = ['--ro-bind', '/usr', '/usr', ...links, '--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp'];
  const ms = Array.from({ length: 60 }, () => timed(['bwrap', ...apart, ...view, 'true']).ms);
  return spread(ms.slice(10));
}

/**
 * What a user would do instead: a clone for each job, with the dependencies copied into it.
 *
 * @param {string} root
 * @param {string} target
 */
function peers(root, target) {
  const dependencies = join(root, 'dependencies');
  mkdirSync(dependencies);
  timed(['node', '-e', dependenciesProgram], { cwd: dependencies });
  /** @param {readonly string[]} how */
  const measure = (how) => {
    const ms = [];
    let diskMb = NaN;
    for (let time = 0; time < peerTimes; time += 1) {
      const into = join(root, 'clone');
      const clone = timed(['git', 'clone', '--quiet', ...how, into]);
      const copy = timed(['cp', '-a', join(dependencies, 'node_modules'), into]);
      ms.push(clone.ms + copy.ms);
      diskMb = rounded(Number(timed(['du', '-sk', into]).stdout.split('\t')[0]) / 1000);
      rmSync(into, { recursive: true });
    }
    return { readyMs: spread(ms), diskMb };
  };
  return {
    'git clone --shared, node_modules copied': measure(['--shared', target]),
    'git clone --depth 1, node_modules copied': measure(['--depth', '1', `file://${target}`]),
  };
}

/** @param {string} path */
function makeTarget(path) {
  mkdirSync(join(path, 'src'), { recursive: true });
  for (let index = 0; index < shape.files; index += 1) writeFileSync(join(path, `src/f${index}.ts`), text(index, shape.fileBytes));
  writeFileSync(join(path, '.gitignore'), 'node_modules/\n');
  timed(['git', 'init', '--quiet'], { cwd: path });
  timed(['git', 'add', '.'], { cwd: path });
  timed(['git', '-c', 'user.name=bench', '-c', 'user.email=bench@localhost', 'commit', '--quiet', '-m', 'bench'], { cwd: path });
  return path;
}

const dependenciesProgram = `
const fs = require('node:fs');
for (let p = 0; p < ${shape.packages}; p += 1) {
  fs.mkdirSync('node_modules/p' + p, { recursive: true });
  for (let f = 0; f < ${shape.packageFiles}; f += 1) fs.writeFileSync('node_modules/p' + p + '/f' + f + '.js', 'x'.repeat(${shape.packageFileBytes}));
}`;

/**
 * @param {number} index
 * @param {number} bytes
 */
function text(index, bytes) {
  return `export const f${index} = ${index};\n${`// ${index} `.repeat(Math.ceil(bytes / 8))}`.slice(0, bytes);
}

/** @param {[string, ...string[]]} argv */
function command(...argv) {
  return /** @type {const} */ ({ argv, cwd: '', timeoutMs: 60_000, network: 'none' });
}

/**
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<[number, T]>}
 */
async function lap(work) {
  const startedAt = performance.now();
  const made = await work();
  return [performance.now() - startedAt, made];
}
