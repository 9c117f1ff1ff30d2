import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '../../src/core/gate/answer.ts';
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

const ana: Actor = { name: 'ana', kind: 'person', roles: ['reviewer'] };
const coder: Actor = { name: 'coder', kind: 'agent', roles: ['*'] };
const gated: ScriptedRun = { ...ms, gate: { stage: 'final' } };
const offer = { name: null, queues: null, labels: [], atOnce: 1 };
const never = new AbortController().signal;

describe('a scripted gate', () => {
  it('holds its run until a person approves, and the feed tells it all in order', async () => {
    const factory = new ScriptedFactory({ folder, runsOf: () => [gated] });
    const running = factory.run(request);
    const [gate] = await factory.gates.open();
    expect((await factory.show('deps-ms')).summary).toMatchObject({ state: 'waiting', waitsFor: 'gate final' });
    await factory.gates.answer('deps-ms/final', { choice: 'approve', note: '', digest: gate?.digest ?? '', actor: ana });
    expect(await running).toMatchObject({ kind: 'one', result: { verdict: 'PR_READY' } });
    const { events } = await factory.feed.after(null, { limit: 100 });
    const types = events.map(({ event }) => event.body.type);
    expect(types.slice(-4)).toEqual(['gate.opened', 'gate.answered', 'verdict.decided', 'run.ended']);
    expect(events.map(({ event }) => event)).toEqual((await factory.show('deps-ms')).events);
  });

  it('takes no answer of an agent, of another digest, without the role, or a second time', async () => {
    const factory = new ScriptedFactory({ folder, runsOf: () => [gated] });
    const running = factory.run(request);
    const approve = { choice: 'approve', note: '', digest: null } as const;
    const refused = [
      { ...approve, actor: coder },
      { ...approve, actor: ana, digest: 'e'.repeat(64) },
      { ...approve, actor: { ...ana, roles: ['baker'] } },
      { ...approve, actor: ana, choice: 'reject' as const },
    ];
    for (const reply of refused) {
      await expect(factory.gates.answer('deps-ms/final/1', reply)).rejects.toMatchObject({ code: 'gate-refused' });
    }
    await factory.gates.answer('deps-ms/final/1', { ...approve, choice: 'reject', note: 'smaller, please', actor: ana });
    expect(await running).toMatchObject({ result: { verdict: 'ESCALATE', reason: { code: 'gate-rejected' } } });
    await expect(factory.gates.answer('deps-ms/final/1', { ...approve, actor: ana })).rejects.toMatchObject({ code: 'gate-refused' });
    await expect(factory.gates.show('deps-none')).rejects.toMatchObject({ code: 'gate-unknown' });
  });

  it('expires, and its run escalates', async () => {
    let now = '2026-01-01T00:00:00.000Z';
    const factory = new ScriptedFactory({ folder, now: () => now, runsOf: () => [gated] });
    const running = factory.run(request);
    now = '2026-02-01T00:00:00.000Z';
    factory.gates.expire();
    expect(await running).toMatchObject({ result: { verdict: 'ESCALATE', reason: { code: 'gate-expired' } } });
    expect((await factory.gates.show('deps-ms')).state).toBe('expired');
  });
});

describe('requests that were left', () => {
  it('wait for somebody who serves, once per key', async () => {
    const factory = new ScriptedFactory({ folder, runsOf: () => [ms] });
    expect(await factory.submit(request, { key: 'k' })).toEqual({ request: 'k', state: 'new' });
    expect(await factory.submit(request, { key: 'k' })).toEqual({ request: 'k', state: 'exists' });
    expect(await factory.runs({})).toEqual([]);
    const serving = await factory.serve(offer);
    expect(await factory.runs({})).toMatchObject([{ run: 'deps-ms', state: 'ended' }]);
    await serving.stop('at-once');
    expect((await factory.operations.status()).executors).toEqual([]);
  });

  it('wait while their line is paused, which only a person lifts', async () => {
    const factory = new ScriptedFactory({ folder, runsOf: () => [ms] });
    await factory.serve(offer);
    await factory.operations.pause('line:deps', 'the registry is down', ana);
    await factory.submit(request);
    expect(await factory.runs({})).toEqual([]);
    await expect(factory.operations.unpause('line:deps', coder)).rejects.toMatchObject({ code: 'access-refused' });
    expect(await factory.operations.unpause('line:deps', ana)).toBe(true);
    expect(await factory.runs({})).toHaveLength(1);
  });

  it('wait for a slot of a limit, which a cancelled run gives back', async () => {
    const factory = new ScriptedFactory({ folder, runsOf: ({ to }) => [{ ...ms, run: `deps-${to}`, held: true }] });
    await factory.serve(offer);
    await factory.operations.setLimit({ key: 'line:deps', atOnce: 1, rate: null }, ana);
    await factory.submit({ ...request, to: 'minor' });
    await factory.submit({ ...request, to: 'major' });
    expect((await factory.operations.status()).usage).toEqual([{ key: 'line:deps', taken: 1, started: 0 }]);
    expect(await factory.runs({})).toHaveLength(1);
    expect(await factory.cancel('deps-minor', { actor: ana, why: 'not now' })).toMatchObject({
      verdict: 'ESCALATE',
      reasonCode: 'cancelled',
    });
    expect(await factory.runs({})).toHaveLength(2);
  });
});

describe('what operators and holders of tokens see', () => {
  it('a schedule names its next fire, and nonsense is no schedule', async () => {
    const { operations } = new ScriptedFactory({ folder, runsOf: () => [] });
    const nightly = { id: 'nightly', cron: '0 3 * * *', timezone: 'UTC', request };
    expect(await operations.schedule(nightly, ana)).toMatchObject({ nextAt: '2026-01-01T03:00:00.000Z' });
    await expect(operations.schedule({ ...nightly, cron: 'often' }, ana)).rejects.toMatchObject({ code: 'limit-invalid' });
    expect(await operations.unschedule('nightly', ana)).toBe(true);
    expect(await operations.schedules()).toEqual([]);
  });

  it('a token names its holder until the holder is removed', async () => {
    const { credentials } = new ScriptedFactory({ folder, runsOf: () => [] });
    const { token } = await credentials.add(ana);
    expect(await credentials.who(token)).toEqual(ana);
    expect(await credentials.who(`${token}x`)).toBeNull();
    await expect(credentials.add(ana)).rejects.toMatchObject({ code: 'usage' });
    expect(JSON.stringify(await credentials.list())).not.toContain(token);
    expect(await credentials.remove('ana')).toBe(true);
    expect(await credentials.who(token)).toBeNull();
  });

  it('the feed goes on behind a cursor, also over the events of other runs', async () => {
    const factory = new ScriptedFactory({ folder, runsOf: () => [ms, { ...ms, run: 'deps-ip' }] });
    const news = factory.feed.wait(60_000, never);
    await factory.run({ ...request, subject: { kind: 'all' } });
    await news;
    const first = await factory.feed.after(null, { limit: 2, run: 'deps-ip' });
    const rest = await factory.feed.after(first.cursor, { limit: 100, run: 'deps-ip' });
    expect([...first.events, ...rest.events].map(({ event }) => event)).toEqual((await factory.show('deps-ip')).events);
    expect(rest.cursor).toBe(await factory.feed.end());
    await expect(factory.feed.after('999', { limit: 1 })).rejects.toMatchObject({ code: 'usage' });
  });
});
