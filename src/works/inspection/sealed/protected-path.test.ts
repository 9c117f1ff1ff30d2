import { describe, expect, it } from 'vitest';
import { protectedPath } from './protected-path.ts';

describe('protectedPath', () => {
  it.each([
    ['test/a.js', 'test'],
    ['tests/unit/a.ts', 'test'],
    ['packages/x/__tests__/a.tsx', 'test'],
    ['src/a.test.js', 'test'],
    ['src/a.spec.ts', 'test'],
    ['a-test.mjs', 'test'],
    ['lib/a_test.cjs', 'test'],
    ['test.js', 'test'],
    ['test-basic.js', 'test'],
    ['index.test-d.ts', 'test'],
    ['TEST/a.js', 'test'],
    ['test', 'test'],
    ['spec/helpers/x.rb', 'test'],
    ['src/__snapshots__/a.test.js.snap', 'snapshot'],
    ['tap-snapshots/a.cjs', 'snapshot'],
    ['test/snapshots/a.md', 'snapshot'],
    ['test/fixtures/a.json', 'fixture'],
    ['testdata/x', 'fixture'],
    ['golden/out.txt', 'fixture'],
    ['__mocks__/chai.js', 'mock'],
    ['.mocharc.yml', 'runner-config'],
    ['jest.config.js', 'runner-config'],
    ['jest.config.unit.ts', 'runner-config'],
    ['vitest.config.mts', 'runner-config'],
    ['vitest.workspace.ts', 'runner-config'],
    ['vite.config.js', 'runner-config'],
    ['ava.config.cjs', 'runner-config'],
    ['.taprc', 'runner-config'],
    ['.nycrc.json', 'runner-config'],
    ['.babelrc', 'runner-config'],
    ['babel.config.json', 'runner-config'],
    ['tsconfig.json', 'runner-config'],
    ['tsconfig.test.json', 'runner-config'],
    ['packages/a/tsconfig.json', 'runner-config'],
    ['.env.test', 'runner-config'],
    ['jest.setup.js', 'runner-config'],
    ['.github/workflows/ci.yml', 'ci'],
    ['.gitlab-ci.yml', 'ci'],
    ['.circleci/config.yml', 'ci'],
    ['.travis.yml', 'ci'],
    ['Jenkinsfile', 'ci'],
    ['.husky/pre-commit', 'hook'],
    ['.gitattributes', 'hook'],
    ['.gitmodules', 'hook'],
    ['lefthook.yml', 'hook'],
    ['.npmrc', 'npm-config'],
    ['packages/a/.npmrc', 'npm-config'],
    ['.yarnrc.yml', 'npm-config'],
    ['pnpm-workspace.yaml', 'npm-config'],
    ['node_modules/chai/index.js', 'installed-package'],
    ['packages/a/node_modules/x/y.js', 'installed-package'],
    ['../outside.js', 'unsafe-path'],
    ['.git/hooks/pre-commit', 'unsafe-path'],
    ['/etc/passwd', 'unsafe-path'],
  ] as const)('%s is protected as %s', (path, kind) => expect(protectedPath(path, null)).toBe(kind));

  it.each([
    'src/index.js',
    'lib/testing-tools.js',
    'src/contest.js',
    'README.md',
    'package.json',
    'package-lock.json',
    'src/attest.ts',
    'docs/testing.md',
    'lib/latest.js',
    'src/inspect.js',
    'index.d.ts',
    '.gitignore',
    'src/environment.js',
  ])("%s is a station's to change", (path) => expect(protectedPath(path, null)).toBeNull());

  it('protects a test that only the runner knows as one', () => {
    const plan = { directory: 'packages/a', files: ['checks/all.js'] };
    expect(protectedPath('packages/a/checks/all.js', plan)).toBe('test');
    expect(protectedPath('packages/a/Checks/ALL.js', plan)).toBe('test');
    expect(protectedPath('checks/all.js', plan)).toBeNull();
  });
});
