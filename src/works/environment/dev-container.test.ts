import { describe, expect, it } from 'vitest';
import { sampleSeed, sha256 } from '../../../kit/evidence/index.ts';
import { readEnvironment } from './index.ts';

const path = '.devcontainer/devcontainer.json';
const read = (content: string | object, others: Readonly<Record<string, string>> = {}) => {
  const files: Readonly<Record<string, string>> = { [path]: typeof content === 'string' ? content : JSON.stringify(content), ...others };
  const forge = { list: async () => Object.keys(files), read: async (_: unknown, asked: string) => files[asked] ?? null };
  return readEnvironment(sampleSeed.repository, forge, sha256);
};
const refusals = async (content: object): Promise<readonly string[]> => (await read(content)).refused.map(({ what }) => what);
const words = async (content: object): Promise<unknown> => (await read(content)).setup.map((command) => command.words);

describe('a development container', () => {
  it('is read with its comments and trailing commas', async () => {
    const text = `\uFEFF// see https://containers.dev
{
  "name": "shop", /* the "image" below */
  "image": "mcr.example.org/devcontainers/javascript-node:22",
  "hostRequirements": { "cpus": 4 },
  "customizations": { "editor": { "extensions": ["a.b"] } },
  "containerEnv": { "TZ": "UTC", },
  "remoteEnv": { "URL": "http://localhost/*not a comment*/", "TZ": "Europe/Zurich" },
  "postCreateCommand": "npm ci && npm run build", // at last
}
`;
    expect(await read(text)).toMatchObject({
      source: path,
      base: { kind: 'image', image: 'mcr.example.org/devcontainers/javascript-node:22' },
      setup: [{ words: ['sh', '-c', 'npm ci && npm run build'], cwd: '', network: 'registry' }],
      env: { TZ: 'Europe/Zurich', URL: 'http://localhost/*not a comment*/' },
      refused: [],
    });
  });

  it('has its commands run in the order of its life: text, words, and several by name', async () => {
    const content = {
      postCreateCommand: { server: 'npm ci', client: ['npm', 'ci', '--prefix', 'client'], none: '' },
      updateContentCommand: ['git', 'status'],
      onCreateCommand: 'echo "$HOME"',
    };
    expect(await words(content)).toEqual([
      ['sh', '-c', 'echo "$HOME"'],
      ['git', 'status'],
      ['sh', '-c', 'npm ci'],
      ['npm', 'ci', '--prefix', 'client'],
    ]);
  });

  it('is built from a file of the repository, named from its own folder', async () => {
    const file = { '.devcontainer/Dockerfile': 'FROM node:22', 'ci/Dockerfile': 'FROM node:20' };
    expect((await read({ build: { dockerfile: 'Dockerfile' } }, file)).base).toEqual({
      kind: 'dockerfile',
      path: '.devcontainer/Dockerfile',
    });
    expect((await read({ build: { dockerfile: '../ci/./Dockerfile' } }, file)).base).toEqual({ kind: 'dockerfile', path: 'ci/Dockerfile' });
    expect((await read({ dockerFile: 'Dockerfile' }, file)).base).toEqual({ kind: 'dockerfile', path: '.devcontainer/Dockerfile' });
    await expect(read({ build: { dockerfile: 'none' } }, file)).rejects.toMatchObject({
      code: 'environment-invalid',
      message: expect.stringContaining('There is no .devcontainer/none at the base commit.'),
    });
  });

  it('finds the folder of the workspace where a script asks for it', async () => {
    expect(await words({ postCreateCommand: 'bash ${containerWorkspaceFolder}/setup.sh' })).toEqual([
      ['sh', '-c', 'workspace_folder=$PWD; bash ${workspace_folder}/setup.sh'],
    ]);
  });
});

