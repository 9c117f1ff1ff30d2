import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { git, type MadeRepository } from '../../kit/forge/index.ts';
import { refsOf, saying, type Ended } from '../../kit/scenario/index.ts';
import { RunResult } from '../../src/core/ports/factory.ts';
import { openScene, type Scene } from './scene.ts';

const names = ['one', 'two', 'three', 'culprit'];
let scene: Scene;
let shop: MadeRepository;
let ended: Ended;
let results: readonly RunResult[];

beforeAll(async () => {
  scene = await openScene([...names, 'far'].map((name) => saying(name, { '1.0.0': name })));
  const dependencies = Object.fromEntries([...names, 'far'].map((name) => [name, '^1.0.0']));
  shop = await scene.project({ dependencies, expects: Object.fromEntries([...names, 'far'].map((name) => [name, name])) });
  for (const name of names) scene.registry.publish(saying(name, { '1.0.0': name, '1.1.0': name === 'culprit' ? 'broken' : name }));
  scene.registry.publish(saying('far', { '1.0.0': 'far', '2.0.0': 'far' }));
  ended = await scene.ask(['run', 'deps', '--all', '--json', '--repo', shop.path]);
  results = JSON.parse(ended.stdout).runs.map((run: unknown) => RunResult.parse(run));
});
afterAll(() => scene.close());

describe('--all with a group of in-range updates of which one breaks the suite', () => {
  it('delivers the others together, the culprit by itself, and each larger step with its own verdict', () => {
    const told = results.map(({ title, verdict, reason }) => [title, verdict, reason.code]);
    expect(told).toEqual([
      ['3 in-range updates: one, three, two', 'PR_READY', 'validated'],
      ['culprit 1.0.0 -> 1.1.0', 'ESCALATE', 'tests-regressed'],
      ['far 1.0.0 -> 2.0.0', 'PR_READY', 'validated'],
    ]);
    expect(ended.code).toBe(3);
  });

  it('puts into one branch all that held together, and nothing of what did not', async () => {
    const [rest] = results;
    const lock = JSON.parse(await git(shop.path, 'show', `${rest?.branch}:package-lock.json`));
    const versions = names.map((name) => [name, lock.packages[`node_modules/${name}`].version]);
    expect(versions).toEqual([
      ['one', '1.1.0'],
      ['two', '1.1.0'],
      ['three', '1.1.0'],
      ['culprit', '1.0.0'],
    ]);
  });

  it('leaves a branch for each that is ready, none for a probe, and evidence for all', async () => {
    const refs = [...(await refsOf(shop.path)).keys()];
    const branches = results.flatMap(({ branch }) => (branch === null ? [] : [`refs/heads/${branch}`]));
    expect(refs.filter((ref) => ref.startsWith('refs/heads/')).sort()).toEqual([...branches, 'refs/heads/main'].sort());
    const { runs } = JSON.parse((await scene.ask(['runs', '--json'])).stdout);
    expect(refs.filter((ref) => ref.startsWith('refs/jidoka/evidence/'))).toHaveLength(runs.length);
  });

  it('tells people each verdict in a table', async () => {
    const { stdout, code } = await scene.ask(['run', 'deps', '--all', '--repo', shop.path]);
    for (const { title, verdict } of results)
      expect(stdout).toMatch(new RegExp(`${verdict}.*${title.slice(0, 12)}|${title.slice(0, 12)}.*${verdict}`));
    expect(code).toBe(3);
  });

  it('says the same again without working again', async () => {
    const again = await scene.ask(['run', 'deps', '--all', '--json', '--repo', shop.path]);
    expect(JSON.parse(again.stdout).runs).toEqual(results);
    expect(again.stderr).not.toContain('baseline …');
  });
});
