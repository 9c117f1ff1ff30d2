import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ScriptedFactory } from '../../../kit/factory/index.ts';
import type { Actor } from '../../core/gate/answer.ts';
import type { RunDetails } from '../../core/ports/factory.ts';
import { apiClient, startApi, type Api, type ApiClient } from './index.ts';

const localToken = 'l'.repeat(43);
let folder: string;
let factory: ScriptedFactory;
let api: Api;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jidoka-judge-'));
  const runs = [
    { run: 'deps-ms', title: 'ms', verdict: 'PR_READY' },
    { run: 'deps-ip', title: 'ip', verdict: 'RETRYABLE_FAILURE' },
    { run: 'deps-at', title: 'at', verdict: 'PR_READY', gate: { stage: 'final' } },
  ] as const;
  factory = new ScriptedFactory({ folder, runsOf: () => runs });
  await factory.serve({ name: null, queues: null, labels: [], atOnce: 1 });
  api = await startApi({ factory, port: 0, version: '1.2.3', access: { localToken }, log: () => undefined });
  await apiClient(api.url, localToken).post('/v1/runs', { line: 'deps', repository: '/repos/shop', subject: { kind: 'all' } });
});
afterEach(async () => {
  await api.close();
  await rm(folder, { recursive: true, force: true });
});

/** Whoever asks, by a token of his own. */
async function as(holder: Actor): Promise<ApiClient> {
  return apiClient(api.url, (await factory.credentials.add(holder)).token);
}

const ana: Actor = { name: 'ana', kind: 'person', roles: [] };
const bo: Actor = { ...ana, name: 'bo' };
const coder: Actor = { name: 'coder', kind: 'agent', roles: ['*'] };
const judged = async () => (await apiClient(api.url, localToken).get<RunDetails>('/v1/runs/deps-ms')).judged;

it('a person judges the result of a run over HTTP, and it is shown with who said so, when and why', async () => {
  expect(await judged()).toBeNull();
  const answer = await (await as(ana)).post('/v1/runs/deps-ms/judge', { right: false, why: ' reverted ' });
  expect(answer).toEqual({ run: 'deps-ms', verdict: 'PR_READY', right: false, why: 'reverted', by: 'ana', changed: true });
  expect(await judged()).toEqual({ right: false, why: 'reverted', by: 'ana', at: '2026-01-01T00:00:00.000Z' });
});

it('the last judgement counts, and the same of the same person again changes nothing', async () => {
  const [first, second] = [await as(ana), await as(bo)];
  await first.post('/v1/runs/deps-ms/judge', { right: true });
  expect(await first.post('/v1/runs/deps-ms/judge', { right: true })).toMatchObject({ changed: false });
  expect(await second.post('/v1/runs/deps-ms/judge', { right: true })).toMatchObject({ by: 'bo', changed: true });
  expect(await second.post('/v1/runs/deps-ms/judge', { right: false })).toMatchObject({ changed: true });
  expect(await judged()).toMatchObject({ right: false, by: 'bo' });
});

it('an agent judges nothing, whatever roles it was given', async () => {
  const asked = (await as(coder)).post('/v1/runs/deps-ms/judge', { right: true });
  await expect(asked).rejects.toMatchObject({ code: 'access-refused', data: { status: 403 } });
  expect(await judged()).toBeNull();
});

it.each([
  ['deps-ip', { right: true }, 'judgement-refused', 409],
  ['deps-at', { right: true }, 'judgement-refused', 409],
  ['deps-none', { right: true }, 'run-unknown', 404],
  ['deps-ms', {}, 'usage', 400],
  ['deps-ms', { right: 'yes' }, 'usage', 400],
  ['deps-ms', { right: true, by: 'ana' }, 'usage', 400],
])('of %s the judgement %j is refused as %s, with status %i', async (run, body, code, status) => {
  const asked = (await as(ana)).post(`/v1/runs/${run}/judge`, body);
  await expect(asked).rejects.toMatchObject({ code, data: { status } });
});
