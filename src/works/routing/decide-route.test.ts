import { beforeEach, describe, expect, it } from 'vitest';
import { changeStage, MemoryHouse, onlyRuns, runInput, taskLine, writer, type HouseProcess } from '../../../kit/house/index.ts';
import type { GatewayConfig } from '../../core/gateway/config/gateway-config.ts';
import type { Model } from '../../core/gateway/config/model.ts';
import type { Claim } from '../../core/evidence/fact.ts';
import type { PriorTables } from '../../core/gateway/routing/priors.ts';
import type { Station } from '../../core/ports/station.ts';
import { newEvents, performRunStep, submitRun } from '../run/index.ts';
import { decideRoute, routingDesk, type RouteOrder } from './index.ts';

const model = (at: string, prior: string): Model => ({
  upstreams: [at],
  price: { asOf: '2026-11-20', input: 1, output: 5 },
  window: 200_000,
  output: 8000,
  capabilities: ['tools'],
  weights: 'open',
  prior,
});
const config: GatewayConfig = {
  providers: { a: { protocols: ['chat'], base: 'https://x.example', vendor: 'a', region: 'us' } },
  models: { cheap: model('a/cheap-1', 'Cheap'), strong: model('a/strong-1', 'Strong') },
  slots: { coder: 'auto' },
};
const priors: PriorTables = {
  tables: [
    {
      benchmark: 'B',
      source: 's',
      asOf: '2026-11-20',
      trials: 1,
      rows: [
        { harness: 'h', model: 'Cheap', resolved: 0.6, usd: 0.03, weights: 'open' },
        { harness: 'h', model: 'Strong', resolved: 0.75, usd: 0.7, weights: 'open' },
      ],
    },
  ],
};
const line = taskLine([changeStage({ station: 'agent' })]);
const desk = () =>
  routingDesk(
    async () => process.needs,
    async () => [],
  );

let house: MemoryHouse;
let process: HouseProcess;

beforeEach(() => {
  house = new MemoryHouse({
    files: { 'src/a.ts': '1\n', 'lib/b.py': '2\n' },
    hands: onlyRuns((step, signal, { needs }) => performRunStep(step, signal, needs)),
  });
  house.stations.set('agent', agent);
  process = house.process();
  process.serve();
});

/** Writes, and tells which model it had for it. */
const agent: Station = {
  name: 'agent',
  perform: async (job): Promise<Claim> => {
    const usage = { model: 'cheap-1', input: 1, cacheRead: 0, cacheWrite: 0, output: 1, reasoning: null, costUsd: 0.5 };
    return { ...(await writer().perform(job)), station: 'agent', usage };
  },
};

async function worked(key: string): Promise<string> {
  const input = runInput(line, key);
  await process.engine.transaction((tx) => submitRun(input, process.needs, tx));
  await house.ended(input.run);
  return input.run;
}

function order(key = 'one', otherwise: Partial<RouteOrder> = {}): RouteOrder {
  const { run, seed } = runInput(line, key);
  return {
    run,
    line: 'tasks',
    seed,
    stage: 'change',
    slot: 'coder',
    config,
    cuts: [],
    priors,
    feedback: [],
    harness: null,
    usdLeft: null,
    override: null,
    ...otherwise,
  };
}

describe('a plan that is chosen for a run', () => {
  it('is an event that its ledger takes and that can be explained from there alone', async () => {
    const run = await worked('one');
    const body = await decideRoute(order(), process.needs);
    await process.needs.ledger.append(runInput(line).run, newEvents([['route/change', body]], house.clock.now()));
    const { routes } = await desk().explain(run.slice(0, 9));
    expect(routes).toMatchObject([{ stage: 'change', attempt: 1, route: body.route }]);
    expect(body.route.features.mix).toBe(0.5);
    expect(body.route.plan?.length).toBeGreaterThan(0);
  });

  it('is the same whenever it is asked for again, and draws otherwise for another run', async () => {
    expect(await decideRoute(order(), process.needs)).toEqual(await decideRoute(order(), process.needs));
  });

  it('goes by what runs of this factory came to: their verdicts and their cost', async () => {
    const before = (await decideRoute(order('new'), process.needs)).route;
    for (const key of ['a', 'b', 'c']) await worked(key);
    const after = (await decideRoute(order('new'), process.needs)).route;
    expect([before.attempts, after.attempts]).toEqual([0, 3]);
    expect(after.chances['cheap']?.solves).toBeGreaterThan(before.chances['cheap']?.solves ?? 1);
    expect(after.sources['cheap']?.usd).toBeCloseTo((3 * 0.5 + 10 * 0.03) / 13, 9);
  });

  it('is what a person says, and has no more than is left', async () => {
    const { route } = await decideRoute(order('one', { override: { by: 'ada', models: ['strong'] } }), process.needs);
    expect(route).toMatchObject({ plan: ['strong'], because: 'override', isLearnedFrom: false });
    const poor = await decideRoute(order('one', { usdLeft: 0.1 }), process.needs);
    expect(poor.route.excluded).toMatchObject([{ model: 'strong' }]);
  });

  it('of a job that nobody gave yet is told without a run', async () => {
    const told = await desk().explainNow({
      line: 'tasks',
      repository: '/shop',
      words: ['Mend src/a.ts'],
      slot: 'auto',
      config,
      priors,
      override: null,
    });
    expect(told).toMatchObject({ because: 'worth', attempts: 0, features: { namesFiles: 0.2 } });
    await expect(desk().explain('nothing')).rejects.toMatchObject({ code: 'run-unknown' });
  });
});
