import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { descendants } from '../../kit/scenario/index.ts';
import type { Admission } from '../../src/core/ports/gateway/model-access.ts';
import { presetFloor } from '../../src/core/ports/floor.ts';
import { createFactory } from '../../src/factory.ts';
import { modelWays, type ModelWays } from '../../src/model-ways.ts';
import { systemClock } from '../../src/plant/clock/index.ts';
import { openGatewayStore, type GatewayStore } from '../../src/plant/gateway/store/index.ts';
import { openDatabase, removeDatabase, type Database } from '../../src/plant/postgres/index.ts';
import { politeScenario, startModelTwin, type ModelTwin } from '../../src/plant/twin/index.ts';
import { giveCluster } from '../cluster/give-cluster.ts';

const secret = 'sk-of-the-provider-0123456789';
const owner = (url: string, key: string, more = ''): string => `gateway:
  providers: { house: { protocols: [chat], base: "${url}", key: "${key}", vendor: self, region: own } }
  models:
    strong:
      upstreams: [house/twin]
      price: { asOf: 2026-11-20, input: 3, output: 15 }
      window: 200000
      output: 100
      capabilities: [tools]
      weights: open
  slots: { main: strong, side: strong }
  roles: { default: main }
  ${more}
`;

let home: string;
let database: Database;
let store: GatewayStore;
let twin: ModelTwin;
let logged: string[] = [];
const open: ModelWays[] = [];
const postgresBin = process.env['JIDOKA_PG_BIN'] ?? null;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'jidoka-own-gateway-'));
  await giveCluster(home);
  database = await openDatabase({ home, log: () => {}, env: process.env, binDir: postgresBin });
  store = openGatewayStore({ database, clock: systemClock(), log: () => {} });
  twin = await startModelTwin({ scenario: politeScenario(), port: 0, tape: null, replay: null });
});
afterEach(async () => {
  for (const ways of open.splice(0)) await ways.close();
});
afterAll(async () => {
  await twin.close();
  await store.close();
  await database.close();
  await removeDatabase(home);
  await rm(home, { recursive: true, force: true });
});

async function waysWith(key = 'env:HOUSE_KEY', more = ''): Promise<ModelWays> {
  logged = [];
  await writeFile(join(home, 'factory.yaml'), owner(twin.url, key, more));
  const env = { ...process.env, HOUSE_KEY: secret };
  const ways = await modelWays({
    home,
    env,
    database: { databaseUrl: null, postgresBin },
    now: () => Date.now(),
    log: (line) => void logged.push(line),
  });
  ways.connect(store);
  open.push(ways);
  return ways;
}

let runs = 0;
function admissionOf(): Admission {
  const run = `bug-own-${(runs += 1)}`;
  return {
    workspace: `${run}-change`,
    caller: { line: 'bug', fleet: null, run, stage: 'change', station: 'coder' },
    asks: 'main',
    lifeMs: 60_000,
    goesOn: false,
  };
}

async function keysOf({ caller }: Admission): Promise<number> {
  const { rows } = await database.pool.query('select 1 from jidoka.model_key where run = $1', [caller.run]);
  return rows.length;
}

/** Asks as the egress does for a workspace. */
async function ask({ upstream }: ModelWays, job: string, model = 'vendor-small-1'): Promise<number> {
  const target = await upstream.target({ job, path: '/v1/chat/completions', headers: {} });
  if (target.kind === 'none') throw new Error(target.why);
  const body = JSON.stringify({ model, max_tokens: 10, messages: [{ role: 'user', content: 'Hello?' }] });
  const answer = await fetch(`${target.base}${target.path}`, { method: 'POST', headers: { ...target.proof }, body });
  await answer.text();
  return answer.status;
}

const gatewaysOf = async () => (await descendants(process.pid)).filter(({ name }) => name === 'jidoka-gateway');

