import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { sampleSeed, sha256 } from '../../../kit/evidence/index.ts';
import { readEnvironment } from './index.ts';

const path = '.jidoka/factory.yaml';
const read = (text: string) =>
  readEnvironment(sampleSeed.repository, { list: async () => [path], read: async (_, asked) => (asked === path ? text : null) }, sha256);

it('says image, tools, setup and variables', async () => {
  const text = `
environment:
  image: node:22-bookworm
  tools:
    node: 22
    python: "3.12"
  setup:
    - npm ci
    - [npm, run, build]
    - |
      make a
      make b
  env:
    CI: "true"
`;
  expect(await read(text)).toMatchObject({
    source: path,
    base: { kind: 'image', image: 'node:22-bookworm' },
    tools: { node: '22', python: '3.12' },
    setup: [
      { words: ['sh', '-c', 'npm ci'], cwd: '', network: 'registry' },
      { words: ['npm', 'run', 'build'], cwd: '', network: 'registry' },
      { words: ['sh', '-e', '-c', 'make a\nmake b'], cwd: '', network: 'registry' },
    ],
    env: { CI: 'true' },
    refused: [],
  });
});

it('reads the example of docs/ENVIRONMENT.md, and all of it', async () => {
  const page = readFileSync(new URL('../../../docs/ENVIRONMENT.md', import.meta.url), 'utf8');
  const examples = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text = '']) => text);
  expect(examples).toHaveLength(1);
  const found = await read(examples[0] ?? '');
  expect(found).toMatchObject({ source: path, base: { kind: 'image' }, refused: [] });
  expect(Object.keys(found.tools)).not.toEqual([]);
  expect(Object.keys(found.env)).not.toEqual([]);
  expect(found.setup.length).toBeGreaterThan(1);
});

it('takes nothing from what an owner says of the model gateway, not even its faults', async () => {
  const plain = await read('environment: { setup: [npm ci] }\n');
  const found = await read(
    'environment: { setup: [npm ci] }\ngateway: { providers: { evil: { base: "https://evil.example", key: env:MODEL_KEY } } }\n',
  );
  expect(found).toEqual(plain);
  expect(await read('gateway: 5\n')).toMatchObject({ source: null });
});

it('keeps secrets and what is the floor’s own out of the environment', async () => {
  const random = ['q8Zr2', 'Lw9Tx', '4Vb7N', 'k1Yp6', 'Hs3Dg', '5Jf0'].join('');
  const found = await read(`environment:
  setup: ["npm config set //r.example.org/:_authToken=${random}", npm ci]
  env: { API_TOKEN: "${random}", PATH: /evil, LD_PRELOAD: ./a.so, NODE_OPTIONS: -r ./a.js, npm_config_registry: "http://x", HTTPS_PROXY: x, GIT_DIR: x, TZ: UTC }
`);
  expect(found.env).toEqual({ TZ: 'UTC' });
  expect(found.setup.map(({ words }) => words)).toEqual([['sh', '-c', 'npm ci']]);
  expect(found.refused.map(({ what }) => what)).toEqual([
    'environment.setup[0]',
    ...['API_TOKEN', 'PATH', 'LD_PRELOAD', 'NODE_OPTIONS', 'npm_config_registry', 'HTTPS_PROXY', 'GIT_DIR'].map(
      (name) => `environment.env.${name}`,
    ),
  ]);
  expect(JSON.stringify(found)).not.toContain(random);
});

it.each([
  ['an unknown key', 'environment:\n  setpu: [npm ci]\n', '2:3: Unknown key "environment.setpu".'],
  ['an unknown key beside it', 'enviroment: {}\n', '1:1: Unknown key "enviroment".'],
  ['a list in place of a mapping', '- a\n', '1:1: Invalid input: expected object, received array.'],
  [
    'a setup that is a text',
    'environment:\n  setup: npm ci\n',
    '2:10: "environment.setup": Invalid input: expected array, received string.',
  ],
  [
    'a command that is a number',
    'environment:\n  setup: [1]\n',
    '2:11: "environment.setup[0]": It is no command: write a text or a list of texts.',
  ],
  [
    'a word that is a number',
    'environment:\n  setup: [[sleep, 1]]\n',
    '2:11: "environment.setup[0]": It is no command: one of its words is no text.',
  ],
  ['an empty command', 'environment:\n  setup: ["", a]\n', '2:11: "environment.setup[0]": It is empty.'],
  [
    'a command without a program',
    'environment:\n  setup: [["", a]]\n',
    '2:11: "environment.setup[0]": It is no command: it begins with an empty word.',
  ],
  ['a NUL in a command', 'environment:\n  setup: ["a\\0b"]\n', '2:11: "environment.setup[0]": It holds a NUL character.'],
  [
    'a long command',
    `environment:\n  setup: [${'x'.repeat(17_000)}]\n`,
    '2:11: "environment.setup[0]": It has 17006 characters; a command has at most 16384.',
  ],
  [
    'many commands',
    `environment:\n  setup: [${'a, '.repeat(65)}]\n`,
    '2:10: "environment.setup": Too big: expected array to have <=64 items.',
  ],
  ['a number as a variable', 'environment:\n  env: { A: 1 }\n', '2:13: "environment.env.A": It is no text; write it in quotes.'],
  ['a NUL in a variable', 'environment:\n  env: { A: "\\0" }\n', '2:13: "environment.env.A": It holds a NUL character.'],
  ['a long variable', `environment:\n  env: { A: ${'x'.repeat(9000)} }\n`, '2:13: "environment.env.A": Too big'],
  [
    'a version that lost its end',
    'environment:\n  tools: { python: 3.10 }\n',
    '2:20: "environment.tools.python": It is no version; write a text, such as "20".',
  ],
  ['a version of two lines', 'environment:\n  tools: { node: "20\\n22" }\n', '2:18: "environment.tools.node": It is no version'],
  [
    'many tools',
    `environment:\n  tools:\n${Array.from({ length: 65 }, (_, at) => `    t${at}: 1\n`).join('')}`,
    ' It asks for 65 tools; at most 64 are taken.',
  ],
  ['an image that is an option', 'environment:\n  image: --privileged\n', '2:10: "environment.image": It is no name of an image.'],
])('refuses %s and points at it', async (_, text, message) => {
  await expect(read(text)).rejects.toMatchObject({
    code: 'environment-invalid',
    message: expect.stringContaining(`${path}:${message}`),
    mend: expect.stringMatching(/.{10}/),
  });
});
