import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { git } from '../../kit/forge/index.ts';
import { filesOfFolder, fingerprint, osv, saying, type ProjectShape } from '../../kit/scenario/index.ts';
import { EvidenceBundle } from '../../src/core/evidence/bundle.ts';
import { RunResult } from '../../src/core/ports/factory.ts';
import { readResult } from './read-result.ts';
import { openScene, type Scene } from './scene.ts';

const needs = (range: string) => ({ dependencies: { deep: range } });
/** As it was when the lockfiles were written: every tree has vulnerable copies of deep. */
const then = [
  saying('deep', { '0.5.0': 'deep', '1.0.0': 'deep' }),
  saying('loose', { '1.0.0': { says: 'loose', ...needs('^1.0.0') } }),
  saying('exact', { '1.0.0': { says: 'exact', ...needs('1.0.0') } }),
  saying('held', { '1.0.0': { says: 'held', ...needs('0.5.0') } }),
  saying('stuck', { '1.0.0': { says: 'stuck', ...needs('1.0.0') } }),
  saying('packed', { '1.0.0': { says: 'packed', bundled: { deep: { version: '1.0.0' } } } }),
  saying('sealed', { '1.0.0': { says: 'sealed', bundled: { deep: { version: '1.0.0' } } } }),
  saying('hopeless', { '1.0.0': 'hopeless' }),
];
/** What was published since. */
const now = [
  saying('deep', { '0.5.0': 'deep', '1.0.0': 'deep', '1.1.0': 'deep' }),
  saying('exact', { '1.0.0': { says: 'exact', ...needs('1.0.0') }, '1.1.0': { says: 'exact', ...needs('1.1.0') } }),
  saying('held', { '1.0.0': { says: 'held', ...needs('0.5.0') }, '2.0.0': { says: 'held', ...needs('^1.1.0') } }),
  saying('packed', {
    '1.0.0': { says: 'packed', bundled: { deep: { version: '1.0.0' } } },
    '1.1.0': { says: 'packed', bundled: { deep: { version: '1.1.0' } } },
  }),
  saying('hopeless', { '1.0.0': 'hopeless', '1.1.0': 'hopeless' }),
];

let scene: Scene;
beforeAll(async () => {
  scene = await openScene(then);
});
afterAll(() => scene.close());

describe('an advisory whose copies can all be moved', () => {
  it.each<[string, ProjectShape, { readonly before: number; readonly files: readonly string[] }]>([
    ['a hoisted copy, inside its parents ranges', { dependencies: { loose: '^1.0.0' } }, { before: 1, files: ['package-lock.json'] }],
    ['a direct dependency', { dependencies: { deep: '^1.0.0' } }, { before: 1, files: ['package-lock.json'] }],
    [
      'a hoisted and a nested copy',
      { dependencies: { deep: '^1.0.0', held: '^1.0.0' } },
      { before: 2, files: ['package-lock.json', 'package.json'] },
    ],
    ['a copy that only a newer parent lets go', { dependencies: { exact: '^1.0.0' } }, { before: 1, files: ['package-lock.json'] }],
    ['a copy that no parent lets go', { dependencies: { stuck: '^1.0.0' } }, { before: 1, files: ['package-lock.json', 'package.json'] }],
    ['a development copy', { devDependencies: { loose: '^1.0.0' } }, { before: 1, files: ['package-lock.json'] }],
    ['a copy inside the tarball of its parent', { dependencies: { packed: '^1.0.0' } }, { before: 1, files: ['package-lock.json'] }],
  ])('ends in PR_READY without one left: %s', async (_, shape, wanted) => {
    const { path, commit } = await project(shape);
    const before = await fingerprint(path);
    const { result, bundle } = await repair(path, osv('DEEP-1', { name: 'deep', fixed: '1.1.0' }));
    expect(result, JSON.stringify(result)).toMatchObject({ verdict: 'PR_READY', branch: 'jidoka/cve/DEEP-1' });
    const copies = bundle.validation.find(({ fact }) => fact.check === 'vulnerable-copies')?.fact.data;
    expect(copies).toMatchObject({ advisory: 'DEEP-1', after: [] });
    expect(copies?.['before']).toHaveLength(wanted.before);
    expect((await git(path, 'diff', '--name-only', commit, result.branch ?? '')).split('\n')).toEqual(wanted.files);
    expect(await fingerprint(path)).toEqual(before);
  });
});

describe('an advisory whose copies cannot all be moved', () => {
  it.each<[string, ProjectShape, string]>([
    ['bundled', { dependencies: { sealed: '^1.0.0' } }, osv('DEEP-1', { name: 'deep', fixed: '1.1.0' })],
    ['no-fix', { dependencies: { hopeless: '^1.0.0' } }, osv('HOPE-1', { name: 'hopeless' })],
  ])('ends in ESCALATE %s, and changes nothing', async (code, shape, advisory) => {
    const { path } = await project(shape);
    const { result } = await repair(path, advisory);
    expect(result, JSON.stringify(result)).toMatchObject({ verdict: 'ESCALATE', reason: { code }, branch: null });
  });
});

it('works a folder of advisories one by one, and ends with what most needs a person', async () => {
  const { path } = await project({ dependencies: { loose: '^1.0.0', hopeless: '^1.0.0' } });
  const folder = [
    ['a.json', osv('DEEP-1', { name: 'deep', fixed: '1.1.0' })],
    ['b.json', osv('HOPE-1', { name: 'hopeless' })],
    ['c/d.json', osv('NONE-1', { name: 'stranger' })],
  ] as const;
  for (const [name, text] of folder) await scene.write(`folder/${name}`, text);
  const { code, stdout } = await scene.ask(['run', 'cve', '--advisory', `${scene.folder}/files/folder`, '--json', '--repo', path]);
  const { runs } = JSON.parse(stdout);
  expect(runs.map((run: unknown) => RunResult.parse(run).seedKey)).toEqual(['DEEP-1', 'HOPE-1', 'NONE-1']);
  expect(runs.map(({ verdict }: RunResult) => verdict)).toEqual(['PR_READY', 'ESCALATE', 'NO_OP']);
  expect(code).toBe(3);
});

/** A project whose lockfile was written before the releases that mend it. */
async function project(shape: ProjectShape): Promise<{ readonly path: string; readonly commit: string }> {
  for (const pkg of then) scene.registry.publish(pkg);
  const names = Object.keys({ ...shape.dependencies, ...shape.devDependencies });
  const made = await scene.project({ expects: Object.fromEntries(names.map((name) => [name, name])), ...shape });
  for (const pkg of now) scene.registry.publish(pkg);
  return made;
}

async function repair(path: string, advisory: string): Promise<{ readonly result: RunResult; readonly bundle: EvidenceBundle }> {
  const file = await scene.write('advisory.json', advisory);
  const ended = await scene.ask(['run', 'cve', '--advisory', file, '--json', '--repo', path]);
  const result = readResult(ended);
  const files = await filesOfFolder(result.evidence.dir);
  return { result, bundle: EvidenceBundle.parse(JSON.parse(files['bundle.json'] ?? '')) };
}
