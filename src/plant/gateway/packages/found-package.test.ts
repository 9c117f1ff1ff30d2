import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { foundPackage } from './found-package.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jidoka-package-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Installs a package beside the owner's file. */
async function installed(name: string, manifest: object, source: string): Promise<void> {
  const at = join(folder, 'node_modules', name);
  await mkdir(at, { recursive: true });
  await writeFile(join(at, 'package.json'), JSON.stringify({ name, version: '4.1.0', main: 'index.js', ...manifest }));
  await writeFile(join(at, 'index.js'), source);
}

const v3 = { dependencies: { '@ai-sdk/provider': '3.0.18' } };

it('finds a package that is installed with the gateway, and one beside the file of the owner', async () => {
  expect(await foundPackage('@ai-sdk/amazon-bedrock', folder)).toMatchObject({ kind: 'found', version: expect.stringMatching(/^4\./) });
  await installed('@ours/cloud', v3, 'exports.createCloud = () => () => null; exports.createMe = 7;');
  expect(await foundPackage('@ours/cloud', folder)).toMatchObject({ kind: 'found', version: '4.1.0' });
});

it('says what to install where a package is not there', async () => {
  const why = 'needs the package @ours/cloud, which is not installed: npm install @ours/cloud, of the generation LanguageModelV3';
  expect(await foundPackage('@ours/cloud/part', folder)).toEqual({ kind: 'missing', why: expect.stringContaining(why) });
});

it.each<[string, object, string, string]>([
  [
    'of another generation',
    { dependencies: { '@ai-sdk/provider': '^4.0.0' } },
    'exports.createCloud = () => {};',
    'speaks V4: npm install',
  ],
  ['that is no provider', v3, 'exports.other = 1;', 'it has 0 functions "create…"'],
  ['that makes two things', v3, 'exports.createA = () => {}; exports.createB = () => {};', 'it has 2 functions "create…"'],
  ['that does not load', v3, 'throw new Error("This needs Node 99.");', 'cannot be loaded: This needs Node 99.'],
])('does not take one %s', async (_, manifest, source, why) => {
  await installed('@ours/cloud', manifest, source);
  expect(await foundPackage('@ours/cloud', folder)).toEqual({ kind: 'missing', why: expect.stringContaining(why) });
});

it('says so where a package has no such part', async () => {
  expect(await foundPackage('@ai-sdk/amazon-bedrock/part', folder)).toEqual({ kind: 'missing', why: expect.stringContaining('has not') });
});
