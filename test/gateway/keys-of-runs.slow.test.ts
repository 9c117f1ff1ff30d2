import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { saying } from '../../kit/scenario/index.ts';
import { openDatabase, type Database } from '../../src/plant/postgres/index.ts';
import { politeScenario, startModelTwin, type ModelTwin } from '../../src/plant/twin/index.ts';
import { taskLineFile } from '../floor/task-line.ts';
import { readResult } from '../scenarios/read-result.ts';
import { openScene, type Scene } from '../scenarios/scene.ts';

const owner = (url: string): string => `gateway:
  providers: { twin: { protocols: [chat], base: "${url}", vendor: self, region: own } }
  models:
    small: { upstreams: [twin/small], price: { asOf: 2026-11-20, input: 1, output: 1 }, window: 200000, output: 8000, capabilities: [tools], weights: open }
  slots: { main: small }
  roles: { default: main }
`;

/** A station that asks a model, and makes a file of its status. */
const asking = `node -e '
const body = JSON.stringify({ model: "whatever", max_tokens: 20, messages: [{ role: "user", content: "Do it." }] });
fetch(process.env.OPENAI_BASE_URL + "/chat/completions", { method: "POST", headers: { "content-type": "application/json" }, body })
  .then((answer) => require("node:fs").writeFileSync("made.txt", String(answer.status)));'`;

let scene: Scene;
let twin: ModelTwin;
let database: Database;
beforeAll(async () => {
  twin = await startModelTwin({ scenario: politeScenario(), port: 0, tape: null, replay: null });
  scene = await openScene([saying('plain', { '1.0.0': 'hello', '1.1.0': 'hello' })], { floor: 'sandbox' });
  await mkdir(scene.home, { recursive: true });
  await writeFile(join(scene.home, 'factory.yaml'), owner(twin.url));
  await scene.ask(['runs']);
  database = await openDatabase({ home: scene.home, log: () => {}, env: process.env, binDir: process.env['JIDOKA_PG_BIN'] ?? null });
  // A key that was made stays told of, though it ends with its run.
  await database.pool.query(`
    create table jidoka.key_made (run text);
    create function jidoka.tell_key() returns trigger language plpgsql as $$
      begin insert into jidoka.key_made values (new.run); return new; end $$;
    create trigger key_made after insert on jidoka.model_key for each row execute function jidoka.tell_key()`);
});
afterAll(async () => {
  await database.close();
  await scene.close();
  await twin.close();
});

/** How many keys were made for a run, and how many there are now. */
async function keysOf(run: string): Promise<readonly number[]> {
  const count = async (table: string): Promise<number> =>
    (await database.pool.query(`select 1 from jidoka.${table} where run = $1`, [run])).rows.length;
  return [await count('key_made'), await count('model_key')];
}

async function ended(...args: readonly string[]): Promise<string> {
  const { path } = await scene.project({ dependencies: { plain: '1.0.0' } });
  const result = readResult(await scene.ask(['run', ...args, '--repo', path, '--json']));
  expect(result, JSON.stringify(result)).toMatchObject({ verdict: 'PR_READY' });
  return result.run;
}

it('no key is made for a run of the mechanic, which asks no model', async () => {
  expect(await keysOf(await ended('deps', '--package', 'plain'))).toEqual([0, 0]);
});

it('a station that asks a model has a key, which ends with its run, and one that asks none has not', async () => {
  const line = (name: string, change: string, check: string): Promise<string> =>
    scene.write(`${name}.yaml`, taskLineFile({ name, change, check }));
  const asked = await ended('task', '--line', await line('asks', asking, 'grep -q 200 made.txt'), '--title', 'ask');
  expect(await keysOf(asked)).toEqual([1, 0]);
  const silent = await ended('task', '--line', await line('silent', 'echo mine > made.txt', 'true'), '--title', 'do');
  expect(await keysOf(silent)).toEqual([0, 0]);
});
