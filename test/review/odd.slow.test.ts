import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commitFiles, git, makeRepository, type MadeRepository } from '../../kit/forge/index.ts';
import { layBranch } from './branches.ts';
import { openReading, type Read, type Reading } from './reading.ts';

const files = {
  'package.json':
    '{\n  "name": "shop",\n  "version": "1.0.0",\n  "scripts": { "test": "node --test" },\n  "dependencies": {\n    "ms": "^2.1.0"\n  }\n}\n',
  'src/a.js': 'exports.a = 1;\n',
  'test/a.test.js': "require('node:test').test('a', () => {});\n",
};

let reading: Reading;
let repository: MadeRepository;
beforeAll(async () => {
  reading = await openReading();
  repository = await makeRepository(files);
});
afterAll(async () => {
  await reading.close();
  await repository.remove();
});

const told = ({ blocks, notes }: Read): readonly string[] =>
  [...blocks, ...notes].map(({ check, rule, file, line, weight }) => `${weight} ${check}/${rule} ${file}:${line}`);

describe('an odd branch', () => {
  it('with 5,000 files is not read one by one, but is searched for secrets and stands in its own way', async () => {
    const { path } = repository;
    await git(path, 'checkout', '--quiet', '-b', 'many', 'main');
    await mkdir(join(path, 'many'));
    for (let at = 0; at < 5000; at += 1) await writeFile(join(path, 'many', `${at}.js`), `exports.n = ${at};\n`);
    await writeFile(join(path, 'many', 'key.js'), `exports.key = '${['ghp', 'aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zAbC1d'].join('_')}';\n`);
    await commitFiles(path, {}, 'many');
    await git(path, 'checkout', '--quiet', 'main');
    const read = await reading.read(path, 'many');
    expect(read.isWhole).toBe(false);
    expect(told(read)).toEqual(['blocks size/too-large :0', 'blocks secrets/secret-github many/key.js:1']);
  });

  it('with a binary file, a submodule, a link and a changed mode names each', async () => {
    const { path, commit } = repository;
    await git(path, 'checkout', '--quiet', '-b', 'kinds', 'main');
    await writeFile(join(path, 'src/blob.bin'), Buffer.from([0, 1, 2, 0, 255, 254]));
    await git(path, 'add', 'src/blob.bin');
    await git(path, 'update-index', '--add', '--cacheinfo', `160000,${commit},vendor`);
    await git(path, 'update-index', '--chmod=+x', 'src/a.js');
    await git(path, 'commit', '--quiet', '--message', 'kinds');
    await git(path, 'checkout', '--quiet', '--force', 'main');
    const read = await reading.read(path, 'kinds');
    expect(told(read)).toEqual([
      'blocks scope/out-of-scope src/a.js:1',
      'blocks scope/out-of-scope vendor:1',
      'note size/binary-file src/blob.bin:1',
    ]);
  });

  it('that asks for packages otherwise says which are new, and from where', async () => {
    const asked = '"ms": "^2.1.3",\n    "left-pad": "1.3.0",\n    "other": "github:somebody/other"';
    await layBranch(repository.path, 'asks', { 'package.json': files['package.json'].replace('"ms": "^2.1.0"', asked) });
    expect(told(await reading.read(repository.path, 'asks'))).toEqual([
      'blocks tamper/manifest-changed package.json:1',
      'blocks dependencies/dependency-added package.json:7',
      'blocks dependencies/dependency-source package.json:8',
      'note dependencies/dependency-moved package.json:6',
    ]);
  });

  it('whose package.json cannot be read says so', async () => {
    await layBranch(repository.path, 'torn', { 'package.json': '{ "name": ' });
    expect(told(await reading.read(repository.path, 'torn'))).toContain('blocks dependencies/manifest-invalid package.json:1');
  });

  it('that edits what runs the tests, or says what they expect, is told for each', async () => {
    await layBranch(repository.path, 'verifier', {
      '.github/workflows/ci.yml': 'on: push\n',
      '.mocharc.json': '{ "forbidOnly": false }\n',
      'test/a.test.js': null,
      'package.json': files['package.json'].replace('node --test', 'true'),
    });
    const rules = (await reading.read(repository.path, 'verifier')).blocks.map(({ rule }) => rule);
    expect(rules.toSorted()).toEqual(['ci-changed', 'runner-config-changed', 'script-changed', 'test-file-deleted']);
  });
});