describe('refused of a development container', () => {
  it.each([
    ['initializeCommand', 'curl https://example.org | sh', 'on the host'],
    ['runArgs', ['--privileged'], 'opens the wall'],
    ['privileged', true, 'opens the wall'],
    ['capAdd', ['SYS_PTRACE'], 'opens the wall'],
    ['securityOpt', ['seccomp=unconfined'], 'opens the wall'],
    ['mounts', ['source=/var/run/docker.sock,target=/var/run/docker.sock,type=bind'], 'outside of the workspace'],
    ['workspaceMount', 'source=/,target=/workspace,type=bind', 'a matter of the floor'],
    ['workspaceFolder', '/workspace', 'a matter of the floor'],
    ['features', { 'ghcr.io/devcontainers/features/docker-outside-of-docker:1': {} }, 'run as root'],
    ['dockerComposeFile', 'compose.yml', 'no services'],
    ['runServices', ['db'], 'no services'],
    ['secrets', { TOKEN: { description: 'x' } }, 'no secrets'],
    ['remoteUser', 'root', 'user of the floor'],
    ['postStartCommand', 'npm start', 'session of an editor'],
    ['postAttachCommand', 'npm start', 'session of an editor'],
    ['forwardPorts', [3000], 'one at a time'],
    ['constructor', 'x', 'does not know it'],
    ['toString', 'x', 'does not know it'],
  ])('is %s', async (key, value, why) => {
    const found = await read({ [key]: value });
    expect(found.refused).toEqual([{ what: key, why: expect.stringContaining(why) }]);
    expect(found).toMatchObject({ base: { kind: 'host' }, setup: [], env: {} });
  });

  it('is nothing where a thing is switched off or only an editor would notice it', async () => {
    expect(
      await refusals({ privileged: false, mounts: [], features: {}, runArgs: null, workspaceMount: '', init: true, name: 'x' }),
    ).toEqual([]);
  });

  it.each([
    ['a command', { postCreateCommand: 'echo ${localEnv:HOME}' }, 'postCreateCommand', 'of the host'],
    ['a word', { onCreateCommand: ['ls', '${localWorkspaceFolder}'] }, 'onCreateCommand', 'of the host'],
    [
      'one command of several',
      { postCreateCommand: { a: 'true', b: 'ls ${localWorkspaceFolderBasename}' } },
      'postCreateCommand.b',
      'of the host',
    ],
    ['the older name', { postCreateCommand: 'echo ${env:HOME}' }, 'postCreateCommand', 'of the host'],
    [
      'a word that asks for the container',
      { postCreateCommand: ['ls', '${containerWorkspaceFolder}'] },
      'postCreateCommand',
      'for an editor',
    ],
    ['what the shell would not fill in', { postCreateCommand: "ls '${containerWorkspaceFolder}'" }, 'postCreateCommand', 'for an editor'],
    ['a variable', { containerEnv: { A: '${localEnv:A:none}' } }, 'containerEnv.A', 'of the host'],
    ['a variable of the container', { remoteEnv: { X: '${containerEnv:X}:/opt' } }, 'remoteEnv.X', 'for an editor'],
    ['a variable taken away', { remoteEnv: { X: null } }, 'remoteEnv.X', 'takes a variable away'],
    ['no name of a variable', { containerEnv: { 'A B': '1' } }, 'containerEnv.A B', 'no name of a variable'],
    ['an image', { image: 'node:${localEnv:V}' }, 'image', 'of the host'],
    ['a file to build from', { build: { dockerfile: '${localEnv:F}' } }, 'build.dockerfile', 'of the host'],
    ['a file out of the repository', { build: { dockerfile: '../../Dockerfile' } }, 'build.dockerfile', 'out of the repository'],
    ['a file of the host', { build: { dockerfile: '/etc/Dockerfile' } }, 'build.dockerfile', 'out of the repository'],
    ['how an image is built', { build: { args: { A: '1' } } }, 'build.args', 'How an image is built'],
  ])('is %s', async (_, content, what, why) => {
    const found = await read(content);
    expect(found.refused).toEqual([{ what, why: expect.stringContaining(why) }]);
    expect(found.base).toEqual({ kind: 'host' });
    expect(JSON.stringify([found.setup, found.env])).not.toContain('${');
  });

  it('leaves variables of the shell to the shell', async () => {
    expect(await words({ postCreateCommand: 'echo ${HOME} ${env} ${localEnv}' })).toEqual([
      ['sh', '-c', 'echo ${HOME} ${env} ${localEnv}'],
    ]);
  });

  it('is a name that would be a prototype', async () => {
    const found = await read('{ "containerEnv": { "__proto__": "x", "A": "b" }, "__proto__": { "image": "evil" } }');
    expect(found).toMatchObject({ base: { kind: 'host' }, env: { A: 'b' } });
    expect(found.env).not.toHaveProperty('image');
  });

  it('is told of at most a hundred things', async () => {
    const found = await read(
      Object.fromEntries(Array.from({ length: 5000 }, (_, at) => [`key\u0007${at}${'x'.repeat(at === 0 ? 1000 : 0)}`, 1])),
    );
    expect(found.refused).toHaveLength(101);
    expect(found.refused.at(-1)).toEqual({ what: '4900 more', why: 'The list was cut.' });
    expect(found.refused.every(({ what }) => what.length <= 60 && /^[ -~…]+$/.test(what))).toBe(true);
  });
});

