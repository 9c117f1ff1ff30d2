import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Running, startCommand } from '../../kit/scenario/index.ts';
import { openModelTwin } from '../../src/model-twin.ts';
import { openDatabase, removeDatabase, type Database } from '../../src/plant/postgres/index.ts';
import { giveCluster } from '../cluster/give-cluster.ts';
import { http, rawUpstream, type RawUpstream } from './raw-upstream.ts';

const key = 'key-of-the-owner-of-the-gateways';
const env = { PATH: process.env['PATH'] ?? '', OWN_KEY: key, JIDOKA_PG_BIN: process.env['JIDOKA_PG_BIN'] ?? '', NO_COLOR: '1' };

let home: string;
let database: Database;
let twin: Awaited<ReturnType<typeof openModelTwin>>;
let cloud: RawUpstream;
const running: Running[] = [];
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'jidoka-shared-'));
  await giveCluster(home);
  database = await openDatabase({ home, log: () => {}, env: process.env, binDir: process.env['JIDOKA_PG_BIN'] ?? null });
  twin = await openModelTwin({ scenario: null, replay: null, tape: null, port: 0 });
  cloud = await rawUpstream((socket) => socket.write(http(401, '{"error":{"message":"no such key"}}')));
  const model = `{ upstreams: [cloud/m, house/twin], price: { asOf: 2026-11-20, input: 3, output: 15 }, window: 200000, output: 100, capabilities: [tools], weights: open }`;
  await writeFile(
    join(home, 'factory.yaml'),
    `gateway:
  providers:
    cloud: { protocols: [chat], base: "${cloud.url}", vendor: a, region: us }
    house: { protocols: [chat], base: "${twin.url}", vendor: self, region: own }
  models: { strong: ${model} }
  slots: { coder: strong }
`,
  );
});
afterAll(async () => {
  for (const one of running) one.kill('SIGKILL');
  await Promise.all(running.map(({ ended }) => ended));
  await cloud.close();
  await twin.close();
  await database.close();
  await removeDatabase(home);
  await rm(home, { recursive: true, force: true });
});

const command = (...argv: string[]): Running => startCommand([...argv, '--json', '--home', home], { cwd: home, env });

/** A gateway of the factory, in a process of its own, by its address. */
async function gateway(): Promise<{ readonly process: Running; readonly url: string }> {
  const process = command('gateway', 'serve', '--port', '0', '--key', 'env:OWN_KEY');
  running.push(process);
  const over = process.ended.then(({ stderr }) => Promise.reject(new Error(`It ended: ${stderr}`)));
  over.catch(() => undefined);
  while (process.out().length === 0) await Promise.race([over, pause(20)]);
  return { process, url: (JSON.parse(process.out()[0] ?? '') as { url: string }).url }; // printed as such
}

async function ask({ url }: { readonly url: string }): Promise<number> {
  const body = JSON.stringify({ model: 'coder', max_tokens: 10, messages: [{ role: 'user', content: 'Hello?' }] });
  const answer = await fetch(`${url}/g/${key}/v1/chat/completions`, { method: 'POST', body });
  await answer.text();
  return answer.status;
}

async function document<T>(...argv: string[]): Promise<T> {
  const { code, stdout, stderr } = await command(...argv).ended;
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as T; // each caller names what the command prints
}

interface Models {
  readonly rests: readonly { readonly at: string; readonly why: string; readonly by: string }[];
}

it('a provider that cut one gateway off is asked by no other, though the first was killed', async () => {
  const [first, second] = [await gateway(), await gateway()];
  expect(await ask(first)).toBe(200);
  expect(cloud.requests).toHaveLength(1);
  let { rests } = await document<Models>('models');
  while (rests.length === 0) ({ rests } = await document<Models>('models'));
  expect(rests).toMatchObject([{ at: 'cloud/m', why: 'cut', by: expect.stringMatching(new RegExp(` ${first.process.pid}$`)) }]);
  first.process.kill('SIGKILL');
  await first.process.ended;
  const third = await gateway();
  expect([await ask(second), await ask(third)]).toEqual([200, 200]);
  expect(cloud.requests).toHaveLength(1);
});

it('a purge that is killed leaves no call without its bodies that it does not explain, and the next one finishes', async () => {
  const old = 5_000;
  await database.pool.query(`
    insert into jidoka.blob (sha256, bytes, at)
    select encode(sha256(('body ' || n)::bytea), 'hex'), ('body ' || n)::bytea, now() - interval '50 days' from generate_series(1, ${old * 2}) n`);
  await database.pool.query(`
    insert into jidoka.model_call
    select made.* from (select * from jidoka.model_call limit 1) c, generate_series(1, ${old}) n,
      lateral jsonb_populate_record(null::jidoka.model_call, to_jsonb(c) || jsonb_build_object(
        'id', 'old-' || n, 'at', now() - interval '40 days', 'run', 'old',
        'request', jsonb_build_array(encode(sha256(('body ' || n)::bytea), 'hex')),
        'answer', encode(sha256(('body ' || (n + ${old}))::bytea), 'hex'))) made`);
  const left = async (): Promise<number> =>
    Number(
      (await database.pool.query<{ count: string }>(`select count(*) from jidoka.blob where at < now() - interval '49 days'`)).rows[0]
        ?.count,
    );
  const purging = command('gateway', 'purge', '--older-than', '30d');
  while ((await left()) === old * 2) await pause(1);
  purging.kill('SIGKILL');
  await purging.ended;
  const { rows } = await database.pool.query<{ count: string }>('select count(*) from jidoka.model_purge');
  expect(rows[0]?.count).toBe('1');
  const { purged } = await document<{ purged: { calls: number; open: number } }>('gateway', 'purge', '--older-than', '30d');
  expect(purged.open).toBe(0);
  expect(await left()).toBe(0);
  const calls = await database.pool.query<{ run: string }>('select distinct run from jidoka.model_call');
  expect(calls.rows).toEqual([{ run: 'own' }]);
});
