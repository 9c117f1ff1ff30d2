import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { type CommandStage, commandStages, sampleRun } from '../../../kit/factory/index.ts';
import { packagePath } from '../config.ts';
import { cli } from './cli.ts';
import { records } from './registry.ts';

const ms = sampleRun;

const here = commandStages(cli);
const { stage } = here;

describe('the command line', () => {
  it.each([
    [['run', 'deps'], 'Neither --package nor --all was given.', '--package NAME for one dependency, --all for every'],
    [['run', 'deps', '--package', 'ms', '--all'], 'Both --package and --all were given.', 'Give exactly one'],
    [['run', 'deps', '--package', 'ms@2.1.3'], '--package takes a name', '--package ms --to 2.1.3'],
    [['run', 'deps', '--package', '@a/b@1'], '--package takes a name', '--package @a/b --to 1'],
    [['run', 'deps', '--all', '--to', '1.2.3'], '--all cannot go to the one version 1.2.3.', 'patch, minor or major'],
    [['run', 'deps', '--pakage', 'ms'], "Unknown option '--pakage'.", 'Did you mean --package?'],
    [['run', 'deps', '--all', '--scope', 'test'], "argument 'test' is invalid", 'jidoka help run deps'],
    [['flaky', '--test', 'x'], "Unknown command 'flaky'.", 'Did you mean jidoka run flaky?'],
    [['rusn'], "Unknown command 'rusn'.", 'Did you mean runs?'],
    [['run'], '`jidoka run` needs to know what.', 'jidoka run deps or jidoka run cve'],
    [['run', 'cve'], "Required option '--advisory <path>' not specified.", 'jidoka help run cve'],
    [['show'], "Missing required argument 'run'.", 'jidoka help show'],
    [['runs', 'more'], "Too many arguments for 'runs'.", 'jidoka help runs'],
    [['help', 'nonsense'], "Unknown command 'nonsense'.", 'jidoka help'],
    [['runs', '--home'], 'argument missing', 'jidoka help runs'],
  ])('%j ends with 2 and says what to do', async (argv, what, mend) => {
    const { run, world } = stage();
    expect(await run(...argv)).toBe(2);
    expect(world.stderr.text).toContain(what);
    expect(world.stderr.text).toContain(mend);
    expect(world.stdout.text).toBe('');
  });

  it.each([[[]], [['--help']], [['help']], [['-h']]])('%j lists every command', async (argv) => {
    const { run, world } = stage();
    expect(await run(...argv)).toBe(0);
    for (const { path, summary } of records) expect(world.stdout.text).toMatch(new RegExp(` ${path.join(' ')} .*${summary}`));
  });

  it.each(records.map(({ path, summary }) => [path, summary]))('help tells of %j the same in both ways', async (path, summary) => {
    const [asked, flagged] = [stage(), stage()];
    expect(await asked.run('help', ...path)).toBe(0);
    expect(await flagged.run(...path, '--help')).toBe(0);
    expect(asked.world.stdout.text).toBe(flagged.world.stdout.text);
    expect(asked.world.stdout.text).toContain(summary);
    expect(asked.world.stdout.text).toContain('Examples:');
  });

  it('prints the version of the package', async () => {
    const { run, world } = stage();
    expect(await run('--version')).toBe(0);
    const { version } = JSON.parse(await readFile(packagePath('package.json'), 'utf8'));
    expect(world.stdout.text).toBe(`${version}\n`);
  });

  it('shows a stack only with JIDOKA_DEBUG=1', async () => {
    const broken = (env: Record<string, string>): CommandStage =>
      stage(
        () => {
          throw new TypeError('x is not a function', { cause: new Error('the root') });
        },
        { setting: { env } },
      );
    const [silent, loud] = [broken({}), broken({ JIDOKA_DEBUG: '1' })];
    await silent.run('run', 'deps', '--all');
    await loud.run('run', 'deps', '--all');
    expect(silent.world.stderr.text).not.toContain('    at ');
    expect(loud.world.stderr.text).toMatch(/TypeError: x is not a function\n {4}at [^]*caused by Error: the root/);
  });
});

