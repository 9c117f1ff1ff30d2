import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandStages, sampleRun, type ScriptedRun } from '../../../kit/factory/index.ts';
import { sampleBundle } from '../../../kit/evidence/index.ts';
import { JidokaError } from '../../core/base/error.ts';
import { cli } from './cli.ts';

const ms = sampleRun;
const verdicts = { PR_READY: 0, NO_OP: 0, ESCALATE: 3, RETRYABLE_FAILURE: 75 } as const;

const here = commandStages(cli);
const { stage } = here;

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
        repository: join(here.folder, 'shop'),
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
      repository: here.folder,
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
    expect(world.stdout.text).toContain(`git -C '${here.folder}/my shop' diff HEAD...jidoka/deps/deps-ms-1`);
    expect(world.stdout.text).toContain(`node main.js evidence verify ${join(here.folder, 'deps-ms-1')} --head ${head}`);
  });

  it('prints a table for many runs', async () => {
    const { run, world } = stage([ms, { ...ms, run: 'deps-ip-2', title: 'ip 2.0.1', verdict: 'ESCALATE' }]);
    await run('run', 'deps', '--all');
    expect(world.stdout.text).toMatch(/^VERDICT +WHAT +REASON +WHY\n✓ PR_READY +ms 2\.1\.2/);
    expect(world.stdout.text).toContain('2 runs: 1 PR_READY, 1 ESCALATE');
  });

  it('hands over the advisories and the line file it was given', async () => {
    await writeFile(join(here.folder, 'a.json'), advisory('A-1'));
    await writeFile(join(here.folder, 'line.yaml'), 'kind: Line\n');
    const { run, factory } = stage();
    await run('run', 'deps', '--package', 'ms', '--advisories', 'a.json', '--line', 'line.yaml');
    expect(factory.requests[0]).toMatchObject({
      advisories: [{ path: join(here.folder, 'a.json'), text: advisory('A-1') }],
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
    await mkdir(join(here.folder, 'all/deep'), { recursive: true });
    for (const name of ['b.json', 'a.json', 'deep/c.json']) await writeFile(join(here.folder, 'all', name), advisory(name));
    await writeFile(join(here.folder, 'all/README.md'), 'not one');
    const { run, factory } = stage();
    await run('run', 'cve', '--advisory', 'all/a.json');
    await run('run', 'cve', '--advisory', 'all');
    const paths = factory.requests.map(({ subject }) =>
      subject.kind === 'advisories' ? subject.files.map(({ path }) => path.slice(here.folder.length)) : [],
    );
    expect(paths).toEqual([['/all/a.json'], ['/all/a.json', '/all/b.json', '/all/deep/c.json']]);
  });

  it.each([
    ['is not there', null, 'cannot be read'],
    ['is not JSON', '{', 'is not JSON'],
    ['is not OSV', '{"id":"X"}', 'is not an OSV advisory at affected'],
    ['is a list', '[]', 'is not an OSV advisory'],
  ])('names a file that %s', async (_, text, message) => {
    if (text !== null) await writeFile(join(here.folder, 'x.json'), text);
    const { run, world, factory } = stage();
    expect(await run('run', 'cve', '--advisory', 'x.json', '--json')).toBe(2);
    const { error } = JSON.parse(world.stdout.text);
    expect(error).toMatchObject({
      code: 'advisory-invalid',
      message: expect.stringContaining(`${join(here.folder, 'x.json')} ${message}`),
    });
    expect(factory.requests).toEqual([]);
  });

  it('refuses a folder without advisories', async () => {
    const { run, world } = stage();
    expect(await run('run', 'cve', '--advisory', '.')).toBe(2);
    expect(world.stderr.text).toContain('There is no .json file in .');
  });
});
