import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commitFiles, git } from '../../kit/forge/index.ts';
import { fingerprint, living, refsOf, saying } from '../../kit/scenario/index.ts';
import type { RunResult } from '../../src/core/ports/factory.ts';
import { openScene, type Scene } from '../scenarios/scene.ts';
import { kill, workspaces } from './trial.ts';

const names = ['one', 'two', 'three'];
let scene: Scene;
beforeAll(async () => {
  scene = await openScene(names.map((name) => saying(name, { '1.0.0': name, '2.0.0': name })));
  // Keeps the database running from one process to the next.
  await scene.ask(['runs']);
});
afterAll(() => scene.close());

const all = ['run', 'deps', '--all', '--json'] as const;

describe('a process that works through many runs', () => {
  it('and is killed between them leaves the ended ones ended, and the same command does the others', async () => {
    const path = await project();
    const running = scene.start(all, { cwd: path });
    await running.says((line) => line.startsWith('three 1.0.0 -> 2.0.0'));
    await running.says((line) => line.includes('PR_READY'));
    const family = await kill(running);
    const before = await runsOf(path);
    const ended = before.filter(({ state }) => state === 'ended').map(({ run }) => run);
    expect(ended.length).toBeGreaterThan(0);
    expect(ended.length).toBeLessThan(names.length);
    const again = await scene.jidoka(all, { cwd: path });
    const { runs }: { readonly runs: readonly RunResult[] } = JSON.parse(again.stdout);
    expect(runs.map(({ verdict }) => verdict)).toEqual(names.map(() => 'PR_READY'));
    for (const run of ended) expect(again.stderr).toMatch(new RegExp(`\\(${run}\\): has ended before`));
    expect(await runsOf(path)).toHaveLength(names.length);
    expect(await living(family)).toEqual([]);
    expect(await workspaces(scene)).toEqual([]);
  });
});

describe('processes that work in one repository at once', () => {
  it('on different jobs deliver each its own branch', async () => {
    const path = await project();
    const before = await fingerprint(path);
    const ended = await Promise.all(names.map((name) => scene.jidoka(['run', 'deps', '--package', name, '--json'], { cwd: path })));
    for (const { code, stderr } of ended) expect(code, stderr).toBe(0);
    const branches = ended.map(({ stdout }) => `refs/heads/${JSON.parse(stdout).branch}`);
    expect(branches).toEqual(names.map((name) => `refs/heads/jidoka/deps/${name}@2.0.0`));
    const refs = await refsOf(path);
    for (const branch of branches) expect(refs.has(branch)).toBe(true);
    expect(await fingerprint(path)).toEqual(before);
  });
});

describe('a job that is asked for again', () => {
  it('on a newer commit replaces the branch that nobody built upon', async () => {
    const path = await project();
    const first = await update(path);
    const commit = await commitFiles(path, { 'notes.txt': 'more\n' }, 'second');
    const second = await update(path);
    expect(second.run).not.toBe(first.run);
    expect(second.branch).toBe(first.branch);
    expect(await git(path, 'rev-parse', `${second.branch}^`)).toBe(commit);
  });

  it('after its branch was removed delivers it again', async () => {
    const path = await project();
    const { branch } = await update(path);
    await git(path, 'branch', '-D', branch ?? '');
    expect((await refsOf(path)).has(`refs/heads/${branch}`)).toBe(false);
    expect((await update(path)).branch).toBe(branch);
    expect((await refsOf(path)).has(`refs/heads/${branch}`)).toBe(true);
  });

  it('with --again is worked anew', async () => {
    const path = await project();
    const [first, second] = [await update(path), await update(path, '--again')];
    expect(second.run).not.toBe(first.run);
    expect(second).toMatchObject({ verdict: first.verdict, branch: first.branch });
  });
});

it('a reader that goes away is no error', async () => {
  const { stderr } = await promisify(execFile)(
    'sh',
    ['-c', '"$0" "$1" runs --json | head -c 10', process.execPath, 'dist/src/doors/cli/main.js'],
    { env: { ...scene.env } },
  );
  expect(stderr).toBe('');
});

async function project(): Promise<string> {
  const dependencies = Object.fromEntries(names.map((name) => [name, '1.0.0']));
  return (await scene.project({ dependencies, expects: Object.fromEntries(names.map((name) => [name, name])) })).path;
}

async function update(path: string, ...args: readonly string[]): Promise<RunResult> {
  const { stdout, stderr } = await scene.ask(['run', 'deps', '--package', 'one', '--json', '--repo', path, ...args]);
  const result: RunResult = JSON.parse(stdout);
  expect(result.verdict, stderr).toBe('PR_READY');
  return result;
}

async function runsOf(path: string): Promise<readonly { readonly run: string; readonly state: string; readonly repository: string }[]> {
  const { runs } = JSON.parse((await scene.ask(['runs', '--limit', '100', '--json'])).stdout);
  return runs.filter(({ repository }: { readonly repository: string }) => repository === path);
}
