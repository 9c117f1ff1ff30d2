import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { git } from '../../kit/forge/index.ts';
import { type Behaviour } from '../../kit/registry/index.ts';
import { filesOfFolder, fingerprint, refsOf, saying } from '../../kit/scenario/index.ts';
import { EvidenceBundle } from '../../src/core/evidence/bundle.ts';
import type { RunResult } from '../../src/core/ports/factory.ts';
import { packagePath } from '../../src/doors/config.ts';
import { readResult } from './read-result.ts';
import { openScene, type Scene } from './scene.ts';

const run = promisify(execFile);
const isRoot = process.getuid?.() === 0;

let scene: Scene;
let brief: string;
/** A line that tries each stage once. */
let abrupt: string;
beforeAll(async () => {
  scene = await openScene([saying('plain', { '1.0.0': 'hello', '1.1.0': 'hello' })], { npmrc: 'fetch-timeout=700\n' });
  const text = await readFile(packagePath('lines', 'deps', 'line.yaml'), 'utf8');
  brief = await scene.write('brief.yaml', text.replaceAll('retries: 2', 'retries: 1'));
  abrupt = await scene.write('abrupt.yaml', text.replaceAll('retries: 2', 'retries: 0'));
});
afterAll(() => scene.close());

describe('a registry that fails', () => {
  it.each<[string, Behaviour, string]>([
    ['answers 500', { kind: 'status', status: 500 }, 'registry'],
    ['never answers', { kind: 'hang' }, 'timeout'],
    ['stops in the middle of an answer', { kind: 'stall' }, 'timeout'],
    ['answers with a page of a proxy', { kind: 'garbage' }, 'registry'],
    ['cuts the connection', { kind: 'reset' }, 'network'],
  ])('when it %s ends in RETRYABLE_FAILURE after bounded tries, and the same command may be tried again', async (_, behaviour, code) => {
    const name = `p-${behaviour.kind}`;
    scene.registry.publish(saying(name, { '1.0.0': 'p', '1.1.0': 'p' }));
    const { path } = await scene.project({ dependencies: { [name]: '1.0.0' } });
    scene.registry.behave(name, behaviour);
    const [line, tried] = behaviour.kind === 'status' ? [brief, 'Tried 2 times'] : [abrupt, 'Tried once'];
    const { result, exit } = await update(path, name, line);
    expect(result, JSON.stringify(result)).toMatchObject({
      verdict: 'RETRYABLE_FAILURE',
      reason: { code, message: expect.stringContaining(tried) },
      branch: null,
    });
    expect(exit).toBe(75);
    expect((await scene.ask(['evidence', 'verify', result.evidence.dir, '--head', result.evidence.head])).code).toBe(0);
    if (behaviour.kind !== 'status') return; // what comes after is alike
    scene.registry.behave(name, { kind: 'normal' });
    const again = await update(path, name, line);
    expect(again.result).toMatchObject({ verdict: 'PR_READY' });
    expect(again.result.run).not.toBe(result.run);
  });

  it('when a tarball is not what the lockfile says ends in RETRYABLE_FAILURE, with the command that failed', async () => {
    scene.registry.publish(saying('torn', { '1.0.0': 'torn', '1.1.0': 'torn' }));
    const { path } = await scene.project({ dependencies: { torn: '1.0.0' } });
    // Same version, other bytes.
    scene.registry.publish(saying('torn', { '1.0.0': { says: 'torn', files: { 'extra.js': '0;\n' } }, '1.1.0': 'torn' }));
    const { result } = await update(path, 'torn');
    expect(result, JSON.stringify(result)).toMatchObject({ verdict: 'RETRYABLE_FAILURE', reason: { code: 'registry' } });
    const { validation } = EvidenceBundle.parse(JSON.parse((await filesOfFolder(result.evidence.dir))['bundle.json'] ?? ''));
    const environment = validation.find(({ fact }) => fact.check === 'environment')?.fact;
    expect(environment).toMatchObject({
      data: { command: expect.stringContaining('npm ci'), attempts: 2 },
      summary: expect.stringContaining('integrity'),
    });
  });

  it('while the job is made and answers later, ends in RETRYABLE_FAILURE too: no target was named', async () => {
    scene.registry.publish(saying('late', { '1.0.0': 'late', '1.1.0': 'late' }));
    const { path } = await scene.project({ dependencies: { late: '1.0.0' } });
    scene.registry.behave('late', { kind: 'status', status: 500 }, 3);
    expect((await update(path, 'late')).result).toMatchObject({ verdict: 'RETRYABLE_FAILURE', reason: { code: 'registry' } });
    expect((await update(path, 'late')).result).toMatchObject({ verdict: 'PR_READY' });
  });

  it('for some packages of --all does not let the current ones speak for them', async () => {
    for (const name of ['calm', 'dumb']) scene.registry.publish(saying(name, { '1.0.0': name }));
    const { path } = await scene.project({ dependencies: { calm: '1.0.0', dumb: '1.0.0' } });
    scene.registry.behave('dumb', { kind: 'status', status: 503 });
    const { code, stdout, stderr } = await scene.ask(['run', 'deps', '--all', '--json', '--line', abrupt, '--repo', path]);
    expect(stderr).toMatch(/dumb is left out: .*503/);
    expect(JSON.parse(stdout).runs.map((each: RunResult) => [each.title, each.verdict])).toEqual([
      ['calm 1.0.0', 'NO_OP'],
      ['dumb', 'RETRYABLE_FAILURE'],
    ]);
    expect(code).toBe(75);
  });

  it('for all packages of --all is no reason to say that nothing is owed', async () => {
    const { path } = await scene.project({ dependencies: { dumb: '1.0.0' }, lock: false });
    scene.registry.behave('dumb', { kind: 'status', status: 503 });
    const { code, stdout } = await scene.ask(['run', 'deps', '--all', '--json', '--line', abrupt, '--repo', path]);
    expect(JSON.parse(stdout).runs).toMatchObject([{ verdict: 'RETRYABLE_FAILURE', reason: { code: 'registry' } }]);
    expect(code).toBe(75);
  });
});

