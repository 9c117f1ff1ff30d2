import { describe, expect, it } from 'vitest';
import type { BaselineRecord } from '../../inspection/tree/index.ts';
import type { Project } from '../../intake/index.ts';
import { readLock, readManifest } from '../../npm/index.ts';
import { isPinned, mayShare } from './may-share.ts';

const root = readManifest('{ "name": "shop" }', 'package.json');

const projectWith = (packages: Readonly<Record<string, object>> | null): Project => {
  const text = JSON.stringify({ name: 'shop', lockfileVersion: 3, packages: { '': { name: 'shop' }, ...packages } });
  return {
    repository: { id: 'r', name: 'r', location: '/r', kind: 'local', directory: '', baseCommit: 'c', branch: null, uncommitted: 0 },
    root,
    manifests: new Map([['', root]]),
    lock: packages === null ? null : { path: 'package-lock.json', text, lock: readLock(text, { path: 'package-lock.json' }) },
    defaults: { scope: null, tests: undefined } as unknown as Project['defaults'], // nothing of it is looked at here
    foreignLock: null,
  };
};

const record = (tried: readonly string[] = ['npm ci: installed'], tree: string | null = null): BaselineRecord => ({
  run: 'r',
  install: { rung: 'npm ci', tried: [...tried] },
  build: 'none',
  tests: null,
  none: null,
  tree,
  api: null,
  canary: 'fail',
});

const plain = { version: '1.0.0', resolved: 'https://r.example/plain.tgz', integrity: 'sha512-AAA=' };
const locked = projectWith({ 'node_modules/plain': plain });
const linked = projectWith({ 'node_modules/own': { resolved: 'packages/own', link: true }, 'packages/own': { version: '1.0.0' } });

describe('the packages of the base', () => {
  it.each([[[]], [['src/a.js']], [['test/a.test.js', 'docs/package.md']]])('do for a tree that differs in %j', (touched) => {
    expect(mayShare({ project: locked, record: record(), touched })).toBe(true);
    expect(mayShare({ project: projectWith(null), record: record(), touched })).toBe(true);
  });

  it.each([
    'package.json',
    'packages/a/package.json',
    'package-lock.json',
    'npm-shrinkwrap.json',
    'yarn.lock',
    '.npmrc',
    '.gitmodules',
    'binding.gyp',
    'vendor/a-1.0.0.tgz',
    'vendor/a.tar.gz',
    'node_modules/a/index.js',
    'Package.JSON',
  ])('do not for one that differs in %s', (path) => {
    expect(mayShare({ project: locked, record: record(), touched: ['src/a.js', path] })).toBe(false);
  });

  it('do for the base alone where files of the repository stand among them', () => {
    expect(mayShare({ project: linked, record: record(), touched: [] })).toBe(true);
    expect(mayShare({ project: linked, record: record(), touched: ['src/a.js'] })).toBe(false);
    const packed = projectWith({ 'node_modules/own': { version: '1.0.0', resolved: 'file:own' } });
    expect(mayShare({ project: packed, record: record(), touched: ['src/a.js'] })).toBe(false);
  });

  it('do for nobody where they were installed at the second try, or nothing is known of it', () => {
    const second = record(['npm ci: failed (EUSAGE)', 'npm install: installed']);
    expect(mayShare({ project: locked, record: second, touched: [] })).toBe(false);
    expect(mayShare({ project: locked, record: null, touched: [] })).toBe(false);
  });

  it('are known by the commit alone where its lockfile says what each of them contains', () => {
    expect(isPinned(locked)).toBe(true);
    expect(isPinned(projectWith({ 'node_modules/plain': { ...plain, integrity: undefined } }))).toBe(false);
    expect(isPinned(projectWith(null))).toBe(false);
  });
});
