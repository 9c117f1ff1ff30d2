import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { memoryBlobs } from '../../../../kit/blobs/index.ts';
import { upstreamAt } from '../../../../kit/egress/index.ts';
import type { Claim } from '../../../core/evidence/fact.ts';
import type { TaskPacket } from '../../../core/packet/packet.ts';
import type { ModelUpstream } from '../../../core/ports/egress.ts';
import type { Command, Floor, Workspace } from '../../../core/ports/floor.ts';
import type { StationJob } from '../../../core/ports/station.ts';
import { systemClock } from '../../clock/index.ts';
import { openEgress } from '../../egress/index.ts';
import { hostFloor } from '../../floor/index.ts';
import { memoryTape, readScenario, startModelTwin, type TapeEntry } from '../../twin/index.ts';
import { modelStation } from '../index.ts';
import { reportDesk } from '../report/index.ts';

const key = 'sk-the-owner-s-own-key';
const desk = reportDesk({ version: '0' });
const gateway: { url: string } = { url: '' };
let root: string;
let floor: Floor;
let workspace: Workspace;
let commands: Command[];
let told: string[];
let blobs: ReturnType<typeof memoryBlobs>;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'jidoka-model-'));
  const none = { registries: async () => [], get: async () => ({ kind: 'failed', class: 'refused', what: 'none' }) as const };
  const model: ModelUpstream = {
    target: (asked) => upstreamAt(gateway.url || null, { authorization: `Bearer ${key}` }).target(asked),
  };
  const egress = openEgress({ upstreams: none, model, desk });
  const routes = ['model', 'report'] as const;
  floor = hostFloor({ root, clock: systemClock(), env: process.env, log: () => undefined, egress, routes });
});
afterAll(() => rm(root, { recursive: true, force: true, maxRetries: 10 }));
beforeEach(async () => {
  workspace = await floor.open('judge');
  [commands, told, blobs] = [[], [], memoryBlobs()];
});
afterEach(() => workspace.destroy());

const good = { state: 'DONE', summary: 'It is a fault.', kind: 'bug' };

interface Asked {
  readonly claim: Claim;
  readonly calls: readonly TapeEntry[];
}

async function ask(name: string, scenario: object, job: Partial<StationJob> = {}): Promise<Asked> {
  const tape = memoryTape();
  const twin = await startModelTwin({ scenario: readScenario(JSON.stringify(scenario), 'test'), port: 0, tape, replay: null });
  gateway.url = twin.url;
  try {
    return { claim: await perform(name, job), calls: tape.entries() };
  } finally {
    await twin.close();
  }
}

function perform(name: string, job: Partial<StationJob> = {}, hasGateway = true): Promise<Claim> {
  const station = modelStation(name, { desk, blobs, clock: systemClock(), hasGateway: () => hasGateway });
  return station.perform({
    packet: { noOpRules: [{ code: 'documented', statement: 'It is meant so.', proof: 'A place.' }] } as unknown as TaskPacket,
    assignment: { form: 'classification', role: { name: 'clerk', prompt: 'You sort tickets.', model: null, tools: 'read' }, text: 'Say.' },
    workspace: {
      ...workspace,
      converse: (command) => {
        commands.push(command);
        return workspace.converse(command);
      },
    },
    signal: new AbortController().signal,
    run: [],
    feedback: [],
    timeoutMs: 20_000,
    stallMs: null,
    handle: null,
    remember: async () => undefined,
    note: (message) => void told.push(message),
    ...job,
  });
}

async function failureOf(name: string, fault: string): Promise<readonly unknown[]> {
  const { claim } = await ask(name, { steps: [{ report: good }], faults: [{ fault, at: 1, times: 'forever' }] });
  expect(claim.says).toBe('failed');
  return [claim.code, claim.failure];
}

describe.each([
  ['small', 'chat'],
  ['claude-small', 'messages'],
  ['messages:small', 'messages'],
  ['chat:claude-small', 'chat'],
])('model:%s', (name, protocol) => {
  test(`is asked once, over ${protocol}, and what it calls the tool with is its report`, async () => {
    const { claim, calls } = await ask(name, { steps: [{ report: good }] });
    expect(claim).toMatchObject({ station: `model:${name}`, says: 'changed', code: 'reported', report: { ...good, missing: [] } });
    expect(calls.map((call) => [call.protocol, call.model])).toEqual([[protocol, name.replace(/^(chat|messages):/, '')]]);
    const [{ usage, body } = { usage: null, body: null }] = calls;
    expect(claim.usage).toMatchObject({ model: calls[0]?.model, input: usage?.input, output: usage?.output, costUsd: null });
    expect(usage?.input).toBeGreaterThan(0);
    const said = JSON.stringify(body);
    for (const words of ['You sort tickets.', 'Say.', '"tool_choice"', '"kind"']) expect(said).toContain(words);
  });
});

