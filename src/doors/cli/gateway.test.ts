import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RecordingWorld } from '../../../kit/factory/index.ts';
import { readGatewaySettings } from '../../gateway-settings.ts';
import { describeSlots, openGateway } from '../../gateway.ts';
import { openModelTwin } from '../../model-twin.ts';
import { productLines } from '../../product-lines.ts';
import { publicPriors } from '../../shipped.ts';
import { cli } from './cli.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jidoka-gateway-'));
});
afterEach(() => rm(folder, { recursive: true }));

const secret = 'the-key-of-the-provider';
const ownKey = 'the-own-key-of-the-gateway';

/** A world in which nobody speaks of a factory: its gateways keep nothing in a database, of which the command would start one. */
function world(): RecordingWorld {
  const gateway = { read: readGatewaySettings, open: openGateway, describe: describeSlots, store: noStore };
  const shipped = { lines: productLines, priors: publicPriors };
  return new RecordingWorld({ cwd: folder, env: { JIDOKA_HOME: '', HOUSE_KEY: secret, GATEWAY_KEY: ownKey }, gateway, shipped });
}

const noStore = (): Promise<never> => Promise.reject(new Error('nobody named a factory whose database could be opened'));

async function settings(base: string): Promise<void> {
  await writeFile(
    join(folder, 'factory.yaml'),
    `gateway:
  providers:
    house: { protocols: [messages, chat], base: "${base}", key: env:HOUSE_KEY, vendor: self, region: own }
    cloud: { protocols: [responses], base: "${base}", key: env:NO_SUCH_KEY, vendor: b, region: eu }
  models:
    strong:
      upstreams: [cloud/big, house/twin]
      price: { asOf: 2026-11-20, input: 3, output: 15 }
      window: 200000
      output: 8000
      capabilities: [tools]
      weights: open
  slots: { coder: main, main: strong }
`,
  );
}

describe('gateway serve', () => {
  it('answers with its own key, takes calls down without any key, and ends cleanly with a signal', async () => {
    const twin = await openModelTwin({ scenario: null, replay: null, tape: null, port: 0 });
    await settings(twin.url);
    const here = world();
    const ending = cli(['gateway', 'serve', '--json', '--config', 'factory.yaml', '--port', '0', '--record', 'calls.jsonl'], here);
    await here.stdout.wrote('\n');
    const { url, key } = JSON.parse(here.stdout.text) as { url: string; key: string }; // printed as such
    const body = JSON.stringify({ model: 'coder', messages: [{ role: 'user', content: 'Hello?' }] });
    const answer = await fetch(`${url}/g/${key}/v1/chat/completions`, { method: 'POST', body });
    expect(await answer.json()).toMatchObject({ object: 'chat.completion', model: 'twin' });
    here.send('SIGTERM');
    expect(await ending).toBe(0);
    await twin.close();
    const record = await readFile(join(folder, 'calls.jsonl'), 'utf8');
    const [part, call] = record
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { part?: string });
    expect(part).toMatchObject({ v: 1, text: body });
    expect(call).toMatchObject({ v: 1, alias: 'coder', path: '/v1/chat/completions', request: [part?.part], ended: 'whole' });
    expect(record + here.stderr.text).not.toContain(key);
    expect(record + here.stdout.text + here.stderr.text).not.toContain(secret);
  });

  it('listens on a socket, with the key that its owner keeps, which it does not show', async () => {
    const twin = await openModelTwin({ scenario: null, replay: null, tape: null, port: 0 });
    await settings(twin.url);
    const here = world();
    const ending = cli(['gateway', 'serve', '--config', 'factory.yaml', '--socket', 'g.sock', '--key', 'env:GATEWAY_KEY'], here);
    await here.stdout.wrote('stops it');
    expect(here.stdout.text).toContain('cloud/big has no key: the environment has no NO_SUCH_KEY');
    expect(here.stdout.text).toMatch(/kept in +memory, until it ends/);
    expect(here.stdout.text).not.toContain(ownKey);
    const status = await new Promise((resolve) => {
      const headers = { authorization: `Bearer ${ownKey}` };
      request({ socketPath: join(folder, 'g.sock'), path: '/v1/models', headers }, (response) =>
        resolve(response.resume().statusCode),
      ).end();
    });
    expect(status).toBe(200);
    here.send('SIGINT');
    expect(await ending).toBe(0);
    await twin.close();
  });

  it('refuses settings that are none, a key that is no place, and a record that cannot be written', async () => {
    await settings('http://127.0.0.1:9');
    await writeFile(join(folder, 'empty.yaml'), 'environment: {}\n');
    const here = world();
    const run = (...more: string[]): Promise<number> => cli(['gateway', 'serve', '--port', '0', ...more], here);
    expect(await run('--config', 'missing.yaml')).toBe(2);
    expect(await run('--config', 'empty.yaml')).toBe(2);
    expect(here.stderr.text).toContain('empty.yaml has no "gateway:".');
    expect(await run('--config', 'factory.yaml', '--key', ownKey)).toBe(2);
    expect(await run('--config', 'factory.yaml', '--key', 'env:NOT_SET')).toBe(2);
    expect(await run('--config', 'factory.yaml', '--record', 'none/calls.jsonl')).toBe(2);
    expect(here.stderr.text).not.toContain(ownKey);
  });
});

