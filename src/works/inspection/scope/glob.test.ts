import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { globMatcher } from './glob.ts';

const matches = (glob: string, path: string, ignoreCase = false): boolean => globMatcher([glob], { ignoreCase })(path);

describe('globMatcher', () => {
  it.each([
    ['**', 'a'],
    ['**', '.github/workflows/ci.yml'],
    ['src/**', 'src/a/b.ts'],
    ['src/**', 'src/.hidden'],
    ['**/package.json', 'package.json'],
    ['**/package.json', 'a/b/package.json'],
    ['**/test/**', 'test/a.js'],
    ['**/test/**', 'packages/x/test/deep/a.js'],
    ['**/*.test.*', 'a.test.js'],
    ['**/*.test.*', 'src/x.test.d.ts'],
    ['src/*.ts', 'src/a.ts'],
    ['src/?.ts', 'src/a.ts'],
    ['src/{a,b}.ts', 'src/b.ts'],
    ['{src,lib}/**/*.{js,ts}', 'lib/x/y.ts'],
    ['a/**/b', 'a/b'],
    ['./src/a.ts', 'src/a.ts'],
    ['docs/', 'docs/a.md'],
    ['[id]/page.(x)+.ts', '[id]/page.(x)+.ts'],
  ])('%s matches %s', (glob, path) => expect(matches(glob, path)).toBe(true));

  it.each([
    ['src/**', 'src'],
    ['src/**', 'srcx/a'],
    ['src/*.ts', 'src/a/b.ts'],
    ['src/?.ts', 'src/ab.ts'],
    ['*.json', 'a/package.json'],
    ['package.json', 'xpackage.json'],
    ['a.b', 'axb'],
    ['**/test/**', 'test'],
    ['**/test/**', 'contest/a.js'],
    ['src/**', 'SRC/a.ts'],
  ])('%s does not match %s', (glob, path) => expect(matches(glob, path)).toBe(false));

  it('sees another spelling of a protected path where it is asked to', () => {
    expect(matches('**/.GITHUB/**', '.github/ci.yml', true)).toBe(true);
  });

  it('matches a path by itself, whatever it is made of', () => {
    const name = fc.stringMatching(/^[a-zA-Z0-9_.$@()+[\]-]{1,8}$/).filter((text) => !/^\.+$/.test(text));
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 5 }), (names) => {
        expect(matches(names.join('/'), names.join('/'))).toBe(true);
      }),
    );
  });
});
