import { expect, it } from 'vitest';
import { sampleSeed, sha256 } from '../../../kit/evidence/index.ts';
import { readEnvironment } from './index.ts';

const path = '.cursor/environment.json';
const read = (content: string | object) => {
  const files: Readonly<Record<string, string>> = {
    [path]: typeof content === 'string' ? content : JSON.stringify(content),
    '.cursor/Dockerfile': 'FROM node:22',
  };
  const forge = { list: async () => Object.keys(files), read: async (_: unknown, asked: string) => files[asked] ?? null };
  return readEnvironment(sampleSeed.repository, forge, sha256);
};

it('says what installs the project and what its image is built from', async () => {
  expect(await read('{ "name": "x", "install": "npm ci", "build": { "dockerfile": "Dockerfile" } // ours\n}')).toMatchObject({
    source: path,
    base: { kind: 'dockerfile', path: '.cursor/Dockerfile' },
    setup: [{ words: ['sh', '-c', 'npm ci'], cwd: '', network: 'registry' }],
    refused: [],
  });
});

it('is refused what it asks for beside', async () => {
  const found = await read({ install: '', start: 'db', terminals: [], snapshot: 's', user: 'root', odd: 1, build: { context: '..' } });
  expect(found.setup).toEqual([]);
  expect(found.refused.map(({ what }) => what)).toEqual(['build.context', 'start', 'terminals', 'snapshot', 'user', 'odd']);
});

it.each([
  ['an install that is a number', { install: 5 }, '"install": It is no command'],
  ['a file that is not there', { build: { dockerfile: 'Other' } }, 'There is no .cursor/Other at the base commit.'],
  ['no object', '"x"', 'Invalid input: expected object'],
])('refuses %s', async (_, content, message) => {
  await expect(read(content)).rejects.toMatchObject({ code: 'environment-invalid', message: expect.stringContaining(message) });
});