describe.each(['small', 'claude-small'])('model:%s', (name) => {
  test('whose report is refused is told why, once, and the good one after it counts', async () => {
    const bad = { state: 'DONE', summary: 'Sure.', kind: 'nonsense' };
    const mended = await ask(name, { steps: [{ report: bad }, { report: good }] });
    expect(mended.claim).toMatchObject({ says: 'changed', report: { kind: 'bug' } });
    expect(JSON.stringify(mended.calls[1]?.body)).toMatch(/This report was not accepted.*kind/);
    const never = await ask(name, { steps: [{ report: bad, times: 'forever' }] });
    expect(never.claim).toMatchObject({ says: 'failed', code: 'no-report', summary: expect.stringContaining('kind') as string });
    expect(never.claim.failure).toBeUndefined();
    expect(never.calls).toHaveLength(2);
  });

  test('that answers in words has handed in nothing, whatever they say', async () => {
    const { claim, calls } = await ask(name, { steps: [{ say: JSON.stringify(good), times: 'forever' }] });
    expect(claim).toMatchObject({ says: 'failed', code: 'no-report' });
    expect(calls).toHaveLength(2);
  });

  test.each([
    ['login', 'agent-login', 'login'],
    ['overloaded', 'agent-overloaded', 'provider'],
    ['context-overflow', 'agent-context-overflow', 'environment'],
  ])('fails by its class where the model has the fault %s', async (fault, code, failure) => {
    expect(await failureOf(name, fault)).toEqual([code, failure]);
  });

  test('that declines is for a person', async () => {
    const { claim } = await ask(name, { steps: [{ say: 'I will not.', stop: 'refusal', times: 'forever' }] });
    expect([claim.code, claim.failure]).toEqual(['agent-refused', undefined]);
  });

  test('that says nothing for too long is ended, and so is one that takes too long', async () => {
    const silent = { steps: [{ report: good }], faults: [{ fault: 'no-answer', at: 1, times: 'forever' }] };
    expect((await ask(name, silent, { stallMs: 400 })).claim).toMatchObject({ code: 'agent-stalled', failure: 'stall' });
    expect((await ask(name, silent, { timeoutMs: 400 })).claim).toMatchObject({ code: 'agent-timed-out', failure: 'timeout' });
  });
});

test.each([
  ['quota', 'agent-quota', 'quota'],
  ['rate-limit', 'agent-rate-limit', 'provider'],
  ['server', 'agent-server', 'provider'],
  ['bad-request', 'agent-bad-request', 'environment'],
  ['unknown', 'agent-model-unknown', 'environment'],
  ['html', 'agent-server', 'provider'],
  ['drop', 'agent-network', 'network'],
])('a model with the fault %s fails by its class', async (fault, code, failure) => {
  expect(await failureOf('small', fault)).toEqual([code, failure]);
});

test("shows the owner's key to no command, no record and no log", async () => {
  const { claim } = await ask('small', { steps: [{ report: good }] });
  const kept = await Promise.all(claim.logs.map(({ sha256 }) => blobs.text(sha256)));
  expect(commands).toHaveLength(1);
  expect(kept).toHaveLength(2);
  expect(JSON.stringify([commands, kept, claim, told])).not.toContain(key);
});

test('without a gateway nothing is started, and the next station may do it', async () => {
  expect(await perform('small', {}, false)).toMatchObject({ says: 'failed', code: 'gateway-missing', failure: 'environment' });
  expect(commands).toEqual([]);
});

test('a gateway that is not there is a failure of the network', async () => {
  gateway.url = 'http://127.0.0.1:9';
  expect(await perform('small')).toMatchObject({ code: 'agent-network', failure: 'network' });
});

test('a job that is withdrawn ends the question', async () => {
  const stop = new AbortController();
  const silent = { steps: [{ report: good }], faults: [{ fault: 'no-answer', at: 1, times: 'forever' }] };
  const note = (message: string): void => (message.endsWith('started') ? stop.abort('withdrawn') : undefined);
  await expect(ask('small', silent, { signal: stop.signal, note })).rejects.toMatchObject({ code: 'interrupted' });
});
