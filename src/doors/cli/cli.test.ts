import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create } from 'tar';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RecordingWorld, ScriptedFactory, type ScriptedRun, type WorldSetting } from '../../../kit/factory/index.ts';
import { sampleBundle } from '../../../kit/evidence/index.ts';
import { JidokaError } from '../../core/base/error.ts';
import { verifyEvidence } from '../../core/evidence/verify.ts';
import type { Finding, RunRequest } from '../../core/ports/factory.ts';
import { packagePath } from '../config.ts';
import { cli } from './cli.ts';
import { records } from './registry.ts';

const ms: ScriptedRun = { run: 'deps-ms-1', title: 'ms 2.1.2 -> 2.1.3', verdict: 'PR_READY' };
const verdicts = { PR_READY: 0, NO_OP: 0, ESCALATE: 3, RETRYABLE_FAILURE: 75 } as const;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jidoka-cli-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Stage {
  readonly world: RecordingWorld;
  readonly factory: ScriptedFactory;
  run(...argv: string[]): Promise<number>;
}

/** A world with a factory in it that answers every request with these runs. */
function stage(
  runs: readonly ScriptedRun[] | ((request: RunRequest) => readonly ScriptedRun[]) = [ms],
  setting: Partial<WorldSetting> = {},
  findings: readonly Finding[] = [],
): Stage {
  const factory = new ScriptedFactory({ folder, findings, runsOf: (request) => (typeof runs === 'function' ? runs(request) : runs) });
  const world = new RecordingWorld({ cwd: folder, factory, verify: verifyEvidence, ...setting });
  return { world, factory, run: (...argv) => cli(argv, world) };
}

function advisory(id: string): string {
  return JSON.stringify({ id, affected: [{ package: { ecosystem: 'npm', name: 'json5' } }] });
}

