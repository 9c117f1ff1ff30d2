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
  ['broken YAML', 'tests: [\n', '.jidoka/packet-defaults.yaml:2:1'],
])('refuses %s and points at it', async (_, text, place) => {
  await expect(read(text)).rejects.toMatchObject({ code: 'repository-invalid', message: expect.stringContaining(place) });
});
