import { expect, test } from 'vitest';
import { snapshot } from '../../../kit/house/index.ts';
import { notFetched } from './not-fetched.ts';

function forgeOf(files: Readonly<Record<string, string>>) {
  return { read: async (_: unknown, path: string) => files[path] ?? null, list: async () => Object.keys(files) };
}

test('a repository that holds all of itself is told nothing', async () => {
  expect(await notFetched(snapshot, forgeOf({ 'a.js': '', '.gitattributes': '*.sh text eol=lf\n# *.bin filter=lfs\n' }))).toEqual([]);
});

test('submodules are named by their folders, and those of many shortened', async () => {
  const modules = Array.from(
    { length: 7 },
    (_, at) => `[submodule "m${at}"]\n\tpath = vendor/m${at}\n\turl = https://example.com/m${at}\n`,
  ).join('');
  const [told = '', ...more] = await notFetched(snapshot, forgeOf({ '.gitmodules': modules }));
  expect(more).toEqual([]);
  expect(told).toMatch(/vendor\/m0, .*vendor\/m4 and 2 more\. What tests need/);
});

test('files of Git LFS are named by their patterns, wherever attributes stand', async () => {
  const files = {
    '.gitattributes': '*.png filter=lfs diff=lfs merge=lfs -text\n',
    'data/.gitattributes': '*.csv filter=lfs\n*.txt text\n',
  };
  expect(await notFetched(snapshot, forgeOf(files))).toEqual([expect.stringContaining('pointers here, not their content: *.png, *.csv.')]);
});
