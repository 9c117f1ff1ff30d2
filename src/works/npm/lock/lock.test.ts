import { describe, expect, it } from 'vitest';
import { readManifest } from '../manifest/index.ts';
import { diffLocks, explainMoves, keepShape, readLock, type Lock } from './index.ts';
import { copiesOf } from './resolve.ts';

type Entries = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const text = (packages: Entries, lockfileVersion = 3): string => `${JSON.stringify({ name: 'x', lockfileVersion, packages }, null, 2)}\n`;
const lockOf = (packages: Entries): Lock => readLock(text(packages));

describe('a lockfile', () => {
  it('of version 2 and 3 is a list of copies, aliases by their real name, links and workspaces apart', () => {
    const lock = lockOf({
      '': { workspaces: ['w/*'] },
      'node_modules/al': { name: '@s/real', version: '1.0.0', dev: true, engines: { node: '>=18' }, hasInstallScript: true },
      'node_modules/t': { version: '1.0.0' },
      'node_modules/t/node_modules/in': { version: '0.1.0', inBundle: true, optional: true, peer: true },
      'node_modules/w1': { resolved: 'w/w1', link: true },
      'node_modules/g': { version: '2.0.0', resolved: 'git+ssh://git@host/g.git#abc' },
      'w/w1': { name: 'w1', version: '1.0.0', devDependencies: { t: '^1.0.0' } },
    });
    expect(lock.copies.map(({ path, name, version }) => [path, name, version])).toEqual([
      ['node_modules/al', '@s/real', '1.0.0'],
      ['node_modules/t', 't', '1.0.0'],
      ['node_modules/t/node_modules/in', 'in', '0.1.0'],
      ['node_modules/g', 'g', '2.0.0'],
    ]);
    expect(lock.copies[0]).toMatchObject({ dev: true, node: '>=18', hasInstallScript: true });
    expect(lock.copies[2]).toMatchObject({ bundled: true, optional: true, peer: true });
    expect(lock.copies[3]?.source.kind).toBe('git');
    expect(copiesOf(lock, 't')[0]?.parents.map(({ from }) => from.path)).toEqual(['w/w1']);
  });

  it('of version 1 is the same list, with the edges of the project from its manifest', () => {
    const v1 = {
      lockfileVersion: 1,
      dependencies: {
        a: { version: '1.0.0', requires: { b: '^1.0.0' }, dependencies: { b: { version: '1.2.0', dev: true, bundled: true } } },
        b: { version: '2.0.0' },
        al: { version: 'npm:@s/real@3.0.0' },
        g: { version: 'git+https://host/g.git#abc', from: 'g@git+https://host/g.git' },
      },
    };
    const manifest = readManifest('{"dependencies":{"a":"^1.0.0"},"devDependencies":{"b":"2"}}', 'package.json');
    const lock = readLock(JSON.stringify(v1), { manifest });
    expect(lock.copies.map(({ path, name, version }) => `${path} ${name}@${version}`)).toEqual([
      'node_modules/a a@1.0.0',
      'node_modules/a/node_modules/b b@1.2.0',
      'node_modules/b b@2.0.0',
      'node_modules/al @s/real@3.0.0',
      'node_modules/g g@git+https://host/g.git#abc',
    ]);
    expect(copiesOf(lock, 'b').map(({ parents }) => parents.map(({ from, edge }) => `${from.name}>${edge.spec}`))).toEqual([
      ['a>^1.0.0'],
      ['>2'],
    ]);
    expect(lock.copies[4]?.source.kind).toBe('git');
  });

  it.each([
    ['{\n  "lockfileVersion": 3,\n<<<<<<< HEAD\n', 'package-lock.json:3:1: a merge conflict marker.'],
    ['{"packages": {"": {} ', 'package-lock.json:1:22: the end of the file instead of'],
    ['{"lockfileVersion": 9, "packages": {}}', 'lockfileVersion is not what npm writes'],
    ['{"lockfileVersion": 3, "packages": {"node_modules/a": 1}}', 'packages.node_modules/a is not what npm writes'],
  ])('that is broken is refused with its place: %j', (broken, message) => {
    expect(() => readLock(broken)).toThrow(
      expect.objectContaining({ code: 'lockfile-invalid', message: expect.stringContaining(message) }),
    );
  });

  it('answers who asks for which very copy, by the way Node looks for it', () => {
    const lock = lockOf({
      '': { dependencies: { a: '^1', m: '^2' } },
      'node_modules/a': { version: '1.0.0', dependencies: { '@s/b': '1', m: '^1' } },
      'node_modules/a/node_modules/m': { version: '1.0.0' },
      'node_modules/@s/b': { version: '1.0.0', dependencies: { m: '>=1' } },
      'node_modules/m': { version: '2.0.0' },
    });
    const asked = copiesOf(lock, 'm').map(({ copy, parents }) => [
      copy.version,
      parents.map(({ from, edge }) => `${from.path} -> ${edge.spec}`),
    ]);
    expect(asked).toEqual([
      ['1.0.0', ['node_modules/a -> ^1']],
      ['2.0.0', [' -> ^2', 'node_modules/@s/b -> >=1']],
    ]);
  });
});

