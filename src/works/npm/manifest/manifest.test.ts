import { satisfies } from 'semver';
import { describe, expect, it } from 'vitest';
import { directDependencies, parseSpec, raiseSpec, readManifest, setOverride, setRange } from './index.ts';

describe('a manifest', () => {
  it('is read with odd values of fields nobody needs', () => {
    const text =
      '\uFEFF{"name":"x","private":"true","engines":["node >= 0.8"],"devDependencies":[],"bin":"./cli.js","workspaces":{"packages":["a/*"]}}';
    expect(readManifest(text, 'package.json')).toMatchObject({
      private: true,
      engines: {},
      devDependencies: {},
      bin: { x: './cli.js' },
      workspaces: ['a/*'],
      type: 'commonjs',
    });
  });

  it.each([
    ['{\n  "name": "x",\n}', 'package.json:3:1: "}" instead of a key.'],
    ['{"a":1 "b"}', 'package.json:1:8: "\\"" instead of "," or "}".'],
    ['', 'package.json:1:1: the end of the file instead of a value.'],
    ['{"a": tru}', 'package.json:1:7: "t" instead of a value.'],
    ['{\n<<<<<<< HEAD\n"a":1\n=======\n"a":2\n>>>>>>> b\n}', 'package.json:2:1: a merge conflict marker.'],
    ['{"dependencies":{"a":1}}', 'dependencies.a is not what npm expects'],
    ['[]', 'package.json: the document is not what npm expects'],
  ])('that is broken is refused with its place: %j', (text, message) => {
    const refusal = expect.objectContaining({ code: 'manifest-invalid', message: expect.stringContaining(message) });
    expect(() => readManifest(text, 'package.json')).toThrow(refusal);
  });

  it('lists its direct dependencies by scope, peers left out', () => {
    const manifest = readManifest(
      '{"dependencies":{"a":"1"},"optionalDependencies":{"b":"1"},"devDependencies":{"c":"1"},"peerDependencies":{"d":"1"}}',
      'package.json',
    );
    const names = (scope: 'prod' | 'dev' | 'all'): string[] => directDependencies(manifest, scope).map(({ name }) => name);
    expect([names('prod'), names('dev'), names('all')]).toEqual([['a', 'b'], ['c'], ['a', 'b', 'c']]);
  });
});

describe('a dependency text', () => {
  it.each([
    ['^1.2.3', 'range', '^1.2.3'],
    ['', 'range', '*'],
    ['latest', 'tag', '*'],
    ['npm:@s/b@^1', 'alias', '^1'],
    ['npm:b', 'alias', '*'],
    ['npm:@s/b', 'alias', '*'],
    ['user/repo#main', 'git', null],
    ['git+ssh://git@host/x.git', 'git', null],
    ['git@host:user/x.git', 'git', null],
    ['https://host/x.git#semver:^1', 'git', null],
    ['https://host/x.tgz', 'url', null],
    ['file:../x', 'file', null],
    ['./x.tgz', 'file', null],
    ['link:../x', 'link', null],
    ['workspace:^', 'workspace', null],
  ])('%j is a %s', (raw, kind, range) => {
    expect(parseSpec('a', raw)).toMatchObject({ kind, range });
  });

  it('of an alias names the real package', () => {
    expect(parseSpec('a', 'npm:@s/b@^1').package).toBe('@s/b');
    expect(parseSpec('a', 'npm:b').package).toBe('b');
  });

  it.each([
    ['^1.0.0', '^3.4.5'],
    ['~1.0.0', '~3.4.5'],
    ['1.0.0', '3.4.5'],
    ['=1.0.0', '=3.4.5'],
    ['v1.0.0', 'v3.4.5'],
    ['^1', '^3'],
    ['~1.2', '~3.4'],
    ['1.x', '3.x'],
    ['1.2.*', '3.4.*'],
    ['1', '3'],
    ['<2', '<4'],
    ['<2.0.0', '<4.0.0'],
    ['<2.3.0', '<3.5.0'],
    ['<2.3.1', '<3.4.6'],
    ['<=2.3.1', '<=3.4.5'],
    ['>=1.0.0 <3.0.0', '>=1.0.0 <4.0.0'],
    ['>= 1.0 < 3', '>= 1.0 < 4'],
    ['1.0.0 - 2.0.0', '1.0.0 - 3.4.5'],
    ['1 - 2', '1 - 3'],
    ['^1.0.0 || ^2.0.0', '^1.0.0 || ^2.0.0 || ^3.4.5'],
    ['1.x||2.x', '1.x||2.x||3.x'],
    ['npm:@s/b@~1.0.0', 'npm:@s/b@~3.4.5'],
    ['>=4.0.0', '>=3.4.5'],
    ['>1.0.0 >2.0.0 <=1.5.0', '>1.0.0 >2.0.0 <=3.4.5'],
    ['>=1', '>=1'],
    ['*', '*'],
    ['latest', 'latest'],
    ['user/repo', 'user/repo'],
    ['^3.0.0', '^3.0.0'],
  ])('%j raised to 3.4.5 is %j', (raw, raised) => {
    expect(raiseSpec(raw, '3.4.5')).toBe(raised);
  });

  it('raised to a prerelease names all of it', () => {
    for (const raw of ['^1', '1.x', '~1.2.3', '1.0.0', '>=1 <2']) {
      expect(satisfies('2.0.0-rc.1', raiseSpec(raw, '2.0.0-rc.1')), raw).toBe(true);
    }
  });
});

