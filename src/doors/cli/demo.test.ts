import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RecordingWorld, ScriptedFactory } from '../../../kit/factory/index.ts';
import type { RunRequest } from '../../core/ports/factory.ts';
import type { Verdict } from '../../core/verdict/verdict.ts';
import { cli } from './cli.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'jidoka-demo-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

/** What is true of the shop, by what is asked. */
const truth: Readonly<Record<string, Verdict>> = {
  'GHSA-w9mr-4mfr-499f': 'NO_OP',
  'GHSA-9c47-m6qq-7p4h': 'PR_READY',
  'GHSA-xvch-5gv4-984h': 'PR_READY',
  'escape-string-regexp': 'ESCALATE',
};

function subjectOf({ subject }: RunRequest): string {
  if (subject.kind === 'advisories') return JSON.parse(subject.files[0]?.text ?? '{}').id;
  return subject.kind === 'package' ? subject.name : 'all';
}

function worldWith(verdictOf: (subject: string) => Verdict): { readonly world: RecordingWorld; readonly factory: ScriptedFactory } {
  const factory = new ScriptedFactory({
    folder: home,
    runsOf: (request) => [{ run: `run-${subjectOf(request)}`, title: subjectOf(request), verdict: verdictOf(subjectOf(request)) }],
  });
  return { factory, world: new RecordingWorld({ cwd: home, factory }) };
}

const honest = (subject: string): Verdict => truth[subject] ?? 'RETRYABLE_FAILURE';

describe('demo', () => {
  it('ends well once a PR_READY, a NO_OP and an ESCALATE were seen', async () => {
    const { world } = worldWith(honest);
    expect(await cli(['demo'], world)).toBe(0);
    expect(world.stdout.text).toContain('4 runs: 1 NO_OP, 2 PR_READY, 1 ESCALATE');
    expect(world.stdout.text).toContain('node main.js evidence verify');
    expect(world.stdout.text).toContain("floor 'host' (tier T0), without isolation: the example is our own");
  });

  it('ends with 1 and says which verdict was not seen', async () => {
    const { world } = worldWith(() => 'RETRYABLE_FAILURE');
    expect(await cli(['demo'], world)).toBe(1);
    expect(world.stdout.text).toContain('no run ended in PR_READY or NO_OP or ESCALATE');
  });

  it('works on a fresh git repository of one commit, without what npm installed', async () => {
    const { world, factory } = worldWith(honest);
    await cli(['demo'], world);
    const [repository = ''] = new Set(factory.requests.map((request) => request.repository));
    expect(new Set(factory.requests.map((request) => request.repository)).size).toBe(1);
    expect(repository).toBe(join(home, 'demo/2026-01-01T00-00-00-000Z/shop'));
    const git = (...args: string[]): string =>
      execFileSync('git', ['-c', `safe.directory=${repository}`, ...args], { cwd: repository, encoding: 'utf8' });
    expect(git('log', '--format=%an <%ae> %s')).toBe('jidoka demo <demo@jidoka.invalid> The shop as it is sold today\n');
    expect(git('status', '--porcelain')).toBe('');
    expect(git('ls-files').split('\n')).toEqual(expect.arrayContaining(['.gitignore', 'package-lock.json', 'package.json']));
    expect(git('ls-files')).not.toContain('node_modules/');
    expect(await readFile(join(repository, 'package-lock.json'), 'utf8')).not.toContain('"resolved"');
  });

  it('is not led astray by a git command around it', async () => {
    const { world } = worldWith(honest);
    Object.assign(world, { env: { ...world.env, GIT_DIR: '/nowhere', GIT_INDEX_FILE: '/nowhere/index' } });
    expect(await cli(['demo'], world)).toBe(0);
  });

  it('says what to do where there is no git', async () => {
    const { world } = worldWith(honest);
    Object.assign(world, { env: { ...world.env, PATH: home } });
    expect(await cli(['demo'], world)).toBe(1);
    expect(world.stderr.text).toContain('✗ git was not found.\n  next: Install git');
  });

  it('removes demos older than an hour unless told to keep them', async () => {
    const { world } = worldWith(honest);
    for (const name of ['2025-12-31T22-59-00-000Z', '2025-12-31T23-30-00-000Z', 'mine'])
      await mkdir(join(home, 'demo', name), { recursive: true });
    await cli(['demo', '--keep'], world);
    expect(await readdir(join(home, 'demo'))).toHaveLength(4);
    world.time += 1000;
    await cli(['demo'], world);
    expect(await readdir(join(home, 'demo'))).toEqual([
      '2025-12-31T23-30-00-000Z',
      '2026-01-01T00-00-00-000Z',
      '2026-01-01T00-00-01-000Z',
      'mine',
    ]);
  });
});
