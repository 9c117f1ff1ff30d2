import { expect, it } from 'vitest';
import { sampleSeed } from '../../../kit/evidence/index.ts';
import { readPacketDefaults } from './packet-defaults.ts';

const read = (text: string | null, directory = '') =>
  readPacketDefaults(
    { ...sampleSeed.repository, directory },
    { read: async (_, path) => (path === `${directory === '' ? '' : `${directory}/`}.jidoka/packet-defaults.yaml` ? text : null) },
  );

it('says nothing where the repository says nothing', async () => {
  expect(await read(null)).toEqual({});
  expect(await read('')).toEqual({});
});

it('names a command and the JUnit file it writes, in a subfolder too', async () => {
  const text = 'tests:\n  command: [make, check]\n  junit: out/junit.xml\n';
  expect(await read(text, 'packages/a')).toEqual({ tests: { command: ['make', 'check'], junit: 'out/junit.xml' } });
});

it.each([
  ['an unknown key', 'line: deps\n', '.jidoka/packet-defaults.yaml:1:1'],
  ['no command', 'tests:\n  command: []\n  junit: a.xml\n', '.jidoka/packet-defaults.yaml:2:12'],
  ['brackets that would end the parser', '['.repeat(3000), 'more than 64 brackets'],
  ['dashes that would end the parser', '- '.repeat(5000), 'more than 256 blanks and dashes'],
  ['an alias of itself', 'tests: &a [*a]\n', '.jidoka/packet-defaults.yaml'],
  [
    'aliases that grow without end',
    `${[...'bcdefghij'].reduce((text, name, at) => `${text}${name}: &${name} [${`*${at === 0 ? 'a' : 'abcdefghij'[at]}, `.repeat(9)}]\n`, 'a: &a [x]\n')}`,
    '.jidoka/packet-defaults.yaml',
  ],
  ['broken YAML', 'tests: [\n', '.jidoka/packet-defaults.yaml:2:1'],
])('refuses %s and points at it', async (_, text, place) => {
  await expect(read(text)).rejects.toMatchObject({ code: 'repository-invalid', message: expect.stringContaining(place) });
});
