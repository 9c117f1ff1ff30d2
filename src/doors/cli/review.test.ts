import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RecordingWorld, ScriptedFactory } from '../../../kit/factory/index.ts';
import { verifyEvidence } from '../../core/evidence/verify.ts';
import type { RunResult } from '../../core/ports/factory.ts';
import { cli } from './cli.ts';
import { pageOf } from './page.ts';
import { resultText } from './result-text.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jidoka-cli-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function asked(...args: readonly string[]) {
  const runs = [{ run: 'review-x-1', title: 'x into main', verdict: 'ESCALATE' }] as const;
  const factory = new ScriptedFactory({ folder, findings: [], runsOf: () => runs });
  const world = new RecordingWorld({ cwd: folder, factory, verify: verifyEvidence });
  const code = await cli(['run', 'review', ...args], world);
  return { code, subject: factory.requests[0]?.subject, stderr: world.stderr.text };
}

describe('run review', () => {
  it('asks for a head, with a base where one is named', async () => {
    expect(await asked('--head', 'feature')).toMatchObject({ code: 3, subject: { kind: 'branch', heads: ['feature'], base: null } });
    expect((await asked('--head', 'v2', '--base', 'release/2.x')).subject).toEqual({ kind: 'branch', heads: ['v2'], base: 'release/2.x' });
  });

  it('asks for a pull request where hosts keep one', async () => {
    expect((await asked('--pr', '12')).subject).toEqual({
      kind: 'branch',
      heads: ['refs/pull/12/head', 'refs/merge-requests/12/head'],
      base: null,
    });
  });

  it.each([
    [[], 'Nothing says what is to be reviewed'],
    [['--head', 'a', '--pr', '1'], 'Both --head and --pr were given'],
    [['--pr', 'x'], '--pr x is no number'],
    [['--head', ' '], '--head is empty'],
  ])('%j is refused', async (args, message) => {
    const { code, subject, stderr } = await asked(...args);
    expect(code).toBe(2);
    expect(subject).toBeUndefined();
    expect(stderr).toContain(message);
  });
});

it('findings are told with their places, and no more of them than a person reads here', () => {
  const finding = {
    check: 'tamper',
    rule: 'test-only',
    file: 'test/a.js',
    line: 3,
    weight: 'blocks',
    message: 'only \u001B[2Jthis',
  } as const;
  const result: RunResult = {
    run: 'r',
    line: 'review',
    seedKey: 'x',
    title: 'x',
    verdict: 'ESCALATE',
    reason: { code: 'findings', message: 'm' },
    branch: null,
    evidence: { ref: null, dir: '/e', head: 'h' },
    stages: [],
    findings: [finding, ...Array.from({ length: 30 }, () => ({ ...finding, file: '', line: 0, weight: 'note' as const }))],
    cost: { usd: 0, basis: '' },
    withheld: null,
  };
  const page = pageOf(new RecordingWorld({ cwd: folder }).stdout, {});
  const lines = resultText(result, { repository: null, self: 'jidoka' }, page).split('\n');
  expect(lines[1]).toContain('✗ test/a.js:3 only');
  expect(lines[1]).not.toContain('\u001B');
  expect(lines[2]).toMatch(/^ {2}· only/);
  expect(lines[21]).toBe('  and 11 more in REPORT.md');
});