describe('run', () => {
  it('asks the factory for just what the command line says', async () => {
    const { run, factory } = stage();
    await run(
      'run',
      'deps',
      '--repo',
      'shop',
      '--package',
      'ms',
      '--to',
      'minor',
      '--scope',
      'prod',
      '--dry-run',
      '--again',
      '--priority',
      '7',
    );
    expect(factory.requests).toEqual([
      {
        line: 'deps',
        repository: join(folder, 'shop'),
        subject: { kind: 'package', name: 'ms' },
        to: 'minor',
        scope: 'prod',
        dryRun: true,
        again: true,
        advisories: [],
        lineFile: null,
        actor: 'cli:tester',
        priority: 7,
      },
    ]);
  });

  it('works on the current folder, all scopes, unless told otherwise', async () => {
    const { run, factory } = stage();
    await run('run', 'deps', '--all');
    expect(factory.requests[0]).toMatchObject({
      repository: folder,
      subject: { kind: 'all' },
      to: null,
      scope: 'all',
      dryRun: false,
      again: false,
    });
  });

  it.each(['https://example.org/shop.git', 'git@example.org:shop.git', 'file:///srv/shop.git'])(
    'leaves the URL %s as it is',
    async (url) => {
      const { run, factory } = stage();
      await run('run', 'deps', '--package', 'ms', '--repo', url);
      expect(factory.requests[0]?.repository).toBe(url);
    },
  );

  it.each(Object.entries(verdicts))('ends %s with exit code %i', async (verdict, code) => {
    const { run, world } = stage([{ ...ms, verdict: verdict as keyof typeof verdicts }]);
    expect(await run('run', 'deps', '--package', 'ms')).toBe(code);
    expect(world.stdout.text).toContain(`${verdict}  ms 2.1.2 -> 2.1.3`);
  });

  it('gives NO_OP its own exit code where asked', async () => {
    expect(await stage([{ ...ms, verdict: 'NO_OP' }]).run('run', 'deps', '--package', 'ms', '--detailed-exitcode')).toBe(10);
    expect(await stage([ms]).run('run', 'deps', '--package', 'ms', '--detailed-exitcode')).toBe(0);
  });

  it('ends many runs with the code of the one that most needs a person', async () => {
    const several: ScriptedRun[] = [ms, { ...ms, run: 'b', verdict: 'RETRYABLE_FAILURE' }, { ...ms, run: 'c', verdict: 'ESCALATE' }];
    expect(await stage(several).run('run', 'deps', '--all')).toBe(3);
    expect(await stage(several.slice(0, 2)).run('run', 'deps', '--all')).toBe(75);
    expect(await stage([]).run('run', 'deps', '--all', '--detailed-exitcode')).toBe(10);
  });

  it('shows how to look at the change and how to verify the evidence', async () => {
    const { run, world } = stage();
    await run('run', 'deps', '--package', 'ms', '--repo', 'my shop');
    const { head } = sampleBundle();
    expect(world.stdout.text).toContain(`git -C '${folder}/my shop' diff HEAD...jidoka/deps/deps-ms-1`);
    expect(world.stdout.text).toContain(`node main.js evidence verify ${join(folder, 'deps-ms-1')} --head ${head}`);
  });

  it('prints a table for many runs', async () => {
    const { run, world } = stage([ms, { ...ms, run: 'deps-ip-2', title: 'ip 2.0.1', verdict: 'ESCALATE' }]);
    await run('run', 'deps', '--all');
    expect(world.stdout.text).toMatch(/^VERDICT +WHAT +REASON +WHY\n✓ PR_READY +ms 2\.1\.2/);
    expect(world.stdout.text).toContain('2 runs: 1 PR_READY, 1 ESCALATE');
  });

  it('hands over the advisories and the line file it was given', async () => {
    await writeFile(join(folder, 'a.json'), advisory('A-1'));
    await writeFile(join(folder, 'line.yaml'), 'kind: Line\n');
    const { run, factory } = stage();
    await run('run', 'deps', '--package', 'ms', '--advisories', 'a.json', '--line', 'line.yaml');
    expect(factory.requests[0]).toMatchObject({
      advisories: [{ path: join(folder, 'a.json'), text: advisory('A-1') }],
      lineFile: { path: 'line.yaml', text: 'kind: Line\n' },
    });
  });

  it('closes the factory after success and after failure', async () => {
    const good = stage();
    await good.run('run', 'deps', '--package', 'ms');
    const bad = stage(() => {
      throw new JidokaError('package-unknown', 'Nobody knows msss.', { mend: 'Look at the name.' });
    });
    expect(await bad.run('run', 'deps', '--package', 'msss')).toBe(2);
    expect([good.factory.closed, bad.factory.closed]).toEqual([true, true]);
    expect(bad.world.stderr.text).toContain('✗ Nobody knows msss.\n  next: Look at the name.\n');
    expect(bad.world.stdout.text).toBe('');
  });
});

describe('run cve', () => {
  it('reads one advisory, and a folder of them in the order of their names', async () => {
    await mkdir(join(folder, 'all/deep'), { recursive: true });
    for (const name of ['b.json', 'a.json', 'deep/c.json']) await writeFile(join(folder, 'all', name), advisory(name));
    await writeFile(join(folder, 'all/README.md'), 'not one');
    const { run, factory } = stage();
    await run('run', 'cve', '--advisory', 'all/a.json');
    await run('run', 'cve', '--advisory', 'all');
    const paths = factory.requests.map(({ subject }) =>
      subject.kind === 'advisories' ? subject.files.map(({ path }) => path.slice(folder.length)) : [],
    );
    expect(paths).toEqual([['/all/a.json'], ['/all/a.json', '/all/b.json', '/all/deep/c.json']]);
  });

  it.each([
    ['is not there', null, 'cannot be read'],
    ['is not JSON', '{', 'is not JSON'],
    ['is not OSV', '{"id":"X"}', 'is not an OSV advisory at affected'],
    ['is a list', '[]', 'is not an OSV advisory'],
  ])('names a file that %s', async (_, text, message) => {
    if (text !== null) await writeFile(join(folder, 'x.json'), text);
    const { run, world, factory } = stage();
    expect(await run('run', 'cve', '--advisory', 'x.json', '--json')).toBe(2);
    const { error } = JSON.parse(world.stdout.text);
    expect(error).toMatchObject({ code: 'advisory-invalid', message: expect.stringContaining(`${join(folder, 'x.json')} ${message}`) });
    expect(factory.requests).toEqual([]);
  });

  it('refuses a folder without advisories', async () => {
    const { run, world } = stage();
    expect(await run('run', 'cve', '--advisory', '.')).toBe(2);
    expect(world.stderr.text).toContain('There is no .json file in .');
  });
});