describe('an edit', () => {
  it('touches nothing but the value', () => {
    const text = '{\r\n\t"b": 1,\r\n\t"dependencies": { "x" : "^1.0.0",\r\n\t\t"y":"2" },\r\n\t"a": [ ]\r\n}\r\n\r\n';
    expect(setRange(text, { section: 'dependencies', name: 'x' }, '^2.0.0')).toBe(text.replace('^1.0.0', '^2.0.0'));
  });

  it('takes the last of equal keys, which is the one npm takes', () => {
    const text = '{"dependencies":{"x":"1","x":"2"}}';
    expect(setRange(text, { section: 'dependencies', name: 'x' }, '3')).toBe('{"dependencies":{"x":"1","x":"3"}}');
  });

  it('leaves a text without the dependency alone', () => {
    expect(setRange('{}', { section: 'dependencies', name: 'x' }, '3')).toBe('{}');
  });

  it.each([
    ['{\n  "name": "x"\n}\n', '{\n  "name": "x",\n  "overrides": {\n    "a": {\n      "b": "1.0.1"\n    }\n  }\n}\n'],
    ['{\r\n\t"name": "x"\r\n}', '{\r\n\t"name": "x",\r\n\t"overrides": {\r\n\t\t"a": {\r\n\t\t\t"b": "1.0.1"\r\n\t\t}\r\n\t}\r\n}'],
    ['{"name":"x"}', '{"name":"x","overrides":{"a":{"b":"1.0.1"}}}'],
    ['{\n "overrides": {}\n}', '{\n "overrides": {\n  "a": {\n   "b": "1.0.1"\n  }\n }\n}'],
    ['{\n  "overrides": {\n    "c": "1"\n  }\n}', '{\n  "overrides": {\n    "c": "1",\n    "a": {\n      "b": "1.0.1"\n    }\n  }\n}'],
    [
      '{\n  "overrides": {\n    "a": {\n      "b": "1.0.0"\n    }\n  }\n}',
      '{\n  "overrides": {\n    "a": {\n      "b": "1.0.1"\n    }\n  }\n}',
    ],
    ['{"overrides":{"a":"2.0.0"}}', '{"overrides":{"a":{".":"2.0.0","b":"1.0.1"}}}'],
    ['{"overrides":{"a":{"b":{"c":"1"}}}}', '{"overrides":{"a":{"b":{"c":"1",".":"1.0.1"}}}}'],
    ['{}', '{"overrides":{"a":{"b":"1.0.1"}}}'],
  ])('writes an override into %j in the style of the file', (before, after) => {
    const edited = setOverride(before, ['a', 'b'], '1.0.1');
    expect(JSON.parse(edited)).toMatchObject({ overrides: { a: { b: expect.anything() } } });
    expect(edited).toBe(after);
  });
});
