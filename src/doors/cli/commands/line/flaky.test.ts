import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RecordingWorld, ScriptedFactory } from '../../../../../kit/factory/index.ts';
import { NewRun } from '../../../api/new-run.ts';
import { cli } from '../../cli.ts';

let folder: string;
let factory: ScriptedFactory;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jidoka-flaky-doors-'));
  factory = new ScriptedFactory({ folder, runsOf: () => [{ run: 'flaky-1', title: 'adds up', verdict: 'NO_OP' }] });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function run(...argv: readonly string[]): Promise<{ readonly code: number; readonly err: string }> {
  const world = new RecordingWorld({ cwd: folder, factory });
  const code = await cli(['run', 'flaky', ...argv], world);
  return { code, err: world.stderr.text };
}

const usual = { kind: 'flake', test: null, rate: 0.05, modes: null, budgetMs: 1_800_000 };

describe('jidoka run flaky', () => {
  it('asks for whichever test changes, below 5 %, for half an hour, where nothing is said', async () => {
    expect((await run()).code).toBe(0);
    expect(factory.requests).toMatchObject([{ line: 'flaky', subject: usual }]);
  });

  it('asks for what is said', async () => {
    await run('--test', ' adds up ', '--rate', '1%', '--modes', 'suite, alone', '--budget', '2h');
    const subject = { kind: 'flake', test: 'adds up', rate: 0.01, modes: ['suite', 'alone'], budgetMs: 7_200_000 };
    expect(factory.requests).toMatchObject([{ subject }]);
  });

  it.each([
    ['--test', ' ', '--test is empty.'],
    ['--rate', '0.05', '--rate 0.05 is no rate to exclude.'],
    ['--rate', '60%', '--rate 60% is no rate'],
    ['--rate', '0.01%', '--rate 0.01% is no rate'],
    ['--modes', 'suite,noise', '--modes names "noise", which is no mode.'],
    ['--budget', 'a while', '--budget a while is no time.'],
    ['--budget', '0m', '--budget 0m is no time.'],
  ])('refuses %s %s', async (option, value, message) => {
    const { code, err } = await run(option, value);
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(factory.requests).toEqual([]);
  });

  it('is asked over HTTP with the same defaults', () => {
    expect(NewRun.parse({ line: 'flaky', repository: '/repos/shop', subject: { kind: 'flake' } }).subject).toEqual(usual);
  });
});