describe('--json', () => {
  const ended = async (): Promise<Stage> => {
    const made = stage([ms], {}, [{ group: 'required', name: 'git', ok: true, found: '2.39', mend: '' }]);
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

describe('the command line', () => {
  it.each([
    [['run', 'deps'], 'Neither --package nor --all was given.', '--package NAME for one dependency, --all for every'],
    [['run', 'deps', '--package', 'ms', '--all'], 'Both --package and --all were given.', 'Give exactly one'],
    [['run', 'deps', '--package', 'ms@2.1.3'], '--package takes a name', '--package ms --to 2.1.3'],
    [['run', 'deps', '--package', '@a/b@1'], '--package takes a name', '--package @a/b --to 1'],
    [['run', 'deps', '--all', '--to', '1.2.3'], '--all cannot go to the one version 1.2.3.', 'patch, minor or major'],
    [['run', 'deps', '--pakage', 'ms'], "Unknown option '--pakage'.", 'Did you mean --package?'],
    [['run', 'deps', '--all', '--scope', 'test'], "argument 'test' is invalid", 'jidoka help run deps'],
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
    const broken = (env: Record<string, string>): Stage =>
      stage(
        () => {
          throw new TypeError('x is not a function', { cause: new Error('the root') });
        },
        { env },
      );
    const [silent, loud] = [broken({}), broken({ JIDOKA_DEBUG: '1' })];
    await silent.run('run', 'deps', '--all');
    await loud.run('run', 'deps', '--all');
    expect(silent.world.stderr.text).not.toContain('    at ');
    expect(loud.world.stderr.text).toMatch(/TypeError: x is not a function\n {4}at [^]*caused by Error: the root/);
  });
});

describe('a signal', () => {
  const held: ScriptedRun = { ...ms, held: true };

  it('closes the factory, ends with 130 and says how the run goes on', async () => {
    const { run, world, factory } = stage([held]);
    const ending = run('run', 'deps', '--package', 'ms');
    await world.stderr.wrote('baseline');
    expect(world.send('SIGINT')).toBe(true);
    expect(await ending).toBe(130);
    expect(factory.closed).toBe(true);
    expect(world.stderr.text).toContain('Run deps-ms-1 goes on with `node main.js resume deps-ms-1`.');
    expect(world.stdout.text).toBe('');
  });

  it('names the home again where the command line gave one', async () => {
    const { run, world } = stage([held]);
    const ending = run('--home', 'my home', 'run', 'deps', '--package', 'ms');
    await world.stderr.wrote('baseline');
    world.send('SIGINT');
    await ending;
    expect(world.stderr.text).toContain("`node main.js --home 'my home' resume deps-ms-1`");
  });

  it('a second one finds nobody listening, so that the process ends at once', async () => {
    const { run, world } = stage([held]);
    const ending = run('run', 'deps', '--package', 'ms');
    await world.stderr.wrote('baseline');
    world.send('SIGINT');
    expect(world.send('SIGINT')).toBe(false);
    await ending;
  });

  it('SIGTERM ends with 143, as one JSON document where asked', async () => {
    const { run, world } = stage([held]);
    const ending = run('run', 'deps', '--package', 'ms', '--json');
    await world.stderr.wrote('baseline');
    world.send('SIGTERM');
    expect(await ending).toBe(143);
    expect(JSON.parse(world.stdout.text).error).toMatchObject({ code: 'interrupted', mend: expect.stringContaining('resume deps-ms-1') });
  });

  it('an interrupted run is listed as such and ends with resume', async () => {
    const { run, world } = stage([held]);
    const ending = run('run', 'deps', '--package', 'ms');
    await world.stderr.wrote('baseline');
    world.send('SIGINT');
    await ending;
    await run('runs');
    expect(world.stdout.text).toContain('‖ interrupted');
    await run('show', 'deps-ms-1');
    expect(world.stdout.text).toContain('goes on');
    expect(await run('resume', 'deps-ms-1')).toBe(0);
    expect(world.stdout.text).toContain('✓ PR_READY  ms 2.1.2 -> 2.1.3');
  });

  it('while the factory opens waits for it, closes it and promises nothing', async () => {
    const { world, factory } = stage();
    let open = (): void => undefined;
    const opening = new Promise<typeof factory>((resolve) => {
      open = () => resolve(factory);
    });
    Object.assign(world, { openFactory: () => opening });
    const ending = cli(['runs'], world);
    expect(world.send('SIGINT')).toBe(true);
    open();
    expect(await ending).toBe(130);
    expect(factory.closed).toBe(true);
    expect(world.stderr.text).toContain('No run was under way.');
  });
});

describe('runs and show', () => {
  it('an empty ledger says how to begin', async () => {
    const { run, world } = stage();
    expect(await run('runs')).toBe(0);
    expect(world.stdout.text).toContain('jidoka demo');
  });

  it('lists as many runs as asked for, newest first', async () => {
    const { run, world } = stage([ms, { ...ms, run: 'deps-b' }, { ...ms, run: 'deps-c' }]);
    await run('run', 'deps', '--all');
    world.stdout.text = '';
    await run('runs', '--limit', '2');
    expect(world.stdout.text.match(/deps-\S+/g)).toEqual(['deps-c', 'deps-b']);
  });

  it('shows what the ledger says, event by event', async () => {
    const { run, world } = stage();
    await run('run', 'deps', '--package', 'ms');
    world.stdout.text = '';
    expect(await run('show', 'deps-ms-1')).toBe(0);
    expect(world.stdout.text).toMatch(/1 +00:00:00 +run\.started/);
    expect(world.stdout.text).toMatch(/fact\.found +change: install holds\. npm ci succeeded\./);
    expect(world.stdout.text).toMatch(/change\.harvested +change: package\.json \+1 -1/);
  });

  it('shows whether a person found the result right, who and when, and of several the last', async () => {
    const { run, world } = stage();
    await run('run', 'deps', '--package', 'ms');
    const shown = async (...more: string[]): Promise<string> => {
      world.stdout.text = '';
      await run('show', 'deps-ms-1', ...more);
      return world.stdout.text;
    };
    expect(await shown()).not.toMatch(/judged/);
    expect(JSON.parse(await shown('--json'))).toMatchObject({ judged: null });
    await run('judge', 'deps-ms-1', '--right');
    await run('judge', 'deps-ms-1', '--wrong', '--why', 'reverted\u001B[2J');
    expect(await shown()).toContain('  judged  wrong, says cli:tester, 2026-01-01 00:00 UTC: reverted\n');
    expect(JSON.parse(await shown('--json'))).toMatchObject({
      judged: { right: false, by: 'cli:tester', at: '2026-01-01T00:00:00.000Z' },
    });
  });
});

describe('evidence', () => {
  it('is written where asked, and verifies against its head', async () => {
    const { run, world } = stage();
    await run('run', 'deps', '--package', 'ms');
    expect(await run('evidence', 'deps-ms-1', '--out', 'mine')).toBe(0);
    expect(world.stdout.text).toContain(`folder  ${join(folder, 'mine')}`);
    world.stdout.text = '';
    expect(await run('evidence', 'verify', 'mine', '--head', sampleBundle().head)).toBe(0);
    expect(world.stdout.text).toMatch(/^✓ intact\n/);
  });

  it('verifies a folder, its bundle.json and an archive of it', async () => {
    const { run, world } = stage();
    await run('run', 'deps', '--package', 'ms');
    await run('evidence', 'deps-ms-1', '--out', 'mine');
    await create({ gzip: true, cwd: folder, file: join(folder, 'mine.tgz') }, ['mine']);
    await create({ cwd: join(folder, 'mine'), file: join(folder, 'flat.tar') }, ['.']);
    for (const path of ['mine', 'mine/bundle.json', 'mine.tgz', 'flat.tar']) {
      world.stdout.text = '';
      expect(await run('evidence', 'verify', path, '--json'), path).toBe(0);
      expect(JSON.parse(world.stdout.text)).toMatchObject({ kind: 'intact', verdict: 'PR_READY', head: sampleBundle().head });
    }
  });

  it('needs no factory to be verified', async () => {
    const { run } = stage();
    await run('run', 'deps', '--package', 'ms');
    await run('evidence', 'deps-ms-1', '--out', 'mine');
    const alone = new RecordingWorld({ cwd: folder, verify: verifyEvidence });
    expect(await cli(['evidence', 'verify', 'mine'], alone)).toBe(0);
  });

  it('names the first broken link', async () => {
    const { run, world } = stage();
    await run('run', 'deps', '--package', 'ms');
    await run('evidence', 'deps-ms-1', '--out', 'mine');
    await writeFile(join(folder, 'mine/REPORT.md'), 'all is well');
    world.stdout.text = '';
    expect(await run('evidence', 'verify', 'mine')).toBe(1);
    expect(world.stdout.text).toContain('✗ broken at REPORT.md');
    expect(await run('evidence', 'verify', 'mine', '--head', 'f00')).toBe(1);
  });

  it('a bundle that agrees with itself does not pass for another', async () => {
    const { run, world } = stage();
    await run('run', 'deps', '--package', 'ms');
    await run('evidence', 'deps-ms-1', '--out', 'mine');
    expect(await run('evidence', 'verify', 'mine', '--head', 'f00', '--json')).toBe(1);
    expect(world.stdout.text).toContain('"link": "anchor"');
  });

  it.each(['nowhere', 'broken.tgz', 'empty'])('says that %s cannot be read', async (path) => {
    await writeFile(join(folder, 'broken.tgz'), 'no archive');
    await mkdir(join(folder, 'empty'));
    const { run, world } = stage();
    expect(await run('evidence', 'verify', path)).toBe(1);
    expect(world.stderr.text).toContain(`No evidence could be read from ${join(folder, path)}`);
  });
});

describe('doctor', () => {
  const git: Finding = { group: 'required', name: 'git', ok: true, found: '2.39', mend: '' };
  const docker: Finding = { group: 'optional', name: 'container', ok: false, found: 'none', mend: 'Install one.' };
  const npm: Finding = { group: 'required', name: 'npm', ok: false, found: 'none', mend: 'Install npm 10.' };

  it('is content where only something optional is missing', async () => {
    const { run, world } = stage([], {}, [git, docker]);
    expect(await run('doctor')).toBe(0);
    expect(world.stdout.text).toMatch(/Required\n {2}✓ git +2\.39\n\nOptional\n {2}! container +none\n +next: Install one\./);
  });

  it('ends with 1 where something required is missing', async () => {
    const { run, world } = stage([], {}, [git, npm]);
    expect(await run('doctor')).toBe(1);
    expect(world.stdout.text).toContain('✗ npm');
  });

  it('reports a factory that does not open as a finding', async () => {
    const world = new RecordingWorld({ cwd: folder });
    Object.assign(world, {
      openFactory: async () => {
        throw new JidokaError('database-unavailable', 'PostgreSQL does not answer.', { mend: 'Start it.' });
      },
    });
    expect(await cli(['doctor'], world)).toBe(1);
    expect(world.stdout.text).toMatch(/✗ factory {2}PostgreSQL does not answer\.\n +next: Start it\./);
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
    const { run, world } = stage([ms], setting);
    await run('run', 'deps', '--package', 'ms');
    expect(world.stdout.text.includes(escape)).toBe(coloured);
  });

  it('never reaches a JSON document', async () => {
    const { run, world } = stage([ms], { columns: 80, env: { FORCE_COLOR: '1' } });
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
