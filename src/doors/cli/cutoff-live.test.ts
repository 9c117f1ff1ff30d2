import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RecordingWorld, ScriptedFactory } from '../../../kit/factory/index.ts';
import { parseRunId } from '../../core/base/ids.ts';
import type { EventBody } from '../../core/evidence/event.ts';
import type { OwingRun } from '../../core/ports/factory.ts';
import type { LiveSetting } from '../../core/gateway/config/setting.ts';
import { readGatewaySettings } from '../../gateway-settings.ts';
import { describeSlots, openGateway, openModelStore } from '../../gateway.ts';
import { removeDatabase } from '../../plant/postgres/index.ts';
import { productLines } from '../../product-lines.ts';
import { publicPriors } from '../../shipped.ts';
import { cli } from './cli.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jidoka-cut-'));
});
afterAll(async () => {
  await removeDatabase(folder);
  await rm(folder, { recursive: true, force: true });
});

const config = (upstreams: string): string => `gateway:
  providers:
    cloud: { protocols: [messages], base: "https://api.example.com", vendor: a, region: us }
    house: { protocols: [chat], base: "http://127.0.0.1:9/v1", vendor: self, region: own }
  models:
    strong: { upstreams: [${upstreams}], price: { asOf: 2026-11-20, input: 5, output: 25 }, window: 200000, output: 64000, capabilities: [tools], weights: open }
  slots: { coder: strong }
  roles: { default: coder }
  lines: { bug: { mustSurvive: [provider] } }
`;
const owing: readonly OwingRun[] = [{ run: 'bug-1', line: 'bug', owed: null, plans: { ofChanges: null, ofStages: {} } }];
const gateway = { read: readGatewaySettings, open: openGateway, describe: describeSlots, store: openModelStore };
const env = { JIDOKA_PG_BIN: process.env['JIDOKA_PG_BIN'] ?? '' };

function worldWith(factory: ScriptedFactory): RecordingWorld {
  const world = new RecordingWorld({ cwd: folder, env, factory, gateway, shipped: { lines: productLines, priors: publicPriors } });
  world.time = Date.now(); // what the database holds for over, it holds by the real time
  return world;
}

/** What is set in the database of the factory. */
async function standing(): Promise<readonly LiveSetting[]> {
  const place = { home: folder, databaseUrl: null, postgresBin: env.JIDOKA_PG_BIN === '' ? null : env.JIDOKA_PG_BIN, env: process.env };
  const store = await openModelStore(place, () => undefined);
  const list = await store.settings.list();
  await store.close();
  return list;
}

/** A gateway that runs on the factory for as long as a piece of work takes. */
async function beside<T>(work: () => Promise<T>): Promise<T> {
  const here = worldWith(new ScriptedFactory({ folder, runsOf: () => [] }));
  const ending = cli(['gateway', 'serve', '--json', '--config', 'factory.yaml', '--port', '0', '--home', folder], here);
  await here.stdout.wrote('\n');
  try {
    return await work();
  } finally {
    here.send('SIGTERM');
    await ending;
  }
}

async function cut(verdict: 'PR_READY' | 'RETRYABLE_FAILURE') {
  const factory = new ScriptedFactory({ folder, owing, runsOf: () => [] });
  const here = worldWith(factory);
  const ending = cli(['cutoff', '--config', 'factory.yaml', '--provider', 'cloud', '--live', '--json'], here);
  await here.stderr.wrote('Cut off: provider cloud');
  const meanwhile = await standing();
  const body: EventBody = { type: 'run.ended', verdict };
  await factory.ledger.append(parseRunId('bug-1'), [{ key: 'end', at: '2026-01-01T00:00:00.000Z', actor: 'factory', body }]);
  const code = await ending;
  return { code, meanwhile, document: JSON.parse(here.stdout.text) as unknown };
}

it('takes a provider away from running gateways until a line that must survive has finished without it, and gives it back', async () => {
  await writeFile(join(folder, 'factory.yaml'), config('cloud/big, house/big'));
  await beside(async () => {
    const { code, meanwhile, document } = await cut('PR_READY');
    expect(meanwhile).toMatchObject([{ what: { kind: 'cut', cut: { kind: 'provider', name: 'cloud' } }, by: 'cli:tester' }]);
    expect(Date.parse(meanwhile[0]?.until ?? '')).toBeGreaterThan(0);
    expect(code).toBe(0);
    expect(document).toMatchObject({
      live: { lines: [{ line: 'bug', shown: 'finishes', ended: [{ run: 'bug-1', verdict: 'PR_READY' }], open: [] }] },
    });
    expect(await standing()).toEqual([]);
    expect((await cut('RETRYABLE_FAILURE')).code).toBe(3);
  });
});

it('cuts nothing off where a line that must survive would stop, none must, or no gateway runs', async () => {
  const tried = async (...more: string[]) => {
    const here = worldWith(new ScriptedFactory({ folder, owing, runsOf: () => [] }));
    const code = await cli(['cutoff', '--config', 'factory.yaml', '--live', ...more], here);
    return { code, err: here.stderr.text, out: here.stdout.text };
  };
  await writeFile(join(folder, 'factory.yaml'), config('cloud/big, house/big'));
  expect((await tried('--provider', 'cloud')).err).toContain('No gateway runs on the factory');
  expect((await tried('--region', 'us')).err).toContain('No line must survive the loss of a region');
  expect((await tried()).err).toContain('--live was given, and nothing to cut off.');
  await writeFile(join(folder, 'factory.yaml'), config('cloud/big'));
  const lost = await tried('--provider', 'cloud');
  expect([lost.code, lost.out]).toEqual([3, expect.stringContaining('Nothing was cut off: a line that must survive would stop.')]);
  expect(await standing()).toEqual([]);
});