it('a file of the project is not asked where keys go, and whoever has one is told to name it', async () => {
  await mkdir(join(folder, '.jidoka'));
  await settings('http://127.0.0.1:9');
  await rename(join(folder, 'factory.yaml'), join(folder, '.jidoka', 'factory.yaml'));
  const here = world();
  expect(await cli(['models', '--home', folder], here)).toBe(2);
  expect(here.stderr.text).toContain(`Where it is yours too, name it: --config ${join('.jidoka', 'factory.yaml')}`);
});

it('models without a factory file says where one was looked for, and how to name one', async () => {
  const here = world();
  expect(await cli(['models', '--home', join(folder, 'bare')], here)).toBe(2);
  expect(here.stderr.text).toContain(`No factory file is named, and ${join(folder, 'bare', 'factory.yaml')} is not there.`);
  expect(here.stderr.text).toContain('by --config FILE or JIDOKA_CONFIG, or put it there');
});

it('models tells what each slot resolves to, in order, and why something is never asked', async () => {
  await settings('http://127.0.0.1:9');
  const here = world();
  expect(await cli(['models', '--config', 'factory.yaml'], here)).toBe(0);
  expect(here.stdout.text).toContain('coder -> main -> strong');
  expect(here.stdout.text).toContain('1. cloud/big  has no key: the environment has no NO_SUCH_KEY');
  expect(here.stdout.text).toContain('2. house/twin  passes messages, chat; $3/$15 per million, as of 2026-11-20; self in own');
  const document = world();
  expect(await cli(['models', '--config', 'factory.yaml', '--json'], document)).toBe(0);
  expect(JSON.parse(document.stdout.text)).toMatchObject({
    slots: [{ slot: 'coder', via: ['coder', 'main', 'strong'] }, { slot: 'main' }],
  });
});

it('models tells whose prior no public figure has', async () => {
  await settings('http://127.0.0.1:9');
  const text = await readFile(join(folder, 'factory.yaml'), 'utf8');
  await writeFile(join(folder, 'factory.yaml'), text.replace('      window:', '      prior: opus 4.5\n      window:'));
  const here = world();
  expect(await cli(['models', '--config', 'factory.yaml'], here)).toBe(0);
  expect(here.stdout.text).toContain('no public figure has the name "opus 4.5", its "prior:". Did you mean "Opus 4.5"?');
});

it('models tells which package speaks to a provider, and what to install where one is missing', async () => {
  const here = world();
  await settings('http://127.0.0.1:9');
  const text = await readFile(join(folder, 'factory.yaml'), 'utf8');
  const spoken = '{ package: "@ai-sdk/amazon-bedrock", options: { region: eu }, key: env:HOUSE_KEY, vendor: self, region: own }';
  const missing = '{ package: "@ours/cloud", vendor: b, region: eu }';
  await writeFile(join(folder, 'factory.yaml'), text.replace(/house: .*/, `house: ${spoken}`).replace(/cloud: .*/, `cloud: ${missing}`));
  expect(await cli(['models', '--config', 'factory.yaml'], here)).toBe(0);
  expect(here.stdout.text).toMatch(/1\. cloud\/big {2}needs the package @ours\/cloud, which is not installed: npm install @ours\/cloud/);
  expect(here.stdout.text).toMatch(/2\. house\/twin {2}by @ai-sdk\/amazon-bedrock 4\.\d+\.\d+; \$3\/\$15/);
});
