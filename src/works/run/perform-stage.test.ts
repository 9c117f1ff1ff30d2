import { beforeEach, expect, it } from 'vitest';
import { memoryBlobs } from '../../../kit/blobs/index.ts';
import { manualClock } from '../../../kit/clock/index.ts';
import { sampleLine, samplePacket, sampleSeed, sha256 } from '../../../kit/evidence/index.ts';
import { memoryLedger } from '../../../kit/ledger/index.ts';
import { fakePackage, memoryRegistry } from '../../../kit/registry/index.ts';
import { parseRunId } from '../../core/base/ids.ts';
import { initialState } from '../../core/line/next.ts';
import { JidokaError } from '../../core/base/error.ts';
import type { Job } from './job.ts';
import { performStage } from './perform-stage.ts';

const run = parseRunId('deps-ms-2.1.3-00000000');
const stage = { id: 'applicability', does: 'applicability', retries: 2 } as const;
const clock = manualClock();
let reads = 0;
let job: Job;
let registry: ReturnType<typeof memoryRegistry>;

const nowhere = (): never => {
  throw new JidokaError('invariant', 'This stage makes no workspace.', { mend: 'none' });
};

beforeEach(() => {
  reads = 0;
  registry = memoryRegistry([fakePackage('ms', { '2.0.0': {}, '2.1.3': {} })]);
  const probe = { kind: 'test', tier: 'T0', host: 'h', platform: 'p', user: 'u', node: '20.20.2', npm: '11.0.0', caveats: [] } as const;
  const forge = {
    read: async (_: unknown, path: string) => {
      reads += 1;
      return path === 'package.json' ? '{"dependencies":{"ms":"2.0.0"}}' : null;
    },
    list: async () => ['package.json'],
    open: nowhere,
    checkout: nowhere,
    harvest: nowhere,
    apply: nowhere,
    filter: nowhere,
    publish: nowhere,
    attach: nowhere,
    resolve: nowhere,
  };
  const needs = {
    ledger: memoryLedger(),
    blobs: memoryBlobs(),
    clock,
    sha256,
    forge,
    registry,
    executor: 'first',
    pid: 1,
    version: '0.0.0',
    stations: new Map(),
    floor: { kind: 'test', probe: async () => probe, open: nowhere, reap: async () => 0 },
    advisories: { advisories: async () => ({ kind: 'unavailable', source: 'none', reason: 'none' }) as const },
    evidence: { write: nowhere, place: () => '' },
    progress: () => undefined,
  };
  const input = { run, seed: sampleSeed, line: sampleLine, lineDigest: 'd', attempt: 1, delivery: 'branch', advisories: null } as const;
  job = {
    run,
    packet: samplePacket,
    state: initialState,
    signal: new AbortController().signal,
    note: () => undefined,
    needs,
    input: { ...input },
  };
});

it('does not do a stage again that the ledger knows as completed: a crash after the append, before the checkpoint', async () => {
  const first = await performStage(stage, 1, job);
  const readOnce = reads;
  const again = await performStage(stage, 1, { ...job, needs: { ...job.needs, executor: 'second' } });
  expect(again).toEqual(first);
  expect(reads).toBe(readOnce);
  const started = (await job.needs.ledger.read(run)).filter((event) => event.body.type === 'stage.started');
  expect(started).toHaveLength(1);
});

it('appends facts and completion together: a stage that is not completed has left no fact', async () => {
  await performStage(stage, 1, job);
  const types = (await job.needs.ledger.read(run)).map((event) => event.body.type);
  expect(types).toEqual(['stage.started', 'fact.found', 'stage.completed']);
});

it('tries a failure of the surroundings a bounded number of times, and then makes it a fact', async () => {
  registry.fail('ms', 'registry');
  const performed = performStage(stage, 1, job);
  for (const delayMs of [1000, 2000]) {
    while (clock.sleepers() === 0) await new Promise((resolve) => setImmediate(resolve));
    clock.advance(delayMs);
  }
  expect(await performed).toMatchObject({ type: 'stage.completed', outcome: 'failed' });
  const bodies = (await job.needs.ledger.read(run)).map((event) => event.body);
  expect(bodies.filter((body) => body.type === 'stage.retried')).toHaveLength(2);
  expect(bodies.find((body) => body.type === 'fact.found')).toMatchObject({
    fact: { check: 'environment', outcome: 'broken', code: 'registry', data: { attempts: 3 } },
  });
});
