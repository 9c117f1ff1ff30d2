import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memoryAgents } from '../../kit/agents/index.ts';
import type { LiveSetting } from '../core/gateway/config/setting.ts';
import type { AgentView, Finding } from '../core/ports/factory.ts';
import { modelWays } from '../model-ways.ts';
import { agentFindings } from './agent-findings.ts';
import { ownGatewaySeen } from './own-gateway.ts';

const file = (roles: string): string => `gateway:
  providers:
    keyed: { protocols: [messages], base: "http://127.0.0.1:9", key: env:KEYED_KEY, vendor: a, region: us }
    filed: { protocols: [chat], base: "http://127.0.0.1:9", key: "file:/nowhere/key", vendor: b, region: us }
    open: { protocols: [chat], base: "http://127.0.0.1:9", vendor: c, region: us }
  models:
    strong: { upstreams: [keyed/big, filed/big], price: { asOf: 2026-11-20, input: 5, output: 25 }, window: 9, output: 9, capabilities: [tools], weights: closed }
    cheap: { upstreams: [open/small], price: { asOf: 2026-11-20, input: 0, output: 0 }, window: 9, output: 9, capabilities: [tools], weights: open }
  plans: { careful: [strong] }
  slots: { coder: careful }
  ${roles}
`;
const secret = 'sk-secret-0123456789';
const rolled = 'roles: { default: coder }';

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'jidoka-doctor-gateway-'));
});
afterAll(() => rm(home, { recursive: true, force: true }));

async function seen(roles: string, env: Readonly<Record<string, string>>, settings: readonly LiveSetting[] = []) {
  await writeFile(join(home, 'factory.yaml'), file(roles));
  const database = { databaseUrl: null, postgresBin: null };
  const ways = await modelWays({ home, env, database, now: () => 0, log: () => undefined });
  if (ways.config === null) throw new Error('the file has a gateway');
  return await ownGatewaySeen(ways.config, (names) => ways.look(names, settings));
}

/** An agent that nobody logged in to. */
const agents: readonly AgentView[] = memoryAgents().known.map((known) => ({
  ...known,
  installed: [],
  found: known.name === 'parrot' ? { agent: 'parrot', path: '/usr/bin/parrot', version: '1.2.0', from: 'path' } : null,
  login: known.adapterOf === null ? { kind: 'none', how: 'Give it /login.' } : { kind: 'not-needed' },
  use: { kind: 'unfit', allowed: false, why: 'nobody is logged in', mend: 'Log in.' },
  onFloor: null,
}));

async function told(...about: Parameters<typeof seen>): Promise<ReadonlyMap<string, Finding>> {
  const own = await seen(...about);
  const findings = agentFindings(agents, { found: [], silent: null }, { floor: 'sandbox', drivers: [], own });
  expect(JSON.stringify(findings)).not.toContain(secret);
  expect(findings.filter(({ ok, mend }) => !ok && mend === '')).toEqual([]);
  expect(new Set(findings.map(({ group }) => group))).toEqual(new Set(['optional']));
  return new Map(findings.map((finding) => [finding.name, finding]));
}

describe("the factory's own gateway, to a doctor", () => {
  it('is the way of an agent to which nobody logged in, where keys are there', async () => {
    const findings = await told(rolled, { KEYED_KEY: secret });
    expect(findings.get('stations')).toMatchObject({ ok: true, found: "rung 3 of 3: parrot with the factory's own gateway" });
    expect(findings.get('agent parrot')).toMatchObject({
      ok: true,
      found: expect.stringContaining("works through the factory's own gateway"),
    });
    expect(findings.get('agent magpie')?.mend).not.toContain('/login');
    expect(findings.get('gateway')).toMatchObject({ ok: true, found: expect.stringContaining(join(home, 'factory.yaml')) });
    expect(findings.has('models')).toBe(false);
  });

  it('has its keys told provider by provider, and what to do about each that is missing', async () => {
    const findings = await told(rolled, { KEYED_KEY: secret });
    expect(findings.get('provider keyed')).toMatchObject({ ok: true, found: 'has its key: env:KEYED_KEY' });
    expect(findings.get('provider open')).toMatchObject({ ok: true, found: 'is asked without a key' });
    expect(findings.get('provider filed')).toMatchObject({ ok: false, found: 'has no key: /nowhere/key cannot be read: ENOENT' });
    const without = await told(rolled, {});
    expect(without.get('provider keyed')).toMatchObject({
      ok: false,
      found: 'has no key: the environment has no KEYED_KEY',
      mend: expect.stringMatching(/Export it.*\n.*file:PATH/),
    });
  });

  it('has each name that stations ask by told, with what it leads to and what is never asked of it', async () => {
    const findings = await told(rolled, { KEYED_KEY: secret });
    expect(findings.get('slot coder')).toMatchObject({
      ok: true,
      found: expect.stringMatching(/^leads to strong at keyed\/big; filed\/big has no key/),
    });
    expect(findings.get('slot coder')?.found).toContain('by stations of bug');
    expect(findings.get('slot cheap')).toMatchObject({ ok: true, found: expect.stringMatching(/^leads to cheap at open\/small; /) });
  });

  it('is no way where no model that agents ask for can be asked, and a login does not count beside it', async () => {
    const findings = await told(rolled, {});
    for (const name of ['stations', 'agent parrot', 'gateway', 'slot coder']) expect(findings.get(name), name).toMatchObject({ ok: false });
    expect(findings.get('agent parrot')?.mend).not.toContain('/login');
  });

  it('is looked at as it is set at present', async () => {
    const what = { kind: 'cut', cut: { kind: 'provider', name: 'keyed' } } as const;
    const findings = await told(rolled, { KEYED_KEY: secret }, [{ what, until: null, by: 'ada', at: '2026-11-30T00:00:00Z' }]);
    expect(findings.get('slot coder')).toMatchObject({ ok: false, found: expect.stringContaining('keyed/big is cut off: ada') });
  });

  it('says whose roles have no slot, and which slot has no model', async () => {
    const none = await told('', { KEYED_KEY: secret });
    expect(none.get('slots of roles')).toMatchObject({
      ok: false,
      found: expect.stringContaining('bug'),
      mend: expect.stringContaining('default: SLOT'),
    });
    const wrong = await told('roles: { default: careful, mine: cheap }', { KEYED_KEY: secret });
    expect(wrong.get('slot careful')).toMatchObject({ ok: true });
    expect((await seen('roles: { mine: auto }', {})).asked.find(({ name }) => name === 'auto')?.row?.plan).toBe('auto');
  });
});
