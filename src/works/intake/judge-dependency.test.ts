import { describe, expect, it } from 'vitest';
import { sampleSeed } from '../../../kit/evidence/index.ts';
import { fakePackage, memoryRegistry } from '../../../kit/registry/index.ts';
import type { DependencyScope, UpdatePolicy } from '../../core/packet/seed.ts';
import { judgePackage } from './judge-package.ts';
import { surveyProject } from './project.ts';

const registry = memoryRegistry([
  fakePackage('ms', { '2.0.0': {}, '2.1.3': {}, '3.0.0': {} }),
  fakePackage('debug', { '4.0.0': { ms: '^2.0.0' } }),
]);

const lockOf = (version: string) =>
  JSON.stringify({
    lockfileVersion: 3,
    packages: {
      '': { dependencies: { ms: '^2.0.0', debug: '^4.0.0', far: 'github:a/b' } },
      'node_modules/ms': { version, integrity: 'sha512-a' },
      'node_modules/debug': { version: '4.0.0', integrity: 'sha512-b', dependencies: { ms: '^2.0.0', deep: '1' } },
      'node_modules/deep': { version: '1.0.0', integrity: 'sha512-c' },
    },
  });
const manifest = JSON.stringify({ dependencies: { ms: '^2.0.0', debug: '^4.0.0', far: 'github:a/b' } });

interface Asking {
  readonly policy?: UpdatePolicy;
  readonly scope?: DependencyScope;
  readonly files?: Readonly<Record<string, string>>;
}

async function judge(name: string, { policy = { kind: 'newest', within: 'major' }, scope = 'all', files }: Asking = {}) {
  const tree: Readonly<Record<string, string>> = files ?? { 'package.json': manifest, 'package-lock.json': lockOf('2.0.0') };
  const project = await surveyProject(sampleSeed.repository, {
    read: async (_, path) => tree[path] ?? null,
    list: async () => Object.keys(tree),
  });
  return judgePackage(project, { name, policy, scope, node: '20.20.2', minimumAgeDays: 0, now: '2026-01-01T00:00:00.000Z' }, registry);
}

describe('judgePackage', () => {
  it.each<[string, string, Asking, object]>([
    ['the newest release', 'ms', {}, { kind: 'go', from: '2.0.0', target: '3.0.0' }],
    ['the newest release of the major version', 'ms', { policy: { kind: 'newest', within: 'minor' } }, { kind: 'go', target: '2.1.3' }],
    ['the newest release in range', 'ms', { policy: { kind: 'newest', within: 'range' } }, { kind: 'go', target: '2.1.3' }],
    ['a version that was asked for', 'ms', { policy: { kind: 'version', version: '2.1.3' } }, { kind: 'go', target: '2.1.3' }],
    ['a package that is current', 'debug', {}, { kind: 'no-op', rule: 'already-current', from: '4.0.0' }],
    [
      'a policy that admits nothing newer',
      'ms',
      { policy: { kind: 'newest', within: 'patch' } },
      { kind: 'no-op', rule: 'no-eligible-release' },
    ],
    ['a dependency of dependencies', 'deep', {}, { kind: 'no-op', rule: 'not-direct' }],
    ['a package nobody asks for', 'left-pad', {}, { kind: 'no-op', rule: 'not-used' }],
    ['a package outside the scope', 'ms', { scope: 'dev' }, { kind: 'no-op', rule: 'out-of-scope' }],
    ['a git dependency', 'far', {}, { kind: 'question', code: 'source-unsupported' }],
    [
      'a range that admits the target, without a lockfile',
      'ms',
      { policy: { kind: 'newest', within: 'minor' }, files: { 'package.json': manifest } },
      { kind: 'no-op', rule: 'range-admits-target' },
    ],
    [
      'a project of another package manager',
      'ms',
      { files: { 'package.json': manifest, 'yarn.lock': '' } },
      { kind: 'question', code: 'package-manager-unsupported' },
    ],
  ])('judges %s', async (_, name, asking, judgement) => {
    expect(await judge(name, asking)).toMatchObject(judgement);
  });

  it('proves every no-op with what it rests on', async () => {
    for (const [name, asking] of [
      ['debug', {}],
      ['deep', {}],
      ['left-pad', {}],
      ['ms', { scope: 'dev' }],
    ] as const) {
      expect(await judge(name, asking)).toMatchObject({ kind: 'no-op', proof: expect.arrayContaining([expect.any(String)]) });
    }
  });

  it('hands on that a registry failed, and asks about a package it does not know', async () => {
    registry.fail('ms', 'network');
    expect(await judge('ms')).toMatchObject({ kind: 'failed', class: 'network' });
    registry.fail('ms', null);
    const files = { 'package.json': JSON.stringify({ dependencies: { gone: '^1.0.0' } }) };
    expect(await judge('gone', { files })).toMatchObject({ kind: 'question', code: 'package-not-in-registry' });
  });
});
