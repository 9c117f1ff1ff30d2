import { describe, expect, it } from 'vitest';
import { sealManifest } from './seal-manifest.ts';

const base = {
  name: 'a',
  version: '1.0.0',
  type: 'commonjs',
  scripts: { test: 'mocha' },
  dependencies: { ms: '^2.0.0', local: 'file:./local' },
  mocha: { bail: false },
};
const seal = (changed: object, allowed: readonly string[] = []) => {
  const { text, withheld } = sealManifest('package.json', JSON.stringify(base), JSON.stringify(changed), allowed);
  return { manifest: JSON.parse(text) as unknown, why: withheld.map((part) => part.why) };
};

describe('sealManifest', () => {
  it('takes over moved, added and removed packages and leaves the text as it was written', () => {
    const changed = `${JSON.stringify({ ...base, dependencies: { ms: '^3.0.0' }, devDependencies: { chai: '5' }, overrides: { a: { b: '$ms' } } }, null, 4)}\n`;
    expect(sealManifest('package.json', JSON.stringify(base), changed)).toEqual({ text: changed, withheld: [] });
  });

  it.each([
    ['scripts', { scripts: { test: 'exit 0' } }],
    ['mocha', { mocha: { bail: true } }],
    ['jest', { jest: { testMatch: [] } }],
    ['type', { type: 'module' }],
    ['exports', { exports: './fake.js' }],
    ['imports', { imports: { '#a': './fake.js' } }],
    ['main', { main: 'fake.js' }],
    ['bin', { bin: 'fake.js' }],
    ['anything', { anything: 1 }],
  ])('keeps the base for %s and says so', (member, change) => {
    expect(seal({ ...base, ...change, dependencies: { ms: '^3.0.0', local: 'file:./local' } })).toEqual({
      manifest: { ...base, dependencies: { ms: '^3.0.0', local: 'file:./local' } },
      why: [`${member}: stays as it was`],
    });
  });

  it('lets a member change that the packet names', () => {
    expect(seal({ ...base, exports: './new.js' }, ['exports'])).toEqual({ manifest: { ...base, exports: './new.js' }, why: [] });
  });

  it.each(['file:./fake', 'npm:other@1', 'github:a/b', 'git+https://x/y.git', 'https://x/y.tgz', 'link:../x', '../x', 'a/b'])(
    'does not take a package from %s',
    (spec) => {
      const { manifest, why } = seal({ ...base, dependencies: { ...base.dependencies, ms: spec }, devDependencies: { mocha: spec } });
      expect(manifest).toMatchObject({ dependencies: base.dependencies, devDependencies: {} });
      expect(why).toHaveLength(2);
    },
  );

  it('withholds a manifest that is no JSON object as a whole', () => {
    const { text, withheld } = sealManifest('package.json', JSON.stringify(base), 'oops');
    expect(text).toBe(JSON.stringify(base));
    expect(withheld).toHaveLength(1);
  });
});