describe('a difference of lockfiles', () => {
  const url = (host: string): string => `https://${host}/a/-/a-1.0.0.tgz`;
  const one = (entry: Readonly<Record<string, unknown>>): Lock => lockOf({ 'node_modules/a': { version: '1.0.0', ...entry } });

  it('names what was added, removed and changed, and nothing else', () => {
    const before = lockOf({ '': {}, 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '1.0.0', dev: true } });
    const after = lockOf({ '': {}, 'node_modules/a': { version: '2.0.0', license: 'MIT' }, 'node_modules/c': { version: '1.0.0' } });
    expect(diffLocks(before, after)).toEqual([
      { path: 'node_modules/a', name: 'a', before: '1.0.0', after: '2.0.0', dev: false },
      { path: 'node_modules/b', name: 'b', before: '1.0.0', after: null, dev: true },
      { path: 'node_modules/c', name: 'c', before: null, after: '1.0.0', dev: false },
    ]);
    expect(diffLocks(after, after)).toEqual([]);
  });

  it.each([
    ['another host', { resolved: url('good.test') }, { resolved: url('evil.test') }],
    ['another content', { integrity: 'sha512-AAA=' }, { integrity: 'sha512-BBB=' }],
    ['no content hash any more', { integrity: 'sha512-AAA=' }, {}],
    ['a weaker content hash', { integrity: 'sha512-AAA=' }, { integrity: 'sha1-AAA=' }],
    ['another package under the same name', {}, { name: 'evil' }],
    ['a git address', { resolved: url('good.test') }, { resolved: 'git+ssh://git@host/a.git#1' }],
  ])('shows %s behind an unchanged version, and no job explains it', (_, left, right) => {
    const [before, after] = [one(left), one(right)];
    const moves = diffLocks(before, after);
    expect(moves).toHaveLength(1);
    const { unexplained } = explainMoves(moves, { before, after, packages: ['a'] });
    expect(unexplained).toEqual(moves);
  });

  it('takes sha512 beside or instead of sha1, and https instead of http, for no change', () => {
    expect(diffLocks(one({ integrity: 'sha1-AAA=' }), one({ integrity: 'sha512-BBB=' }))).toEqual([]);
    expect(diffLocks(one({ integrity: 'sha1-AAA=' }), one({ integrity: 'sha1-AAA= sha512-BBB=' }))).toEqual([]);
    expect(diffLocks(one({ resolved: url('x.test').replace('https', 'http') }), one({ resolved: url('x.test') }))).toEqual([]);
  });
});

