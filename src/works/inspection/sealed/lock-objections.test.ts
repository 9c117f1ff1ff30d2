import { describe, expect, it } from 'vitest';
import { lockObjections } from './lock-objections.ts';

const entry = (version: string, integrity = `sha512-${version}`) => ({
  version,
  resolved: `https://registry.example.org/ms/-/ms-${version}.tgz`,
  integrity,
});
const lock = (packages: object, more: object = {}): string =>
  JSON.stringify({ name: 'a', lockfileVersion: 3, requires: true, packages: { '': { name: 'a' }, ...packages }, ...more });
const base = lock({ 'node_modules/ms': entry('2.0.0'), 'packages/b': { version: '1.0.0' } });

describe('lockObjections', () => {
  it('has none against packages that move, come or go', () => {
    expect(lockObjections(base, lock({ 'node_modules/ms': entry('2.1.0'), 'node_modules/x': entry('1.0.0') }))).toEqual([]);
    expect(lockObjections(base, lock({}))).toEqual([]);
    expect(lockObjections(null, base)).toEqual([]);
  });

  it.each([
    ['a link', { 'node_modules/ms': { resolved: 'fake', link: true } }, 'node_modules/ms becomes a link'],
    ['a folder', { 'node_modules/ms': { ...entry('2.1.0'), resolved: 'file:fake.tgz' } }, 'comes from file:fake.tgz'],
    ['git', { 'node_modules/ms': { ...entry('2.1.0'), resolved: 'git+ssh://git@example.org/x.git#1' } }, 'comes from git+ssh:'],
    ['other content', { 'node_modules/ms': entry('2.0.0', 'sha512-other') }, 'other content under the same version 2.0.0'],
    ['content nobody vouches for', { 'node_modules/ms': { ...entry('2.0.0'), integrity: undefined } }, 'other content'],
  ])('objects to %s', (_, packages, objection) => {
    expect(lockObjections(base, lock(packages)).join()).toContain(objection);
  });

  it('objects to members that no lockfile has, and to what is no JSON', () => {
    expect(lockObjections(base, lock({}, { scripts: {} }))).toEqual(['unknown member "scripts"']);
    expect(lockObjections(base, '<<<<<<<')).toHaveLength(1);
  });

  it('takes a stronger digest of the same release', () => {
    const weak = lock({ 'node_modules/ms': { ...entry('2.0.0'), integrity: 'sha1-abc' } });
    expect(lockObjections(weak, base)).toEqual([]);
  });
});
