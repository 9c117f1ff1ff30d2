import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RecordingWorld, ScriptedFactory } from '../../../kit/factory/index.ts';
import { readGatewaySettings } from '../../gateway-settings.ts';
import { describeSlots, openGateway, openModelStore } from '../../gateway.ts';
import { openModelTwin } from '../../model-twin.ts';
import { removeDatabase } from '../../plant/postgres/index.ts';
import { cli } from './cli.ts';

let folder: string;
let twin: Awaited<ReturnType<typeof openModelTwin>>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jidoka-gateway-store-'));
  twin = await openModelTwin({ scenario: null, replay: null, tape: null, port: 0 });
  const model = (price: string): string =>
    `{ upstreams: [house/twin], price: ${price}, window: 200000, output: 100, capabilities: [tools], weights: open }`;
  await writeFile(
    join(folder, 'factory.yaml'),
    `gateway:
  providers: { house: { protocols: [messages, chat], base: "${twin.url}", vendor: self, region: own } }
  models:
    strong: ${model('{ asOf: 2026-11-20, input: 3, output: 15 }')}
    cheap: ${model('{ asOf: 2026-11-01, input: 0.5, output: 1 }')}
  slots: { coder: strong, other: cheap }
  budgets: [{ of: line, per: day, usd: 1 }]
`,
  );
});
afterAll(async () => {
  await twin.close();
  await removeDatabase(folder);
  await rm(folder, { recursive: true, force: true });
});

function world(factory: ScriptedFactory | null = null): RecordingWorld {
  const gateway = { read: readGatewaySettings, open: openGateway, describe: describeSlots, store: openModelStore };
  const env = { JIDOKA_HOME: folder, JIDOKA_PG_BIN: process.env['JIDOKA_PG_BIN'] ?? '', PATH: process.env['PATH'] ?? '' };
  const here = new RecordingWorld({ cwd: folder, env, gateway, ...(factory !== null && { factory }) });
  // The gateway goes by the clock of the machine.
  here.time = Date.now();
  return here;
}

async function said(...argv: string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const here = world();
  const code = await cli(argv, here);
  return { code, out: here.stdout.text, err: here.stderr.text };
}

interface Document {
  readonly url: string;
  readonly key: string;
}

async function ask({ url, key }: Document): Promise<number> {
  const body = JSON.stringify({ model: 'coder', max_tokens: 10, messages: [{ role: 'user', content: 'Hello?' }] });
  const answer = await fetch(`${url}/g/${key}/v1/chat/completions`, { method: 'POST', body });
  await answer.text();
  return answer.status;
}

interface SpendDocument {
  readonly rows: readonly { readonly of: { readonly model: string }; readonly calls: number; readonly cost: { readonly asOf: string } }[];
}

async function spend(): Promise<string> {
  const { rows } = JSON.parse((await said('gateway', 'spend', '--json', '--by', 'model')).out) as SpendDocument; // printed as such
  return rows.map(({ of, calls, cost }) => `${of.model} ${calls} ${cost.asOf}`).join(', ');
}

it('a gateway of a factory takes swaps over live, and its calls are summed by model, after it has ended too', async () => {
  const here = world();
  const ending = cli(['gateway', 'serve', '--json', '--config', 'factory.yaml', '--port', '0'], here);
  await here.stdout.wrote('\n');
  const gateway = JSON.parse(here.stdout.text) as Document; // printed as such
  expect(await ask(gateway)).toBe(200);
  const typo = await said('models', 'swap', 'codr', 'cheap');
  expect([typo.code, typo.err]).toEqual([2, expect.stringContaining('Did you mean "coder"?')]);
  expect((await said('models', 'swap', 'coder', 'none')).code).toBe(2);
  const swapped = await said('models', 'swap', 'coder', 'cheap', '--for', '1h');
  expect([swapped.code, swapped.out]).toEqual([0, expect.stringContaining('swapped: coder -> cheap')]);
  // It hears of it by itself; each call that is asked meanwhile is answered.
  while (!(await spend()).includes('cheap')) expect(await ask(gateway)).toBe(200);
  const models = await said('models', '--config', 'factory.yaml');
  expect(models.out).toContain('coder -> cheap');
  expect((await said('models', 'unswap', 'coder')).code).toBe(0);
  expect((await said('models', 'unswap', 'coder')).code).toBe(2);
  here.send('SIGTERM');
  expect(await ending).toBe(0);
  expect(here.stderr.text).toBe('');
  expect(await spend()).toMatch(/^strong \d+ 2026-11-20, cheap \d+ 2026-11-01$|^cheap \d+ 2026-11-01, strong \d+ 2026-11-20$/);
  const text = (await said('gateway', 'spend', '--run', 'own')).out;
  expect(text).toContain('STAGE');
  expect(text).toContain('Prices as of 2026-11-01 or later.');
  // Set for gateways to come: the file of the factory says what there is.
  expect((await said('models', 'swap', 'coder', 'none')).code).toBe(2);
  const itself = await said('models', 'swap', 'coder', 'coder');
  expect([itself.code, itself.err]).toEqual([2, expect.stringContaining('filled by itself: coder -> coder')]);
  expect((await said('models', 'swap', 'other', 'coder')).code).toBe(0);
  const circle = await said('models', 'swap', 'coder', 'other');
  expect([circle.code, circle.err]).toEqual([2, expect.stringContaining('filled by itself: coder -> other -> coder')]);
  expect((await said('models', 'unswap', 'other')).code).toBe(0);
  expect((await said('models', 'swap', 'coder', 'cheap')).code).toBe(0);
});