describe('--json', () => {
  const ended = async (): Promise<CommandStage> => {
    const made = stage([ms], { findings: [{ group: 'required', name: 'git', ok: true, found: '2.39', mend: '' }] });
    await made.run('run', 'deps', '--package', 'ms');
    made.world.stdout.text = '';
    return made;
  };

  it.each([
    [['run', 'deps', '--package', 'ms'], { run: 'deps-ms-1', verdict: 'PR_READY', branch: 'jidoka/deps/deps-ms-1', cost: { usd: 0 } }],
    [['run', 'deps', '--all'], { runs: [{ run: 'deps-ms-1' }] }],
    [['resume', 'deps-ms-1'], { run: 'deps-ms-1', verdict: 'PR_READY' }],
    [['runs'], { runs: [{ run: 'deps-ms-1', state: 'ended' }] }],
    [
      ['show', 'deps-ms-1'],
      {
        summary: { run: 'deps-ms-1' },
        result: { verdict: 'PR_READY' },
        events: [{ runSeq: 1 }, {}, {}, {}, {}, { body: { type: 'run.ended' } }],
      },
    ],
    [['evidence', 'deps-ms-1'], { run: 'deps-ms-1', ref: 'refs/jidoka/evidence/deps-ms-1' }],
    [['doctor'], { ok: true, findings: [{ name: 'git' }] }],
  ])('%j prints one document and nothing else', async (argv, document) => {
    const { run, world } = await ended();
    expect(await run(...argv, '--json')).toBe(0);
    expect(JSON.parse(world.stdout.text)).toMatchObject(document);
  });

  it.each([
    [['run', 'deps', '--json'], 2, 'usage'],
    [['run', 'deps', '--nonsense', '--json'], 2, 'usage'],
    [['runs', '--limit', 'many', '--json'], 2, 'usage'],
    [['show', 'deps-none', '--json'], 2, 'run-unknown'],
    [['evidence', 'verify', 'nowhere', '--json'], 1, 'evidence-invalid'],
    [['--database', 'mysql://x', 'runs', '--json'], 2, 'usage'],
  ])('%j prints its error as one document', async (argv, code, error) => {
    const { run, world } = stage();
    expect(await run(...argv)).toBe(code);
    expect(JSON.parse(world.stdout.text)).toEqual({ error: { code: error, message: expect.any(String), mend: expect.any(String) } });
  });

  it('prints what nobody expected as a document too', async () => {
    const { run, world } = stage(() => {
      throw new TypeError('x is not a function');
    });
    expect(await run('run', 'deps', '--package', 'ms', '--json')).toBe(1);
    expect(JSON.parse(world.stdout.text).error).toMatchObject({
      code: 'invariant',
      message: 'x is not a function',
      mend: expect.stringContaining('jidoka doctor'),
    });
  });
});

describe('colour', () => {
  const escape = '\u001B[';
  it.each([
    ['a terminal', { columns: 80 }, true],
    ['no terminal', {}, false],
    ['a terminal with NO_COLOR', { columns: 80, env: { NO_COLOR: '1' } }, false],
    ['a dumb terminal', { columns: 80, env: { TERM: 'dumb' } }, false],
    ['no terminal with FORCE_COLOR', { env: { FORCE_COLOR: '1' } }, true],
    ['NO_COLOR and FORCE_COLOR', { env: { FORCE_COLOR: '1', NO_COLOR: '1' } }, false],
    ['FORCE_COLOR=0 on a terminal', { columns: 80, env: { FORCE_COLOR: '0' } }, false],
  ])('on %s', async (_, setting, coloured) => {
    const { run, world } = stage([ms], { setting });
    await run('run', 'deps', '--package', 'ms');
    expect(world.stdout.text.includes(escape)).toBe(coloured);
  });

  it('never reaches a JSON document', async () => {
    const { run, world } = stage([ms], { setting: { columns: 80, env: { FORCE_COLOR: '1' } } });
    await run('run', 'deps', '--package', 'ms', '--json');
    expect(world.stdout.text).not.toContain(escape);
  });

  it('text from a repository cannot move the cursor', async () => {
    const { run, world } = stage([{ ...ms, title: 'ms\u001B[2J\u0007\r\u202E evil' }]);
    await run('run', 'deps', '--package', 'ms');
    await run('runs');
    for (const text of [world.stdout.text, world.stderr.text]) expect(text).not.toMatch(/[\u001B\u0007\r\u202E]/);
  });
});
