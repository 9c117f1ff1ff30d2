import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { memoryAgents } from '../../kit/agents/index.ts';
import type { AgentView, Finding } from '../core/ports/factory.ts';
import type { StationCapabilities } from '../core/station/capabilities.ts';
import { agentFindings, type AgentGround } from './agent-findings.ts';
import { modelGateways, type LookedForGateways } from './model-gateways.ts';

const holds = { read: 'tools', edit: 'asks', all: 'nothing' } as const;
const parrots = { driver: 'parrot', holds, budgets: ['turns', 'usd'] } as unknown as StationCapabilities; // no more is looked at
const on = (floor: string): AgentGround => ({ floor, drivers: [parrots], own: null });
const none: LookedForGateways = { found: [], silent: null };
const named: LookedForGateways = { found: [{ url: 'http://models.example', how: 'named', models: 2 }], silent: null };
const local: LookedForGateways = { found: [{ url: 'http://127.0.0.1:11434', how: 'local', models: 1 }], silent: null };

function views(changes: Readonly<Record<string, Partial<AgentView>>> = {}): readonly AgentView[] {
  return memoryAgents().known.map((known) => ({
    ...known,
    installed: [],
    found: null,
    login: known.adapterOf === null ? { kind: 'none', how: `Run \`${known.program}\` and log in.` } : { kind: 'not-needed' },
    use: { kind: 'unfit', allowed: false, why: 'nobody is logged in', mend: 'Log in.' },
    onFloor: null,
    ...changes[known.name],
  }));
}

const parrot: Partial<AgentView> = {
  found: { agent: 'parrot', path: '/usr/bin/parrot', version: '1.2.0', from: 'path' },
  onFloor: { kind: 'there', path: '/usr/bin/parrot' },
};
const fit = { kind: 'fit', to: 'https://api.example', by: 'the key in PARROT_KEY' } as const;
const loggedIn: Partial<AgentView> = { ...parrot, login: { kind: 'seen', where: 'PARROT_KEY is set' }, use: { ...fit, allowed: false } };
const allowed: Partial<AgentView> = { ...loggedIn, use: { ...fit, allowed: true } };
const foreign: Partial<AgentView> = { ...loggedIn, use: { kind: 'unfit', allowed: false, why: 'it speaks Parrot', mend: 'Make a key.' } };

function told(findings: readonly Finding[], name: string): Finding {
  const found = findings.find((one) => one.name === name);
  if (found === undefined) throw new Error(`nothing is told of ${name}`);
  return found;
}

describe('the rung that is reached', () => {
  it.each([
    ['the first with nothing', {}, none, 1, /station add parrot/],
    ['the first with an agent and no login', { parrot }, none, 1, /Run `parrot` and log in\.\nOr name a server/],
    ['the first with an agent and a server that nobody named', { parrot }, local, 1, /JIDOKA_MODEL_URL=http:\/\/127\.0\.0\.1:11434/],
    ['the first with a server and no agent', {}, named, 1, /station add parrot/],
    ['the first with a login that nobody allowed', { parrot: loggedIn }, none, 1, /`jidoka station login parrot --allow`/],
    ['the first with a login that stations cannot use', { parrot: foreign }, none, 1, /Make a key\./],
    ['the second with a login that was allowed', { parrot: allowed }, none, 2, /^$/],
    ['the third with a server that was named', { parrot }, named, 3, /^$/],
    ['the first where commands do not see the agent', { parrot: { ...allowed, onFloor: { kind: 'missing' } } }, named, 1, /station add/],
  ] as const)('is %s', (_what, changes, gateways, rung, next) => {
    const finding = told(agentFindings(views(changes), gateways, on('sandbox')), 'stations');
    expect(finding.found).toMatch(new RegExp(`^rung ${rung} of 3: `));
    expect(finding.ok).toBe(rung > 1);
    expect(finding.mend).toMatch(next);
    expect(finding.group).toBe('optional');
  });

  it('names the next one where one is reached, and the models that judge where there is no agent', () => {
    const saidOn = (...about: Parameters<typeof agentFindings>): string => {
      const { found, mend } = told(agentFindings(...about), 'stations');
      return `${found} ${mend}`;
    };
    expect(saidOn(views({ parrot: loggedIn }), none, on('sandbox'))).toContain('Or name a server of models in JIDOKA_MODEL_URL');
    expect(saidOn(views({ parrot: loggedIn }), local, on('sandbox'))).toContain('JIDOKA_MODEL_URL=http://127.0.0.1:11434 lets stations');
    expect(saidOn(views(), named, on('sandbox'))).toContain('model:NAME judges with the models at http://models.example');
  });

  it('is called what it is where no model works', () => {
    expect(told(agentFindings(views(), none, on('sandbox')), 'stations').found).toContain('scripted and replay stations, labelled so');
  });
});