it('trace tells what was said, and makes a tape by which a twin answers word for word', async () => {
  const factory = new ScriptedFactory({ folder, runsOf: () => [] });
  Object.assign(factory, { show: async () => ({ summary: { run: 'own' } }), close: async () => undefined }); // no more of a run is asked for
  const trace = async (...argv: string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> => {
    const here = world(factory);
    const code = await cli(['trace', 'own', ...argv], here);
    return { code, out: here.stdout.text, err: here.stderr.text };
  };
  const told = await trace();
  expect([told.code, told.out]).toEqual([
    0,
    expect.stringMatching(/conversation 1[^]*coder by house\/twin[^]*user: Hello\?[^]*assistant: \w/),
  ]);
  // The clock that measures calls tells far more than a person reads.
  const times = [...told.out.matchAll(/, (\S+) ms$/gm)].map(([, ms]) => ms);
  expect(times.length).toBeGreaterThan(0);
  expect(times.filter((ms) => !/^\d+$/.test(ms ?? ''))).toEqual([]);
  // The swap of the test before.
  expect(told.out).toMatch(
    /left house\/\S+ with \d+ tokens in its cache, which is taken to cost \$\S+: house\/\S+ is no way of this call any more\./,
  );
  expect((await trace('--tape', 'own.jsonl')).out).toMatch(/^\d+ calls are in own\.jsonl\.$/m);
  const text = await readFile(join(folder, 'own.jsonl'), 'utf8');
  const again = await openModelTwin({ scenario: null, replay: { path: 'own.jsonl', text }, tape: null, port: 0 });
  try {
    // The same question was asked several times, each time anew.
    const taped = text
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { readonly answer: { readonly body: string } }).answer.body); // written as such
    expect(new Set(taped).size).toBeGreaterThan(1);
    for (const body of taped) expect(await askFor(again.url)).toEqual([200, body]);
    expect(await askFor(again.url)).toEqual([400, expect.stringContaining('no further answer')]);
  } finally {
    await again.close();
  }
  const none = await trace('--stage', 'nowhere');
  expect([none.code, none.err]).toEqual([2, expect.stringContaining('No call of a model is on record for stage "nowhere"')]);
});

async function askFor(url: string): Promise<readonly [status: number, text: string]> {
  const body = JSON.stringify({ model: 'coder', max_tokens: 10, messages: [{ role: 'user', content: 'Hello?' }] });
  const answer = await fetch(`${url}/v1/chat/completions`, { method: 'POST', body });
  return [answer.status, await answer.text()];
}

it('purge removes nothing that may still be written, and tells what it removed and what stays', async () => {
  for (const more of [[], ['--older-than', '1h'], ['--older-than', 'long'], ['--older-than', '2d', '--bodies']])
    expect((await said('gateway', 'purge', ...more)).code).toBe(2);
  const before = await spend();
  const purged = await said('gateway', 'purge', '--older-than', '3d', '--bodies', '--json');
  expect([purged.code, JSON.parse(purged.out)]).toMatchObject([0, { what: 'bodies', purged: { bodies: 0, calls: 0, open: 0 } }]);
  expect(await spend()).toBe(before);
  expect((await said('gateway', 'purge', '--older-than', '30d')).out).toMatch(/^Of before \d{4}-.* UTC, 0 bodies \(0\.0 MB\) and 0 calls/);
});

it('spend refuses what nothing is summed by, and a time that is none', async () => {
  expect((await said('gateway', 'spend', '--by', 'modl')).err).toContain('Did you mean "model"?');
  expect((await said('gateway', 'spend', '--since', 'yesterday')).code).toBe(2);
});