describe("the factory's own gateway", () => {
  it('answers an admitted workspace by its slot, whatever model it names, and counts that for its run', async () => {
    const ways = await waysWith();
    const admission = admissionOf();
    const { run } = admission.caller;
    expect(ways.access.slotOf('anybody')).toBe('main');
    await expect(ask(ways, admission.workspace)).rejects.toThrow('no station works in this workspace now');
    const admitted = await ways.access.admit(admission);
    expect([await ask(ways, admission.workspace), await ask(ways, admission.workspace, 'main')]).toEqual([200, 200]);
    expect(await ways.access.count(run)).toMatchObject([
      { stage: 'change', station: 'coder', model: 'strong', calls: 2, asOf: '2026-11-20' },
    ]);
    const { proof } = (await ways.upstream.target({ job: admission.workspace, path: '/', headers: {} })) as {
      proof: Record<string, string>;
    };
    await admitted.end();
    await expect(ask(ways, admission.workspace)).rejects.toThrow('no station works');
    expect(JSON.stringify([proof, logged])).not.toContain(secret);
  });

  it('makes keys as their station may have them: other names lead to its slot, and its calls come to an end', async () => {
    const more = 'keys: { default: { slots: [], calls: 2 }, other: { slots: [second] } }\n  plans: { second: [strong] }';
    const ways = await waysWith('env:HOUSE_KEY', more);
    const [admission, { caller, ...rest }] = [admissionOf(), admissionOf()];
    await ways.access.admit(admission);
    const asked: number[] = [];
    for (const name of ['second', 'vendor-small-1', 'main']) asked.push(await ask(ways, admission.workspace, name));
    expect(asked).toEqual([200, 200, 402]);
    await ways.access.admit({ ...rest, caller: { ...caller, station: 'other' } });
    expect(await ask(ways, rest.workspace, 'second')).toBe(200);
    const slotsOf = async (run: string) => {
      await ways.access.count(run);
      return (await store.calls.spend(['slot'], { run })).map(({ of, calls }) => [of.slot, calls]);
    };
    expect(await slotsOf(admission.caller.run)).toEqual([['main', 2]]);
    expect(await slotsOf(caller.run)).toEqual([['second', 1]]);
  });

  it.each([
    ['its own', { slot: 'main' }, ['cheap 2', 'side 1', 'strong 1']],
    ['any, where its role has none', { slot: null }, ['cheap 3', 'strong 1']],
    ['none, where none was chosen', undefined, ['auto 1', 'main 1', 'side 1', 'strong 1']],
  ])('asks a plan that was chosen in the place of a slot: %s', async (_, chosen, led) => {
    const ways = await waysWith('env:HOUSE_KEY', 'plans: { cheap: [strong] }');
    const { caller, ...rest } = { ...admissionOf(), asks: 'cheap' };
    await ways.access.admit({ ...rest, caller, ...(chosen && { chosen }) });
    for (const name of ['main', 'auto', 'side', 'strong']) expect(await ask(ways, rest.workspace, name)).toBe(200);
    await ways.access.count(caller.run);
    const asked = (await store.calls.spend(['slot'], { run: caller.run })).map(({ of, calls }) => `${of.slot} ${calls}`);
    expect(asked.toSorted()).toEqual(led);
  });

  it('tells what budgets refused a turn of a station, and not another one of the same stage', async () => {
    const ways = await waysWith('env:HOUSE_KEY', 'budgets: [{ of: run, calls: 1 }]');
    const admission = admissionOf();
    const first = await ways.access.admit(admission);
    expect([await ask(ways, admission.workspace), await first.refused()]).toEqual([200, null]);
    expect([await ask(ways, admission.workspace), await ask(ways, admission.workspace)]).toEqual([402, 402]);
    const refused = {
      calls: 2,
      sentence: `The budget of run ${admission.caller.run} has no room for this call: 1 call of 1 call is used or reserved, and the call may come to 1 call.`,
      answeredAfter: false,
    };
    expect(await first.refused()).toEqual(refused);
    await first.end();
    const again = await ways.access.admit(admission);
    expect(await again.refused()).toBeNull();
    expect(await ask(ways, admission.workspace)).toBe(402);
    expect(await again.refused()).toEqual({ ...refused, calls: 1 });
    const left = await ways.access.admit({ ...admission, goesOn: true });
    expect(await left.refused()).toEqual({ ...refused, calls: 3 });
  });

  it('makes a key with the first request, one for all that come at once, and none for who asks nothing', async () => {
    const ways = await waysWith();
    const [idle, busy] = [admissionOf(), admissionOf()];
    const admitted = [await ways.access.admit(idle), await ways.access.admit(busy)];
    const ask3 = ['a', 'b', 'c'].map((model) => ask(ways, busy.workspace, model));
    expect(await Promise.all(ask3)).toEqual([200, 200, 200]);
    for (const { end } of admitted) await end();
    expect([await keysOf(idle), await keysOf(busy)]).toEqual([0, 1]);
    await ways.access.endRun(busy.caller.run);
    expect(await keysOf(busy)).toBe(0);
  });

  it('has made what key it was making when the turn of a station ends, so that the end of the run ends that too', async () => {
    const ways = await waysWith();
    const admission = admissionOf();
    const admitted = await ways.access.admit(admission);
    const asked = ways.upstream.target({ job: admission.workspace, path: '/', headers: {} });
    const over = admitted.end().then(() => ways.access.endRun(admission.caller.run));
    expect((await asked).kind).toBe('at');
    await over;
    expect(await keysOf(admission)).toBe(0);
  });

  it('refuses the key of a run that ended', async () => {
    const ways = await waysWith();
    const admission = admissionOf();
    await ways.access.admit(admission);
    expect(await ask(ways, admission.workspace)).toBe(200);
    await ways.access.endRun(admission.caller.run);
    while ((await ask(ways, admission.workspace)) === 200);
    expect(await ask(ways, admission.workspace)).toBe(401);
  });

  it('is started again where it was killed, and its keys are good there', async () => {
    const ways = await waysWith();
    const admission = admissionOf();
    await ways.access.admit(admission);
    await ways.start();
    const [first] = await gatewaysOf();
    expect(first).toBeDefined();
    if (first !== undefined) process.kill(first.pid, 'SIGKILL');
    // Who asks in the moment of its death is told so, and asks again, as agents do.
    while (!logged.includes('gateway: it died; another is started')) await ask(ways, admission.workspace).catch(() => 0);
    expect(await ask(ways, admission.workspace)).toBe(200);
    await ways.close();
    expect(await gatewaysOf()).toEqual([]);
  });

  it('alone is given the keys of providers: an ssh client that carries a floor is not', async () => {
    await writeFile(join(home, 'factory.yaml'), owner(twin.url, 'env:HOUSE_KEY'));
    const [programs, seen] = [join(home, 'programs'), join(home, 'seen-by-ssh')];
    await mkdir(programs);
    await writeFile(join(programs, 'ssh'), `#!/bin/sh\nenv > ${seen}\nexit 255\n`, { mode: 0o755 });
    const env = {
      ...process.env,
      PATH: `${programs}:${process.env['PATH'] ?? ''}`,
      HOUSE_KEY: secret,
      JIDOKA_MODEL_KEY: secret,
      OTHER: 'kept',
    };
    const floor = { ...presetFloor, kind: 'ssh', host: 'ada@build.example' } as const;
    const factory = await createFactory({ home, databaseUrl: null, postgresBin, floor, env, version: '0.0.0-test', log: () => undefined });
    try {
      const findings = await factory.doctor();
      expect(findings.find(({ name }) => name === 'provider house')).toMatchObject({ ok: true });
    } finally {
      await factory.close();
    }
    const given = await readFile(seen, 'utf8');
    expect(given).toContain('OTHER=kept');
    expect(given).not.toContain(secret);
  });

  it('says what is missing where nothing of it can be asked, and in which file what cannot be honoured stands', async () => {
    const ways = await waysWith('env:NOBODY_HAS_THIS');
    const admission = admissionOf();
    await ways.access.admit(admission);
    expect(await ask(ways, admission.workspace)).toBe(500);
    await writeFile(join(home, 'factory.yaml'), 'gateway: { providers: 1 }\n');
    const options = { home, env: {}, database: { databaseUrl: null, postgresBin }, now: () => 0, log: () => undefined };
    await expect(modelWays(options)).rejects.toMatchObject({ code: 'gateway-invalid', message: expect.stringContaining('factory.yaml') });
  });
});