describe('a target that takes no push', () => {
  it('has the result held by the factory, which says so and where', async () => {
    const { path } = await scene.project({ dependencies: { plain: '1.0.0' } });
    await git(path, 'config', 'receive.hideRefs', 'refs/heads/jidoka');
    await git(path, 'config', '--add', 'receive.hideRefs', 'refs/jidoka');
    const { result, exit } = await update(path, 'plain');
    expect(result).toMatchObject({ verdict: 'PR_READY', withheld: expect.stringMatching(/did not take it.*hidden/) });
    expect(exit).toBe(0);
    expect([...(await refsOf(path)).keys()]).toEqual(['refs/heads/main']);
    await expectHeld(result);
  });

  it.skipIf(isRoot)('because its owner took the right to write keeps it too', async () => {
    const { path } = await scene.project({ dependencies: { plain: '1.0.0' } });
    await run('chmod', ['-R', 'a-w', join(path, '.git')]);
    const { result, exit } = await update(path, 'plain');
    await run('chmod', ['-R', 'u+w', join(path, '.git')]);
    expect(result).toMatchObject({ verdict: 'PR_READY', withheld: expect.stringContaining('did not take it') });
    expect(exit).toBe(0);
    await expectHeld(result);
  });

  it.runIf(isRoot)('because it is mounted read-only keeps it too, and the text says so', async () => {
    const { path } = await scene.project({ dependencies: { plain: '1.0.0' } });
    const before = await fingerprint(path);
    await run('mount', ['--bind', path, path]);
    try {
      await run('mount', ['-o', 'remount,ro,bind', path]);
      const { result, exit } = await update(path, 'plain');
      expect(result).toMatchObject({ verdict: 'PR_READY', withheld: expect.stringContaining('did not take it') });
      expect(exit).toBe(0);
      expect(await fingerprint(path)).toEqual(before);
      await expectHeld(result);
      const { stdout } = await scene.ask(['show', result.run]);
      expect(stdout).toContain('did not take it');
    } finally {
      await run('umount', [path]);
    }
  });

  it('because a branch stands in the way of the name keeps it too', async () => {
    const { path } = await scene.project({ dependencies: { plain: '1.0.0' } });
    await git(path, 'branch', 'jidoka');
    const { result } = await update(path, 'plain');
    const [, mirror = ''] = /did not take it: .* refs\/heads\/\S+ is kept in (\S+)\.$/.exec(result.withheld ?? '') ?? [];
    expect(result.branch, JSON.stringify(result)).toBeNull();
    expect((await refsOf(mirror)).has('refs/heads/jidoka/deps/plain@1.1.0')).toBe(true);
    expect((await refsOf(path)).has(result.evidence.ref ?? '')).toBe(true);
  });
});

