import { describe, expect, it } from 'vitest';
import { sampleSeed, sha256 } from '../../../kit/evidence/index.ts';
import { readEnvironment } from './index.ts';

const path = '.github/workflows/copilot-setup-steps.yml';
const read = (text: string, others: Readonly<Record<string, string>> = {}) => {
  const files: Readonly<Record<string, string>> = { [path]: text, ...others };
  const forge = { list: async () => Object.keys(files), read: async (_: unknown, asked: string) => files[asked] ?? null };
  return readEnvironment(sampleSeed.repository, forge, sha256);
};
/** The job with these steps, each as one line of YAML. */
const job = (...steps: readonly string[]): string =>
  `jobs:\n  copilot-setup-steps:\n    steps:\n${steps.map((step) => `      - ${step}\n`).join('')}`;

describe('the job that sets up a coding agent', () => {
  it('has its commands, its versions and its variables read', async () => {
    const text = `
name: Copilot Setup Steps
on: { workflow_dispatch: , push: { paths: [x] } }
env: { CI: true, LEVEL: 1 }
jobs:
  copilot-setup-steps:
    runs-on: ubuntu-latest
    timeout-minutes: 30
    permissions: { contents: read }
    env: { LEVEL: 2 }
    steps:
      - name: Checkout
        uses: actions/checkout@v5
      - uses: actions/setup-node@v4
        with: { node-version: 22, cache: npm }
      - uses: actions/setup-python@v5
        with: { python-version: '3.12' }
      - name: Install
        run: npm ci
      - run: |
          cd web
          npm ci
        shell: bash
        working-directory: ./apps/
      - run: make
        shell: sh
        env: { A: "b c", N: 1, E: }
`;
    expect(await read(text)).toMatchObject({
      source: path,
      base: { kind: 'host' },
      tools: { node: '22', python: '3.12' },
      setup: [
        { words: ['bash', '-e', '-c', 'npm ci'], cwd: '', network: 'registry' },
        { words: ['bash', '--noprofile', '--norc', '-e', '-o', 'pipefail', '-c', 'cd web\nnpm ci'], cwd: 'apps' },
        { words: ['env', 'A=b c', 'N=1', 'E=', 'sh', '-e', '-c', 'make'], cwd: '' },
      ],
      env: { CI: 'true', LEVEL: '2' },
      refused: [],
    });
  });

  it('gives its shell and its folder to steps that name none', async () => {
    const text = `defaults: { run: { shell: bash, working-directory: a } }
jobs:
  copilot-setup-steps:
    defaults: { run: { shell: sh } }
    steps: [{ run: one }, { run: two, working-directory: b }]
`;
    expect((await read(text)).setup).toMatchObject([
      { words: ['sh', '-e', '-c', 'one'], cwd: 'a' },
      { words: ['sh', '-e', '-c', 'two'], cwd: 'b' },
    ]);
  });

  it.each([
    ['.nvmrc', 'lts/iron\n', 'lts/iron'],
    ['.node-version', 'v22.1.0', 'v22.1.0'],
    ['.tool-versions', 'nodejs 20.1.0\n', '20.1.0'],
    ['conf/mise.toml', '[tools]\nnode = "24"\n', '24'],
  ])('takes a version from %s', async (file, content, version) => {
    const found = await read(job(`{ uses: actions/setup-node@v4, with: { node-version-file: ${file} } }`), { [file]: content });
    expect(found).toMatchObject({ tools: { node: version }, refused: [] });
  });
});

