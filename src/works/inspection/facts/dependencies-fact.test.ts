import { describe, expect, it } from 'vitest';
import { dependenciesFact, dependencyMoves } from './dependencies-fact.ts';

const sides = (before: object | null, after: object | string | null) => [
  {
    path: 'package.json',
    before: before === null ? null : JSON.stringify(before),
    after: after === null || typeof after === 'string' ? after : JSON.stringify(after, null, 2),
  },
];
const rules = (...manifests: ReturnType<typeof sides>) =>
  dependenciesFact(manifests).data.findings.map(({ rule, line, weight }) => `${weight} ${rule}:${line}`);

describe('what manifests ask for', () => {
  it('is told where it is new, in whatever section, and noted where it only moved', () => {
    const before = { dependencies: { ms: '^2.0.0', gone: '1.0.0' } };
    const after = { dependencies: { ms: '^2.1.0' }, devDependencies: { fresh: '1.0.0' } };
    expect(rules(...sides(before, after))).toEqual(['blocks dependency-added:6', 'note dependency-removed:1', 'note dependency-moved:3']);
    expect(dependencyMoves(sides(before, after)).map(({ name }) => name)).toEqual(['fresh', 'gone', 'ms']);
  });

  it.each(['git+https://x/y.git', 'github:a/b', 'a/b', 'file:../x', 'npm:other@1.0.0', 'https://x/y.tgz'])(
    'blocks where it comes as %s',
    (spec) => {
      expect(rules(...sides({ dependencies: { ms: '1.0.0' } }, { dependencies: { ms: spec } }))).toEqual(['blocks dependency-source:3']);
    },
  );

  it.each(['^1.0.0', '>=1 <3 || 4.x', 'latest', '*', 'workspace:*'])('is of the registry or of the project as %s', (spec) => {
    expect(rules(...sides({ dependencies: { ms: '0.1.0' } }, { dependencies: { ms: spec } }))).toEqual(['note dependency-moved:3']);
  });

  it('holds where nothing but other members changed, and where a manifest is gone', () => {
    expect(dependenciesFact(sides({ version: '1.0.0' }, { version: '2.0.0' })).outcome).toBe('holds');
    expect(dependenciesFact(sides({ dependencies: {} }, null)).outcome).toBe('holds');
  });

  it.each(['{', '[]', 'null'])('blocks where it cannot be read: %s', (text) => {
    expect(dependenciesFact(sides({}, text))).toMatchObject({ outcome: 'broken', code: 'manifest-invalid' });
  });
});
