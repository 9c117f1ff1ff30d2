import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunResult, type Progress, type RunRequest } from '../../src/core/ports/factory.ts';
import { ScriptedFactory, type ScriptedRun } from './index.ts';

const request: RunRequest = {
  line: 'deps',
  repository: '/repos/shop',
  subject: { kind: 'package', name: 'ms' },
  to: null,
  scope: 'all',
  dryRun: false,
  again: false,
  advisories: [],
  lineFile: null,
  actor: 'tester',
};
const ms: ScriptedRun = { run: 'deps-ms', title: 'ms 2.1.2 -> 2.1.3', verdict: 'PR_READY' };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jidoka-fake-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the scripted factory', () => {
  it('gives results of the published form', async () => {
    const factory = new ScriptedFactory({ folder, runsOf: () => [ms] });
    const report = await factory.run(request);
    expect(report.kind === 'one' && RunResult.parse(report.result).verdict).toBe('PR_READY');
  });

  it('tells its progress from plan to end', async () => {
    const seen: Progress['kind'][] = [];
    await new ScriptedFactory({ folder, runsOf: () => [ms] }).run(request, ({ kind }) => seen.push(kind));
    expect(seen).toEqual(['planned', 'run', 'stage', 'note', 'stage', 'ended']);
  });

  it('answers a request for all with many runs, newest first in the list', async () => {
    const factory = new ScriptedFactory({ folder, runsOf: () => [ms, { ...ms, run: 'deps-ip' }] });
    expect((await factory.run({ ...request, subject: { kind: 'all' } })).kind).toBe('many');
    expect((await factory.runs({})).map(({ run }) => run)).toEqual(['deps-ip', 'deps-ms']);
    expect(await factory.runs({ limit: 1 })).toHaveLength(1);
    expect(await factory.runs({ line: 'cve' })).toHaveLength(0);
  });

  it('a held run is interrupted by close and ends with resume', async () => {
    const factory = new ScriptedFactory({ folder, runsOf: () => [{ ...ms, held: true }] });
    const running = factory.run(request, (progress) => {
      if (progress.kind === 'stage') void factory.close();
    });
    await expect(running).rejects.toMatchObject({ code: 'interrupted' });
    expect((await factory.show('deps-ms')).summary.state).toBe('interrupted');
    expect((await factory.resume('deps-ms')).verdict).toBe('PR_READY');
    expect((await factory.show('deps-ms')).result?.verdict).toBe('PR_READY');
  });

  it('does not know a run it never began', async () => {
    const factory = new ScriptedFactory({ folder, runsOf: () => [] });
    await expect(factory.resume('deps-none')).rejects.toMatchObject({ code: 'run-unknown' });
  });
});