describe('refused of the job', () => {
  it.each([
    ['a secret in a command', '{ name: Log in, run: "npm login ${{ secrets.NPM }}" }', 'steps[0] (Log in)', 'a setup has none'],
    ['an expression in a command', '{ run: "echo ${{ github.sha }}" }', 'steps[0]', 'not evaluated'],
    ['an expression as a folder', '{ run: a, working-directory: "${{ x }}" }', 'steps[0]', 'not evaluated'],
    ['a folder out of the repository', '{ run: a, working-directory: ../.. }', 'steps[0]', 'out of the repository'],
    ['a folder of the runner', '{ run: a, working-directory: /home/runner }', 'steps[0]', 'out of the repository'],
    ['another shell', '{ run: a, shell: pwsh }', 'steps[0]', 'Its shell is "pwsh"'],
    ['a condition', '{ run: a, if: always() }', 'steps[0]', 'A condition is not evaluated'],
    ['a condition that is never met', '{ run: a, if: false }', 'steps[0]', 'A condition is not evaluated'],
    ['nothing', '{ name: x }', 'steps[0] (x)', 'It runs nothing'],
    ['an action of others', '{ uses: docker/login-action@v3 }', 'steps[0] uses docker/login-action', 'programs of others'],
    ['an action of the repository', '{ uses: ./.github/actions/x }', 'steps[0] uses ./.github/actions/x', 'programs of others'],
    ['an action by the name of a prototype', '{ uses: constructor }', 'steps[0] uses constructor', 'programs of others'],
    [
      'how a checkout is made',
      '{ uses: actions/checkout@v5, with: { submodules: true } }',
      'steps[0].with.submodules',
      'makes the checkout itself',
    ],
    [
      'a registry',
      '{ uses: actions/setup-node@v4, with: { registry-url: "https://r.example.org" } }',
      'steps[0].with.registry-url',
      'only the version',
    ],
    [
      'a version that is an expression',
      '{ uses: actions/setup-node@v4, with: { node-version: "${{ matrix.node }}" } }',
      'steps[0].with.node-version',
      'not evaluated',
    ],
    [
      'several versions',
      '{ uses: actions/setup-python@v5, with: { python-version: "3.11\\n3.12" } }',
      'steps[0].with.python-version',
      'no single version',
    ],
    [
      'a file of versions that is none',
      '{ uses: actions/setup-node@v4, with: { node-version-file: package.json } }',
      'steps[0].with.node-version-file',
      'No version of node',
    ],
    [
      'a file of versions of the host',
      '{ uses: actions/setup-node@v4, with: { node-version-file: ../../.nvmrc } }',
      'steps[0].with.node-version-file',
      'No version of node',
    ],
  ])('is %s', async (_, step, what, why) => {
    const found = await read(job(step));
    expect(found.refused).toEqual([{ what, why: expect.stringContaining(why) }]);
    expect(found).toMatchObject({ setup: [], tools: {} });
  });

  it('is a secret in a variable of a step, which is run without it', async () => {
    const found = await read(job('{ run: npm ci, env: { TOKEN: "${{ secrets.X }}", A: b, "C D": e } }'));
    expect(found.setup).toMatchObject([{ words: ['env', 'A=b', 'bash', '-e', '-c', 'npm ci'] }]);
    expect(found.refused).toEqual([
      { what: 'steps[0].env.TOKEN', why: 'It asks for a secret, and a setup has none.' },
      { what: 'steps[0].env.C D', why: 'It is no name of a variable.' },
    ]);
  });

  it('is that a step may fail: it is run, and then it may not', async () => {
    const found = await read(job('{ run: a, continue-on-error: true }'));
    expect(found.setup).toHaveLength(1);
    expect(found.refused).toEqual([{ what: 'steps[0].continue-on-error', why: 'A setup command that fails fails the setup.' }]);
  });

  it('is what the workflow and the job ask for beside their steps', async () => {
    const text = `env: { A: "\${{ secrets.A }}", PATH: x, B: b }
jobs:
  other: { steps: [{ run: x }] }
  copilot-setup-steps: { env: "\${{ fromJSON(x) }}", services: { db: { image: postgres } }, container: node, strategy: { matrix: {} }, if: x }
`;
    const found = await read(text);
    expect(found.env).toEqual({ B: 'b' });
    expect(found.refused.map(({ what }) => what)).toEqual([
      'env.A',
      'env.PATH',
      'jobs.copilot-setup-steps.env',
      ...['services', 'container', 'strategy', 'if'].map((key) => `jobs.copilot-setup-steps.${key}`),
      'jobs.other',
    ]);
  });
});

it.each([
  ['no job of the name', 'jobs:\n  setup: {}\n', '2:3: "jobs": There is no job "copilot-setup-steps".'],
  ['no jobs', 'on: push\n', '1:1: "jobs": Invalid input'],
  ['steps that are a mapping', 'jobs: { copilot-setup-steps: { steps: { run: a } } }', '"jobs.copilot-setup-steps.steps": Invalid input'],
  [
    'a command that is a list',
    job('{ run: [npm, ci] }'),
    '4:16: "jobs.copilot-setup-steps.steps[0].run": Invalid input: expected string, received array.',
  ],
  [
    'a variable that is a list',
    job('{ run: a, env: { A: [1] } }'),
    '"jobs.copilot-setup-steps.steps[0].env": It is no mapping of plain values.',
  ],
  ['a long command', job(`{ run: ${'x'.repeat(17_000)} }`), 'a command has at most 16384'],
  ['a NUL in a command', job('{ run: "a\\0b" }'), 'It holds a NUL character.'],
  ['broken YAML', 'jobs: [\n', 'This is not YAML'],
  ['a key given twice', 'jobs: {}\njobs: {}\n', '2:1: This key is already given above.'],
  ['a long file', `# ${'x'.repeat(70_000)}\n`, '1:1: It has 70003 characters, more than 65536.'],
  ['brackets that would end the parser', '['.repeat(5000), 'It opens more than 64 brackets'],
  ['dashes that would end the parser', '- '.repeat(5000), 'more than 256 blanks and dashes'],
  ['an alias of itself', 'jobs: &a [*a]\n', '"*a" stands inside of what it stands for.'],
  [
    'aliases that grow without end',
    `a: &a [x]\n${[...'bcdefghij'].map((name, at) => `${name}: &${name} [${`*${'abcdefghij'[at]}, `.repeat(9)}]\n`).join('')}`,
    'The aliases of this file repeat too much.',
  ],
  ['aliases without end', `a: &a x\nb: [${'*a,'.repeat(20_000)}]\n`, 'The file has more than 1000 aliases.'],
])('refuses %s as the setup of a coding agent', async (_, text, message) => {
  await expect(read(text)).rejects.toMatchObject({ code: 'environment-invalid', message: expect.stringContaining(message) });
  await expect(read(text)).rejects.toMatchObject({ message: expect.stringContaining(`${path}:`) });
});