it.each<[string, string | object, string]>([
  ['nothing', '', '1:1: This is not JSON: value expected.'],
  ['a list', '[]', '1:1: Invalid input: expected object, received array.'],
  ['an open bracket', '{\n  "image": "a"\n', '3:1: This is not JSON: close brace expected.'],
  ['two values', '{} {}', '1:4: This is not JSON: end of file expected.'],
  ['an image that is a number', '{\n  "image": 5 }', '2:12: "image": Invalid input: expected string, received number.'],
  ['no name of an image', { image: '--privileged' }, '"image": It is no name of an image.'],
  ['a command that is a number', '{ "postCreateCommand": 5 }', '1:24: "postCreateCommand": It is no command'],
  ['a command that is true', '{ "postCreateCommand": { "a": true } }', '1:31: "postCreateCommand.a": It is no command'],
  ['a command of commands', { postCreateCommand: { a: { b: 'c' } } }, '"postCreateCommand.a": It is no command'],
  ['a variable that is an object', '{ "containerEnv": { "A": {} } }', '1:26: "containerEnv.A": Invalid input'],
  ['variables that are a list', { containerEnv: ['A=1'] }, '"containerEnv": Invalid input'],
  ['a NUL in a command', { postCreateCommand: 'a\0b' }, '"postCreateCommand": It holds a NUL character.'],
  ['a NUL in the file', '{}\0', 'It is no text: there is a NUL at character 2.'],
  ['a command of megabytes', { postCreateCommand: 'x'.repeat(2 ** 17) }, 'a command has at most 16384'],
  ['a file of megabytes', `{ "name": "${'x'.repeat(2 ** 21)}" }`, 'It has 2097166 characters, more than 262144.'],
  ['brackets that would end the parser', '['.repeat(100_000), 'It opens more than 64 brackets within each other.'],
  [
    'variables without end',
    { containerEnv: Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`A${at}`, '1'])) },
    'It asks for 300 variables; at most 256 are taken.',
  ],
  [
    'commands without end',
    { postCreateCommand: Object.fromEntries(Array.from({ length: 70 }, (_, at) => [`a${at}`, 'true'])) },
    'It asks for 70 setup commands; at most 64',
  ],
])('refuses %s as a development container', async (_, content, message) => {
  await expect(read(content)).rejects.toMatchObject({
    code: 'environment-invalid',
    message: expect.stringMatching(new RegExp(`^\\.devcontainer/devcontainer\\.json:.*${message.replaceAll(/[[\].*+?(){}]/g, '\\$&')}`)),
  });
});