describe('an agent', () => {
  it('that is missing is told of with its size, its licence and how to get it; one of the second class is not', () => {
    const findings = agentFindings(views(), none, on('sandbox'));
    expect(told(findings, 'agent magpie')).toMatchObject({ ok: false, found: 'not installed' });
    expect(told(findings, 'agent magpie').mend).toBe(
      '`jidoka station add magpie` installs Magpie 1.2.0 (3 MB, proprietary).\nThen log in: Run `magpie` and log in.',
    );
    expect(findings.map(({ name }) => name)).toEqual(['stations', 'agent parrot', 'agent magpie', 'models']);
  });

  it('that is there tells version, place, login and how it speaks ACP', () => {
    const found = told(agentFindings(views({ parrot: loggedIn }), none, on('sandbox')), 'agent parrot');
    expect(found).toMatchObject({
      ok: true,
      found:
        '1.2.0 at /usr/bin/parrot; logged in: PARROT_KEY is set, stations may not use it; speaks ACP; kept to "read" by its tools, to "edit" by asking; budgets of turns and usd',
    });
  });

  it('of another version than the one tried says so, and which adapter it lacks', () => {
    const magpie: Partial<AgentView> = { found: { agent: 'magpie', path: '/m', version: '9.0.0', from: 'factory' } };
    const { found, mend } = told(agentFindings(views({ magpie }), none, on('sandbox')), 'agent magpie');
    expect(found).toBe('9.0.0 (1.2.0 is the one that was tried) in the factory; not logged in; ACP by `jidoka station add magpie-acp`');
    expect(mend).toBe('Run `/m` and log in.');
  });

  it.each([
    ['sandbox', 'jidoka station add parrot'],
    ['container', 'on PATH in the image'],
    ['ssh', 'on PATH of the other machine'],
  ])('that commands on the floor %s do not see is told of with the way to show it', (floor, mend) => {
    const hidden = { ...loggedIn, onFloor: { kind: 'missing' } } as const;
    expect(told(agentFindings(views({ parrot: hidden }), none, on(floor)), 'agent parrot')).toMatchObject({
      ok: false,
      mend: expect.stringContaining(mend),
    });
  });

  it('that only the floor has is told of by its place there', () => {
    const there = { onFloor: { kind: 'there', path: '/opt/bin/sparrow' } } as const;
    expect(told(agentFindings(views({ sparrow: there }), none, on('ssh')), 'agent sparrow')).toMatchObject({
      ok: true,
      found: expect.stringContaining('on the floor, at /opt/bin/sparrow'),
    });
  });
});

describe('servers of models', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.closeAllConnections();
  });

  async function serve(
    answer: (path: string, key: string | undefined) => { readonly status: number; readonly body: string } | null,
  ): Promise<number> {
    const server = createServer((request, response) => {
      const said = answer(request.url ?? '', request.headers.authorization);
      if (said !== null) response.writeHead(said.status, { 'content-type': 'application/json' }).end(said.body);
    });
    servers.push(server);
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    server.unref();
    return (server.address() as AddressInfo).port; // a TCP server has no other kind of address
  }
  const models = { status: 200, body: '{"object":"list","data":[{"id":"a"},{"id":"b"}]}' };

  it('are found where they usually are and where the owner says, whose key no other is given', async () => {
    const keys: (string | undefined)[] = [];
    const usual = await serve((path, key) => (keys.push(key), path === '/v1/models' ? models : { status: 404, body: '' }));
    const mine = await serve((_path, key) => (key === 'Bearer sk-owner' ? models : { status: 401, body: '' }));
    const env = { JIDOKA_MODEL_URL: `http://ada:secret@127.0.0.1:${mine}/?key=secret`, JIDOKA_MODEL_KEY: 'sk-owner' };
    const looked = await modelGateways({ ...env, JIDOKA_MODEL_URL: `http://127.0.0.1:${mine}/` }, [usual]);
    expect(looked).toEqual({
      found: [
        { url: `http://127.0.0.1:${mine}`, how: 'named', models: 2 },
        { url: `http://127.0.0.1:${usual}`, how: 'local', models: 2 },
      ],
      silent: null,
    });
    expect(keys).toEqual([undefined]);
    expect(JSON.stringify(await modelGateways(env, []))).not.toContain('secret');
  });

  it('are none where something else answers, or says nothing for a second', async () => {
    const odd = await serve(() => ({ status: 200, body: '<html>' }));
    const refusing = await serve(() => ({ status: 401, body: '{}' }));
    const silent = await serve(() => null);
    const begun = performance.now();
    const looked = await modelGateways({ JIDOKA_MODEL_URL: `http://127.0.0.1:${silent}` }, [odd, refusing]);
    expect(looked).toEqual({ found: [], silent: `http://127.0.0.1:${silent}` });
    expect(performance.now() - begun).toBeLessThan(8_000);
    expect(told(agentFindings(views(), looked, on('sandbox')), 'models')).toMatchObject({
      ok: false,
      mend: expect.stringContaining('JIDOKA_MODEL_URL'),
    });
  });
});
