import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MadeRepository } from '../../kit/forge/index.ts';
import { filesOfFolder, filesOfRef, fingerprint, osv, refsOf, saying } from '../../kit/scenario/index.ts';
import { EvidenceBundle } from '../../src/core/evidence/bundle.ts';
import { RunResult } from '../../src/core/ports/factory.ts';
import { openScene, type Scene } from './scene.ts';

const packages = [
  saying('plain', { '1.0.0': 'hello', '1.1.0': 'hello' }),
  saying('parent', { '1.0.0': { says: 'parent', dependencies: { deep: '^1.0.0' } } }),
  saying('deep', { '1.0.0': 'deep', '1.1.0': 'deep', '2.0.0': 'deep' }),
  saying('fussy', { '1.0.0': 'fussy', '2.0.0': { says: 'fussy', engines: { node: '>=99' } } }),
  saying('tool', { '1.0.0': 'tool', '1.1.0': 'tool' }),
  saying('stranger', { '1.0.0': 'stranger' }),
];

let scene: Scene;
let locked: MadeRepository;
let bare: MadeRepository;
beforeAll(async () => {
  scene = await openScene(packages);
  const shape = { dependencies: { plain: '^1.0.0', parent: '^1.0.0', fussy: '^1.0.0' }, devDependencies: { tool: '1.0.0' } };
  [locked, bare] = await Promise.all([scene.project(shape), scene.project({ dependencies: { plain: '^1.0.0' }, lock: false })]);
});
afterAll(() => scene.close());

describe('an update that nobody owes', () => {
  it.each([
    ['already-current', ['--package', 'plain'], 'locked at 1.1.0'],
    ['not-used', ['--package', 'stranger'], 'package.json does not name stranger'],
    ['not-direct', ['--package', 'deep'], 'node_modules/deep 1.1.0'],
    ['no-eligible-release', ['--package', 'fussy'], 'fussy@2.0.0'],
    ['out-of-scope', ['--package', 'plain', '--scope', 'dev'], 'dependencies'],
    ['already-current', ['--package', 'tool', '--to', '1.0.0'], 'locked at 1.0.0'],
  ])('ends in NO_OP %s for %j, with its proof', async (rule, args, proof) => {
    await expectNoOp(locked, ['deps', ...args], { rule, proof });
  });

  it('ends in NO_OP range-admits-target for a library without a lockfile', async () => {
    await expectNoOp(bare, ['deps', '--package', 'plain'], { rule: 'range-admits-target', proof: '1.1.0 satisfies ^1.0.0' });
  });

  it('ends in NO_OP already-current where --all finds nothing outdated', async () => {
    const current = await scene.project({ dependencies: { plain: '^1.0.0', parent: '^1.0.0' } });
    const { code, stdout } = await scene.ask(['run', 'deps', '--all', '--json', '--detailed-exitcode', '--repo', current.path]);
    expect(JSON.parse(stdout)).toMatchObject({ runs: [{ verdict: 'NO_OP', reason: { code: 'already-current' } }] });
    expect(code).toBe(10);
  });
});

describe('an advisory that asks for nothing', () => {
  it.each([
    ['advisory-withdrawn', osv('W-1', { name: 'plain' }, { withdrawn: '2024-01-01T00:00:00Z' }), [], 'withdrawn: 2024-01-01T00:00:00Z'],
    ['other-ecosystem', osv('E-1', { name: 'plain', ecosystem: 'PyPI' }), [], 'PyPI: plain'],
    ['package-absent', osv('A-1', { name: 'stranger' }), [], 'package-lock.json has no copy of stranger'],
    ['not-affected', osv('N-1', { name: 'deep', introduced: '2.0.0' }), [], 'node_modules/deep 1.1.0 is outside the ranges'],
    ['dev-only', osv('D-1', { name: 'tool' }), ['--scope', 'prod'], 'node_modules/tool 1.0.0 (dev)'],
    ['out-of-scope', osv('O-1', { name: 'deep' }), ['--scope', 'dev'], 'node_modules/deep 1.1.0 (prod)'],
  ])('ends in NO_OP %s, with its proof', async (rule, advisory, args, proof) => {
    const file = await scene.write(`${rule}.json`, advisory);
    await expectNoOp(locked, ['cve', '--advisory', file, ...args], { rule, proof });
  });

  it('ends in NO_OP not-affected where a project without a lockfile installs no affected copy', async () => {
    const file = await scene.write('installed.json', osv('I-1', { name: 'plain', fixed: '1.1.0' }));
    await expectNoOp(bare, ['cve', '--advisory', file], { rule: 'not-affected', proof: 'the installed tree has 1 copies' });
  });
});

async function expectNoOp(
  { path }: MadeRepository,
  args: readonly string[],
  wanted: { readonly rule: string; readonly proof: string },
): Promise<void> {
  const before = await fingerprint(path);
  const { code, stdout, stderr } = await scene.ask(['run', ...args, '--json', '--detailed-exitcode', '--repo', path]);
  expect(code, `${stdout}${stderr}`).toBe(10);
  const result = RunResult.parse(JSON.parse(stdout));
  expect(result).toMatchObject({ verdict: 'NO_OP', reason: { code: wanted.rule }, branch: null, withheld: null });
  const files = await filesOfFolder(result.evidence.dir);
  const { validation } = EvidenceBundle.parse(JSON.parse(files['bundle.json'] ?? ''));
  const proof = validation.find(({ fact }) => fact.check === 'no-op')?.fact.data['proof'];
  expect(JSON.stringify(proof)).toContain(wanted.proof);
  expect(files['REPORT.md']).toContain(wanted.proof);
  await expectIntact(result);
  expect(Object.keys(await filesOfRef(path, result.evidence.ref ?? ''))).toEqual(Object.keys(files));
  expect([...(await refsOf(path)).keys()].filter((ref) => ref.startsWith('refs/heads/'))).toEqual(['refs/heads/main']);
  expect(await fingerprint(path)).toEqual(before);
}

async function expectIntact({ evidence, verdict }: RunResult): Promise<void> {
  const { code, stdout } = await scene.ask(['evidence', 'verify', evidence.dir, '--head', evidence.head, '--json']);
  expect(JSON.parse(stdout)).toMatchObject({ kind: 'intact', verdict, head: evidence.head });
  expect(code).toBe(0);
}
