import { describe, expect, it } from 'vitest';
import { sampleSeed, sha256 } from '../../../kit/evidence/index.ts';
import { readEnvironment } from './index.ts';

const read = (path: string, text: string) =>
  readEnvironment(sampleSeed.repository, { list: async () => [path], read: async (_, asked) => (asked === path ? text : null) }, sha256);

describe('files of one version', () => {
  it.each([
    ['.nvmrc', 'v20.11.0\n', 'v20.11.0'],
    ['.nvmrc', '# ours\r\nlts/* # newest\r\n', 'lts/*'],
    ['.node-version', '22', '22'],
  ])('%s says which Node.js', async (path, text, node) => {
    expect(await read(path, text)).toMatchObject({ source: path, tools: { node }, setup: [], refused: [] });
  });

  it('ask for their first version and say what they leave', async () => {
    expect(await read('.nvmrc', '20 21\n\n22\n')).toMatchObject({
      tools: { node: '20' },
      refused: [
        { what: 'node 21', why: 'Only the first version is asked for.' },
        { what: 'line 3', why: 'Only the first version is asked for.' },
      ],
    });
  });
});

it('.tool-versions names tools as the factory does', async () => {
  expect(await read('.tool-versions', '# tools\nnodejs 20.11.0 18.0.0\ngolang\t1.23\npython 3.12 # ours\n')).toMatchObject({
    source: '.tool-versions',
    tools: { node: '20.11.0', go: '1.23', python: '3.12' },
    refused: [{ what: 'nodejs 18.0.0', why: 'Only the first version is asked for.' }],
  });
});

describe('mise.toml', () => {
  it.each(['mise.toml', '.mise.toml'])('says tools and variables as %s', async (path) => {
    const text = `min_version = "2024.1.1"
[tools]
node = "22"
"core:python" = ["3.12", "3.11"]
go = { version = "1.23", postinstall = "go install x" }
"npm:prettier" = 3

[env]
TZ = "UTC"
LEVEL = 1
OFF = false
_.file = ".env"
_.path = ["./bin"]
HERE = "{{config_root}}"
TABLE = { value = "x" }
PATH = "/bin"

[tasks.build]
run = "make"

[hooks]
enter = "curl x | sh"
`;
    const found = await read(path, text);
    expect(found).toMatchObject({
      source: path,
      tools: { node: '22', python: '3.12', go: '1.23', 'npm:prettier': '3' },
      env: { TZ: 'UTC', LEVEL: '1' },
      setup: [],
    });
    expect(found.refused.map(({ what }) => what).toSorted()).toEqual(
      ['env.HERE', 'env.OFF', 'env.PATH', 'env.TABLE', 'env._', 'hooks', 'tools.core:python[1]', 'tools.go.postinstall'].toSorted(),
    );
  });

  it('refuses tools that are templates or have no name', async () => {
    const found = await read('mise.toml', '[tools]\nnode = "{{ env.NODE }}"\n"a b" = "1"\n"__proto__" = "2"\n');
    expect(found.tools).toEqual({});
    expect(found.refused.map(({ what }) => what)).toEqual(['tools.node', 'tools.a b']);
  });

  it('takes variables of several tables', async () => {
    expect((await read('mise.toml', '[[env]]\nA = "1"\n[[env]]\nB = "2"\n')).env).toEqual({ A: '1', B: '2' });
  });
});

it.each([
  ['.nvmrc', 'é\n', '.nvmrc:1:1: "?" is no version of node.'],
  ['.nvmrc', 'x'.repeat(200), 'is no version of node.'],
  ['.nvmrc', '2'.repeat(300_000), '.nvmrc: It has 300000 characters, more than 262144.'],
  ['.node-version', '20\0', '.node-version: It is no text: there is a NUL at character 2.'],
  ['.tool-versions', 'python 3\nnodejs\n', '.tool-versions:2:1: "(empty)" is no version of node.'],
  ['.tool-versions', '--x 1\n', '.tool-versions:1:1: "--x" is no name of a tool.'],
  [
    '.tool-versions',
    Array.from({ length: 65 }, (_, at) => `t${at} 1\n`).join(''),
    '.tool-versions: It asks for 65 tools; at most 64 are taken.',
  ],
  ['mise.toml', '[tools\n', 'mise.toml:1:'],
  ['mise.toml', 'tools = 5\n', 'mise.toml: "tools": It is no table.'],
  ['mise.toml', '[tools]\nnode = true\n', 'mise.toml: "tools.node": It is no version.'],
  ['mise.toml', '[tools]\nnode = 2024-01-01\n', 'mise.toml: "tools.node": It is no version.'],
  ['mise.toml', '[tools]\nnode = []\n', 'mise.toml: "tools.node": It is no version.'],
  ['mise.toml', 'env = "A=b"\n', 'mise.toml: "env": It is no table.'],
  ['mise.toml', `a = ${'['.repeat(5000)}`, 'mise.toml:1:69: It opens more than 64 brackets within each other.'],
  ['mise.toml', '[env]\nA = "\\u0000"\n', 'mise.toml: "env.A": It holds a NUL character.'],
])('refuses what %s cannot mean, in %#', async (path, text, message) => {
  await expect(read(path, text)).rejects.toMatchObject({ code: 'environment-invalid', message: expect.stringContaining(message) });
});