describe.runIf(isRoot)('a full disk', () => {
  const mounts: string[] = [];
  afterEach(async () => {
    for (const mount of mounts.splice(0)) await run('umount', [mount]);
  });

  it('under the home is a fault with a mend, and the same command goes on once there is room', async () => {
    const { path } = await scene.project({ dependencies: { plain: '1.0.0' } });
    const home = join(scene.folder, 'small-home');
    await mountSmall(home, '3m');
    const filler = join(home, 'filler');
    await fill(filler);
    const args = ['--home', home, 'run', 'deps', '--package', 'plain', '--json', '--repo', path];
    const full = await scene.jidoka(args);
    expect(full.code, full.stdout + full.stderr).toBe(1);
    expect(JSON.parse(full.stdout)).toEqual({
      error: { code: 'disk-full', message: expect.any(String), mend: expect.stringMatching(/Free some (room|space)/) },
    });
    expect([...(await refsOf(path)).keys()]).toEqual(['refs/heads/main']);
    await rm(filler);
    const again = await scene.jidoka(args);
    expect(JSON.parse(again.stdout)).toMatchObject({ verdict: 'PR_READY' });
    await scene.forget(home);
  });

  it.each<[string, Content]>([
    ['npm meets it', { inPackage: { 'data.txt': incompressible() } }],
    ['the factory meets it', { inProject: { 'data.txt': incompressible() } }],
  ])('under the workspaces, where %s, ends in RETRYABLE_FAILURE, and the same command works once there is room', async (_, content) => {
    const other = await openScene([saying('big', { '1.0.0': { says: 'big', files: { ...content.inPackage } }, '1.1.0': 'big' })]);
    try {
      const { path } = await other.project({ dependencies: { big: '1.0.0' }, files: { ...content.inProject } });
      await mountSmall(other.floor, '1m');
      const args = ['run', 'deps', '--package', 'big', '--json', '--line', brief, '--repo', path];
      const { code, stdout } = await other.jidoka(args);
      expect(JSON.parse(stdout)).toMatchObject({ verdict: 'RETRYABLE_FAILURE', reason: { code: 'disk' } });
      expect(code).toBe(75);
      await run('umount', [mounts.pop() ?? '']);
      expect(JSON.parse((await other.jidoka(args)).stdout)).toMatchObject({ verdict: 'PR_READY' });
    } finally {
      for (const mount of mounts.splice(0)) await run('umount', [mount]);
      await other.close();
    }
  });

  async function mountSmall(folder: string, size: string): Promise<void> {
    await mkdir(folder, { recursive: true });
    await run('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=755`, 'tmpfs', folder]);
    mounts.push(folder);
  }

  async function fill(file: string): Promise<void> {
    const { bavail, bsize } = await statfs(join(file, '..'));
    await writeFile(file, Buffer.alloc(bavail * bsize));
  }
});

interface Content {
  readonly inPackage?: Record<string, string>;
  readonly inProject?: Record<string, string>;
}

function incompressible(): string {
  return randomBytes(2_000_000).toString('hex');
}

/** The result names nothing that is not in the target, and says where the factory keeps branch and evidence. */
async function expectHeld({ branch, evidence, withheld }: RunResult): Promise<void> {
  expect({ branch, ref: evidence.ref }).toEqual({ branch: null, ref: null });
  const kept = [...(withheld ?? '').matchAll(/(refs\/\S+) is kept in (\S+)\.(?= |$)/g)].map(([, ref = '', mirror = '']) => ({
    ref,
    mirror,
  }));
  expect(kept.map(({ ref }) => ref)).toEqual([
    expect.stringContaining('refs/heads/jidoka/'),
    expect.stringContaining('refs/jidoka/evidence/'),
  ]);
  for (const { ref, mirror } of kept) {
    expect(mirror.startsWith(scene.home)).toBe(true);
    expect((await refsOf(mirror)).has(ref)).toBe(true);
  }
}

async function update(
  repository: string,
  name: string,
  line = brief,
): Promise<{ readonly result: RunResult; readonly exit: number | null }> {
  const ended = await scene.ask(['run', 'deps', '--package', name, '--line', line, '--json', '--repo', repository]);
  const result = readResult(ended);
  return { result, exit: ended.code };
}