describe('an explanation of moves', () => {
  const base: Entries = {
    '': { dependencies: { a: '^1', q: '^1', z: '^1' } },
    'node_modules/a': { version: '1.0.0', dependencies: { x: '^1', old: '^1' } },
    'node_modules/q': { version: '1.0.0', dependencies: { x: '^1' } },
    'node_modules/x': { version: '1.0.0' },
    'node_modules/old': { version: '1.0.0', dependencies: { older: '^1' } },
    'node_modules/older': { version: '1.0.0' },
    'node_modules/z': { version: '1.0.0' },
  };
  const unexplained = (before: Entries, after: Entries, job: { packages: string[]; repairs?: string[] }): string[] => {
    const [left, right] = [lockOf(before), lockOf(after)];
    return explainMoves(diffLocks(left, right), { before: left, after: right, ...job }).unexplained.map(({ path }) => path);
  };
  const without = (entries: Entries, ...paths: string[]): Entries =>
    Object.fromEntries(Object.entries(entries).filter(([path]) => !paths.includes(path)));

  it('covers what the package newly needs, no longer needs, and what had to make room', () => {
    const after = {
      ...without(base, 'node_modules/old', 'node_modules/older'),
      'node_modules/a': { version: '1.1.0', dependencies: { x: '^2', fresh: '^1' } },
      'node_modules/x': { version: '2.0.0' },
      'node_modules/q/node_modules/x': { version: '1.0.0' },
      'node_modules/fresh': { version: '1.0.0', dependencies: { deeper: '^1' } },
      'node_modules/deeper': { version: '1.0.0' },
    };
    expect(unexplained(base, after, { packages: ['a'] })).toEqual([]);
  });

  it('covers a nested copy that the moved one makes superfluous', () => {
    const before = {
      ...base,
      'node_modules/q': { version: '1.0.0', dependencies: { x: '>=1.1' } },
      'node_modules/q/node_modules/x': { version: '1.1.0' },
    };
    const after = { ...without(before, 'node_modules/q/node_modules/x'), 'node_modules/x': { version: '1.1.0' } };
    expect(unexplained(before, after, { packages: ['x'] })).toEqual([]);
  });

  it('does not cover a neighbour, a removal that somebody still needs, or a package nobody asked for', () => {
    const after = {
      ...without(base, 'node_modules/older'),
      'node_modules/a': { ...base['node_modules/a'], version: '1.1.0' },
      'node_modules/z': { version: '1.1.0' },
      'node_modules/smuggled': { version: '1.0.0' },
    };
    expect(unexplained(base, after, { packages: ['a'] })).toEqual(['node_modules/smuggled', 'node_modules/z', 'node_modules/older'].sort());
  });

  it('does not cover a direct dependency that came with the change', () => {
    const after = { ...base, '': { dependencies: { a: '^1', q: '^1', z: '^1', evil: '^1' } }, 'node_modules/evil': { version: '1.0.0' } };
    expect(unexplained(base, after, { packages: ['a'] })).toEqual(['node_modules/evil']);
  });

  it('covers what the lockfile lacked before', () => {
    const before = without(base, 'node_modules/older');
    expect(unexplained(before, base, { packages: [] })).toEqual([]);
  });

  it('covers the parents of a copy under repair, and only those', () => {
    const after = {
      ...base,
      'node_modules/old': { version: '1.1.0', dependencies: { older: '^1' } },
      'node_modules/older': { version: '1.1.0' },
      'node_modules/q': { version: '1.1.0', dependencies: { x: '^1' } },
    };
    expect(unexplained(base, after, { packages: ['older'], repairs: ['node_modules/older'] })).toEqual(['node_modules/q']);
    expect(unexplained(base, after, { packages: ['older'] })).toEqual(['node_modules/old', 'node_modules/q']);
  });

  it('does not cover a new version from a host or an address the lockfile did not know', () => {
    const from = (version: string, resolved: string): Entries => ({ 'node_modules/a': { version, resolved } });
    const before = from('1.0.0', 'https://good.test/a/-/a-1.0.0.tgz');
    expect(unexplained(before, from('1.1.0', 'https://good.test/a/-/a-1.1.0.tgz'), { packages: ['a'] })).toEqual([]);
    expect(unexplained(before, from('1.1.0', 'https://evil.test/a/-/a-1.1.0.tgz'), { packages: ['a'] })).toEqual(['node_modules/a']);
    expect(unexplained(before, from('1.1.0', 'git+https://evil.test/a.git#1'), { packages: ['a'] })).toEqual(['node_modules/a']);
  });

  it('covers what is bundled in a package that moved', () => {
    const before = { ...base, 'node_modules/a/node_modules/in': { version: '1.0.0', inBundle: true } };
    const after = {
      ...before,
      'node_modules/a': { ...base['node_modules/a'], version: '1.1.0' },
      'node_modules/a/node_modules/in': { version: '1.1.0', inBundle: true },
    };
    expect(unexplained(before, after, { packages: ['a'] })).toEqual([]);
  });
});

describe('the shape of a lockfile, its registries', () => {
  const entry = (name: string, host: string): Record<string, unknown> => ({
    version: '1.0.0',
    resolved: `https://${host}/${name}/-/${name.split('/').at(-1)}-1.0.0.tgz`,
    integrity: 'sha512-A=',
  });

  it('stay those of the project, by scope', () => {
    const before = text({ 'node_modules/a': entry('a', 'npm.test'), 'node_modules/@s/b': entry('@s/b', 'own.test/path') });
    const after = text({
      'node_modules/c': entry('c', 'mirror.test'),
      'node_modules/@s/d': entry('@s/d', 'mirror.test'),
      'node_modules/a': entry('a', 'npm.test'),
    });
    const kept = JSON.parse(keepShape(before, after)).packages;
    expect(kept['node_modules/c'].resolved).toBe('https://npm.test/c/-/c-1.0.0.tgz');
    expect(kept['node_modules/@s/d'].resolved).toBe('https://own.test/path/@s/d/-/d-1.0.0.tgz');
    expect(kept['node_modules/a'].resolved).toBe('https://npm.test/a/-/a-1.0.0.tgz');
  });

  it('stay unsaid where the project does not say them', () => {
    const before = text({ 'node_modules/a': { version: '1.0.0', integrity: 'sha512-A=' } });
    const after = text({
      'node_modules/a': entry('a', 'mirror.test'),
      'node_modules/g': { version: '1.0.0', resolved: 'git+ssh://git@host/g.git#1' },
    });
    expect(keepShape(before, after)).toBe(
      text({
        'node_modules/a': { version: '1.0.0', integrity: 'sha512-A=' },
        'node_modules/g': { version: '1.0.0', resolved: 'git+ssh://git@host/g.git#1' },
      }),
    );
  });

  it.each(['\t', '    ', ''])('comes with its indentation %j and its line ends', (indent) => {
    const form = (packages: Entries): string => JSON.stringify({ lockfileVersion: 3, packages }, null, indent).replaceAll('\n', '\r\n');
    const [one, two] = [{ 'node_modules/a': { version: '1.0.0' } }, { 'node_modules/a': { version: '1.1.0' } }];
    expect(keepShape(form(one), `${JSON.stringify({ lockfileVersion: 3, packages: two }, null, 2)}\n`)).toBe(form(two));
  });

  it("are npm's choice where there were none", () => {
    const after = text({ 'node_modules/a': entry('a', 'mirror.test') });
    expect(keepShape(text({ '': {} }), after)).toBe(after);
  });
});
