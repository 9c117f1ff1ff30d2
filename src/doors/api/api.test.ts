import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ScriptedFactory, type FactoryScript, type ScriptedRun } from '../../../kit/factory/index.ts';
import { JidokaError } from '../../core/base/error.ts';
import { parseRunId } from '../../core/base/ids.ts';
import type { Actor } from '../../core/gate/answer.ts';
import { packagePath } from '../config.ts';
import { bearers } from './bearers.ts';
import { routeTable, startApi, type Api } from './index.ts';
import type { Who } from './route.ts';
import { routes } from './routes.ts';

const localToken = 'l'.repeat(43);
const ana: Actor = { name: 'ana', kind: 'person', roles: ['reviewer'] };
const root: Actor = { name: 'root', kind: 'person', roles: ['admin'] };
const coder: Actor = { name: 'coder', kind: 'agent', roles: ['*', 'admin', 'reviewer'] };
const gated: ScriptedRun = { run: 'deps-ms', title: 'ms', verdict: 'PR_READY', gate: { stage: 'final' } };
const update = { line: 'deps', repository: '/repos/shop', subject: { kind: 'package', name: 'ms' } };

let folder: string;
let factory: ScriptedFactory;
let api: Api;
const logged: string[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jidoka-api-'));
  await open({ runsOf: () => [gated] });
});
afterEach(async () => {
  await api.close();
  await rm(folder, { recursive: true, force: true });
});

async function open(script: Omit<FactoryScript, 'folder'>, host = '127.0.0.1'): Promise<void> {
  logged.length = 0;
  factory = new ScriptedFactory({ folder, ...script });
  await factory.serve({ name: null, queues: null, labels: [], atOnce: 1 });
  api = await startApi({ factory, host, port: 0, version: '1.2.3', access: { localToken }, log: (line) => logged.push(line) });
}

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown> & { readonly error?: { readonly code: string; readonly message: string; readonly mend: string } };
}

async function ask(method: string, path: string, body?: unknown, token: string | null = localToken): Promise<Answer> {
  const headers = { ...(token === null ? {} : { Authorization: `Bearer ${token}` }), 'Content-Type': 'application/json' };
  const response = await fetch(api.url + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  return { status: response.status, body: (await response.json()) as Answer['body'] }; // looked into by the tests
}

/** Asks with headers that fetch does not let through. */
async function askRaw(headers: Record<string, string>, path = '/v1/health'): Promise<number> {
  const { statusCode } = await new Promise<IncomingMessage>((resolve, reject) => {
    httpRequest(api.url + path, { headers }, (response) => resolve(response.resume()))
      .on('error', reject)
      .end();
  });
  return statusCode ?? 0;
}

describe('listening', () => {
  it('says which port is taken and what to do', async () => {
    const other = createServer();
    await new Promise<void>((listening) => other.listen(0, '127.0.0.1', listening));
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const starting = startApi({ factory, port, version: '', access: { localToken }, log: () => {} });
    const error = await starting.catch((caught: unknown) => caught);
    await new Promise((closed) => other.close(closed));
    expect(error).toMatchObject({
      code: 'port-taken',
      message: expect.stringContaining(String(port)),
      mend: expect.stringContaining('--port 0'),
    });
  });

  it('is reached on this machine alone unless told otherwise', () => {
    expect(api.url).toBe(`http://127.0.0.1:${api.port}`);
  });

  it('is called as IPv6 has it, and knows itself by that name', async () => {
    await api.close();
    await open({ runsOf: () => [] }, '::1');
    expect(api.url).toBe(`http://[::1]:${api.port}`);
    expect((await ask('GET', '/v1/status')).status).toBe(200);
  });

  it('refuses an address that is not of this machine, and a token that is no secret', async () => {
    const setting = { factory, port: 0, version: '', log: () => {} };
    await expect(startApi({ ...setting, host: '192.0.2.1', access: { localToken } })).rejects.toMatchObject({ code: 'usage' });
    await expect(startApi({ ...setting, access: { localToken: 'guess' } })).rejects.toMatchObject({ code: 'invariant' });
  });

  it('gives its port free when it is closed, also a second time', async () => {
    await api.close();
    await api.close();
    await expect(fetch(`${api.url}/v1/health`)).rejects.toThrow('fetch failed');
  });
});

describe('access', () => {
  const people: readonly (Actor | null)[] = [null, coder, ana, root];
  const allowed = { anyone: [null, coder, ana, root], holder: [coder, ana, root], person: [ana, root], admin: [root] };
  const mayUse = (who: Who, actor: Actor | null): boolean => allowed[who].some((other) => other === actor);
  const table = routes.flatMap((route) =>
    people.map((actor) => ({ route, actor, name: `${route.method} ${route.path}`, who: actor?.name ?? 'nobody' })),
  );

  it.each(table)('$name asks who $who is', async ({ route, actor }) => {
    const token = actor === null ? 'x'.repeat(43) : (await factory.credentials.add(actor)).token;
    const path = route.path.replaceAll(/:\w+(\{.*?\})?/g, 'x');
    const { signal, abort } = controls();
    const response = await fetch(api.url + path, { method: route.method, headers: { Authorization: `Bearer ${token}` }, signal });
    abort();
    const refusal = actor === null ? 401 : 403;
    expect([401, 403].includes(response.status) ? response.status : 'let in').toBe(mayUse(route.who, actor) ? 'let in' : refusal);
  });

  it('takes the daemon’s own token for the local person', async () => {
    expect((await ask('POST', '/v1/pauses', { scope: 'factory', why: 'lunch' })).body).toEqual({ scope: 'factory', isNew: true });
    expect((await ask('GET', '/v1/pauses')).body).toMatchObject({ pauses: [{ scope: 'factory', by: 'local' }] });
  });

  it('says how to ask where there is no token, and logs it without the token', async () => {
    const response = await fetch(`${api.url}/v1/status`, { headers: { Authorization: 'Bearer tell-tale' } });
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="jidoka"');
    expect(await response.json()).toMatchObject({ error: { code: 'access-refused', mend: expect.stringContaining('Authorization') } });
    expect(logged.join()).toMatch(/^GET "\/v1\/status" 401/);
    expect(logged.join()).not.toContain('tell-tale');
  });

  it('tells strangers nothing about addresses', async () => {
    expect((await ask('GET', '/v1/nothing', undefined, null)).status).toBe(401);
  });

  it('a removed token is refused at once', async () => {
    const { body } = await ask('POST', '/v1/credentials', { name: 'ana', kind: 'person', roles: ['reviewer'] });
    const token = String(body['token']);
    expect((await ask('GET', '/v1/runs', undefined, token)).status).toBe(200);
    expect((await ask('GET', '/v1/credentials')).body).toMatchObject({ credentials: [{ name: 'ana', kind: 'person' }] });
    expect((await ask('DELETE', '/v1/credentials?name=ana')).body).toEqual({ removed: true });
    expect((await ask('GET', '/v1/runs', undefined, token)).status).toBe(401);
  });

  it('a token removed elsewhere is refused within two seconds', async () => {
    let nowMs = 0;
    const { token } = await factory.credentials.add(ana);
    const { who } = bearers(factory.credentials, localToken, () => nowMs);
    expect(await who(token)).toEqual(ana);
    await factory.credentials.remove('ana');
    nowMs = 1999;
    expect(await who(token)).toEqual(ana);
    nowMs = 2000;
    expect(await who(token)).toBeNull();
  });

  it('nobody becomes the local person by name', async () => {
    expect((await ask('POST', '/v1/credentials', { name: 'local', kind: 'person', roles: [] })).status).toBe(400);
  });
});

describe('a browser', () => {
  const host = (): string => `127.0.0.1:${api.port}`;

  it.each(['evil.example', 'evil.example:80', '127.0.0.1.evil.example', '10.0.0.1', '127.0.0.1.', 'localhost@evil.example'])(
    'that was lured here under the name "%s" is refused',
    async (name) => expect([400, 403]).toContain(await askRaw({ Host: name })),
  );

  it.each(['localhost', 'LOCALHOST:9999', '[::1]:80', '127.0.0.1'])('may call this machine %s', async (name) => {
    expect(await askRaw({ Host: name })).toBe(200);
  });

  it('may not ask from a page of another origin', async () => {
    for (const Origin of ['https://evil.example', 'null', 'http://127.0.0.1:1', `https://evil.example/http://${host()}`]) {
      expect(await askRaw({ Host: host(), Origin }), Origin).toBe(403);
    }
    expect(await askRaw({ Host: host(), 'Sec-Fetch-Site': 'cross-site' })).toBe(403);
    expect(await askRaw({ Host: host(), Origin: `http://${host()}`, 'Sec-Fetch-Site': 'same-origin' })).toBe(200);
  });

  it('is told to trust nothing it gets, and no other origin to read it', async () => {
    const { headers } = await fetch(`${api.url}/v1/health`);
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  it('may use the names of a proxy only where they were given', async () => {
    expect(await askRaw({ Host: 'factory.example' })).toBe(403);
    await api.close();
    api = await startApi({ factory, port: 0, version: '', access: { localToken, hosts: ['factory.example'] }, log: () => {} });
    expect(await askRaw({ Host: 'factory.example', Origin: 'https://factory.example' })).toBe(200);
  });
});

describe('bodies', () => {
  it.each([
    [{ ...update, subject: { kind: 'package' } }, 'subject.name'],
    [{ ...update, dryrun: true }, 'dryrun'],
    [{ ...update, repository: 'shop' }, 'repository: an absolute path'],
    [{ ...update, actor: 'ana' }, 'actor'],
    [[update], 'expected object'],
    [null, 'expected object'],
  ])('%j is refused with the place', async (body, place) => {
    const { status, body: answer } = await ask('POST', '/v1/runs', body);
    expect(status).toBe(400);
    expect(answer.error?.message).toContain(place);
  });

  it('are JSON, said and done', async () => {
    const headers = { Authorization: `Bearer ${localToken}` };
    const plain = await fetch(`${api.url}/v1/runs`, { method: 'POST', headers, body: JSON.stringify(update) });
    expect(plain.status).toBe(415);
    const json = { ...headers, 'Content-Type': 'application/json; charset=utf-8' };
    expect((await fetch(`${api.url}/v1/runs`, { method: 'POST', headers: json, body: '{"line":' })).status).toBe(400);
  });

  it('end at 10 MB, whether they say their length or not', async () => {
    const big = new Uint8Array(10 * 1024 * 1024 + 1);
    const bits = new ReadableStream({
      start(controller) {
        controller.enqueue(big);
        controller.close();
      },
    });
    const headers = { Authorization: `Bearer ${localToken}`, 'Content-Type': 'application/json' };
    for (const body of [big, bits]) {
      const init = { method: 'POST', headers, body, duplex: 'half' as const };
      expect((await fetch(`${api.url}/v1/runs`, init)).status).toBe(413);
    }
    expect((await ask('GET', '/v1/runs')).status).toBe(200);
  });
});

describe('requests and runs', () => {
  it('a request is left for a worker in the name of whoever asks, and seen as a run', async () => {
    const { token } = await factory.credentials.add(coder);
    expect(await ask('POST', '/v1/runs', update, token)).toEqual({ status: 202, body: { request: 'request-1', state: 'new' } });
    expect(factory.requests).toEqual([
      {
        ...update,
        to: null,
        scope: 'all',
        dryRun: false,
        again: false,
        advisories: [],
        lineFile: null,
        priority: 100,
        actor: 'agent:coder',
      },
    ]);
    expect((await ask('GET', '/v1/runs?limit=1&line=deps')).body).toMatchObject({ runs: [{ run: 'deps-ms', state: 'waiting' }] });
    expect((await ask('GET', '/v1/runs/deps-ms')).body).toMatchObject({ summary: { run: 'deps-ms' }, result: null, events: { length: 5 } });
  });

  it('the same request under one key is one', async () => {
    await ask('POST', '/v1/runs', { ...update, key: 'k', notBefore: '2026-01-01T00:00:00.000Z' });
    expect((await ask('POST', '/v1/runs', { ...update, key: 'k' })).body).toEqual({ request: 'k', state: 'exists' });
  });

  it('an agent brings no line file, no script and no program: these say what runs, what decides and where people are asked', async () => {
    const { token } = await factory.credentials.add(coder);
    const ways = [
      { lineFile: { path: 'line.yaml', text: 'stages: []' } },
      { station: 'script:mine', script: { path: 'mine.yaml', text: 'review: []' } },
      { station: 'command:node mine.mjs' },
      { station: 'acp:mine --acp' },
      { plan: ['dear'] },
    ];
    for (const own of ways) {
      expect((await ask('POST', '/v1/runs', { ...update, ...own }, token)).status).toBe(403);
      expect((await ask('POST', '/v1/runs', { ...update, ...own })).status).toBe(202);
    }
    expect((await ask('POST', '/v1/runs', { ...update, station: 'acp:codex' }, token)).status).toBe(202);
  });

  it('a person cancels a run, and says why', async () => {
    await ask('POST', '/v1/runs', update);
    expect((await ask('POST', '/v1/runs/deps-ms/cancel', { why: '' })).status).toBe(400);
    expect((await ask('POST', '/v1/runs/deps-ms/cancel', { why: 'no more' })).body).toMatchObject({ state: 'ended', verdict: 'ESCALATE' });
    expect((await ask('GET', '/v1/runs/deps-ms/evidence')).body).toMatchObject({ run: 'deps-ms', dir: join(folder, 'deps-ms') });
  });

  it.each(['0', '-1', 'many', '1e3', '99999'])('limit=%s is no count', async (limit) => {
    expect((await ask('GET', `/v1/runs?limit=${limit}`)).status).toBe(400);
  });
});

describe('gates', () => {
  beforeEach(() => ask('POST', '/v1/runs', update));
  const answer = async (body: unknown, token?: string): Promise<Answer> => ask('POST', '/v1/gates/deps-ms%2Ffinal%2F1/answer', body, token);

  it('are found by their id, with slashes or without, and by its beginning', async () => {
    expect((await ask('GET', '/v1/gates')).body).toMatchObject({ gates: [{ gate: 'deps-ms/final/1', state: 'open' }] });
    for (const id of ['deps-ms/final/1', 'deps-ms%2Ffinal%2F1', 'deps-ms/final', 'deps']) {
      expect((await ask('GET', `/v1/gates/${id}`)).body, id).toMatchObject({ gate: 'deps-ms/final/1' });
    }
    expect(await ask('GET', '/v1/gates/deps-none')).toMatchObject({ status: 404, body: { error: { code: 'gate-unknown' } } });
  });

  it('are answered for the digest that was shown, and for no other', async () => {
    const { digest } = await factory.gates.show('deps-ms');
    expect((await answer({ choice: 'approve' })).body.error?.message).toContain('digest');
    expect(await answer({ choice: 'approve', digest: 'e'.repeat(64) })).toMatchObject({
      status: 409,
      body: { error: { code: 'gate-refused' } },
    });
    expect(await ask('POST', '/v1/gates/deps-ms/final/1/answer', { choice: 'approve', digest })).toMatchObject({
      status: 200,
      body: { state: 'approved', by: 'local' },
    });
    expect((await answer({ choice: 'approve', digest })).status).toBe(409);
    expect((await ask('GET', '/v1/runs/deps-ms')).body).toMatchObject({ result: { verdict: 'PR_READY' } });
  });

  it('are never answered by an agent, whatever roles it was given', async () => {
    const { token } = await factory.credentials.add(coder);
    const { digest } = await factory.gates.show('deps-ms');
    expect((await answer({ choice: 'approve', digest }, token)).status).toBe(403);
    expect((await factory.gates.show('deps-ms')).state).toBe('open');
  });

  it('are answered only by the right role', async () => {
    const { token } = await factory.credentials.add({ ...ana, roles: ['baker'] });
    const { digest } = await factory.gates.show('deps-ms');
    expect((await answer({ choice: 'approve', digest }, token)).status).toBe(409);
  });
});

describe('operations', () => {
  it('limits are set, seen and taken away', async () => {
    const limit = { key: 'line:deps', atOnce: 2, rate: { count: 5, seconds: 60 } };
    expect((await ask('PUT', '/v1/limits', limit)).body).toEqual(limit);
    expect((await ask('GET', '/v1/limits')).body).toMatchObject({ limits: [{ ...limit, by: 'operator' }], usage: [{ key: 'line:deps' }] });
    expect((await ask('PUT', '/v1/limits', { key: 'line:deps' })).status).toBe(400);
    await ask('PUT', '/v1/limits', { key: 'line:deps', atOnce: null, rate: null });
    expect((await ask('GET', '/v1/limits')).body).toMatchObject({ limits: [] });
    expect((await ask('PUT', '/v1/limits', { ...limit, key: 'nonsense' })).body.error?.code).toBe('limit-invalid');
  });

  it('pauses are set once and lifted once', async () => {
    const pause = { scope: 'line:deps', why: 'the registry is down' };
    expect((await ask('POST', '/v1/pauses', pause)).body).toEqual({ scope: 'line:deps', isNew: true });
    expect((await ask('POST', '/v1/pauses', pause)).body).toMatchObject({ isNew: false });
    expect((await ask('DELETE', '/v1/pauses?scope=line:deps')).body).toEqual({ removed: true });
    expect((await ask('DELETE', '/v1/pauses?scope=line:deps')).body).toEqual({ removed: false });
    expect((await ask('DELETE', '/v1/pauses')).status).toBe(400);
  });

  it('schedules are set, seen and taken away', async () => {
    const nightly = { id: 'nightly', cron: '0 3 * * *', request: update };
    expect((await ask('PUT', '/v1/schedules', nightly)).body).toMatchObject({ id: 'nightly', timezone: 'UTC', line: 'deps' });
    expect((await ask('GET', '/v1/schedules')).body).toMatchObject({ schedules: [{ nextAt: '2026-01-01T03:00:00.000Z' }] });
    expect((await ask('PUT', '/v1/schedules', { ...nightly, cron: 'often' })).body.error?.code).toBe('limit-invalid');
    expect((await ask('DELETE', '/v1/schedules?id=nightly')).body).toEqual({ removed: true });
  });

  it('what waits for a person is listed until it was looked at', async () => {
    await ask('POST', '/v1/runs', update);
    expect((await ask('GET', '/v1/reviews')).body).toMatchObject({ reviews: [{ id: 'deps-ms/final/1' }] });
    expect((await ask('POST', '/v1/reviews/deps-ms/final/1/done')).body).toEqual({ removed: true });
    expect((await ask('GET', '/v1/reviews')).body).toEqual({ reviews: [] });
    expect((await ask('GET', '/v1/status')).body).toMatchObject({ executors: [{ isLive: true }], gates: 1 });
  });
});

describe('the floor', () => {
  it('is told with its proof, and what stands on it', async () => {
    const ref = { floor: 'sandbox', host: 'here', name: 'deps-ms-change-1' };
    const view = { ref, state: 'left', owner: 'process 9 on here', since: '2026-01-01T00:00:00.000Z' } as const;
    await api.close();
    await open({ runsOf: () => [gated], floor: { standing: [view] } });
    expect(await ask('GET', '/v1/floor')).toMatchObject({ status: 200, body: { tier: 'T2', claims: [{ claim: 'fs.read.confined' }, {}] } });
    expect(await ask('GET', '/v1/floor/workspaces')).toMatchObject({ status: 200, body: { workspaces: [view] } });
  });

  it('that refuses is an outage of its machine, which says more', async () => {
    const probe = (): never => {
      throw new JidokaError('no-sandbox', 'bubblewrap: /usr/bin/bwrap failed', { mend: 'Install bubblewrap.' });
    };
    await api.close();
    await open({ runsOf: () => [gated], floor: { probe } });
    const { status, body } = await ask('GET', '/v1/floor');
    expect([status, body.error?.code, body.error?.mend]).toEqual([503, 'no-sandbox', expect.stringContaining('jidoka doctor')]);
  });

  it('of each stage of a run is told, and runs there are not are not found', async () => {
    await ask('POST', '/v1/runs', update);
    const where = { host: 'here', platform: 'linux', executor: 'e', pid: 1, floor: 'host', tier: 'T0', user: 'u', node: '', npm: '' };
    const body = { type: 'stage.started', stage: 'baseline', attempt: 1, where } as const;
    await factory.ledger.append(parseRunId('deps-ms'), [{ key: 'told', at: '2026-01-01T00:00:00.000Z', actor: 'factory', body }]);
    expect(await ask('GET', '/v1/runs/deps-ms/where')).toMatchObject({
      status: 200,
      body: { stages: [{ stage: 'baseline', where, base: null }] },
    });
    expect((await ask('GET', '/v1/runs/nothing/where')).status).toBe(404);
  });
});

describe('what there is not', () => {
  it.each([
    ['GET', '/v1/statsu', 404, 'GET /v1/status'],
    ['GET', '/v1/gate/x', 404, 'GET /v1/gates'],
    ['GET', '/', 404, 'docs/API.md'],
    ['DELETE', '/v1/gates/a/b/1', 405, 'GET'],
    ['PUT', '/v1/runs', 405, 'GET, POST'],
    ['GET', '/v1/runs?limt=1', 400, 'limit, line'],
    ['GET', '/v1/%ff%00', 404, 'docs/API.md'],
  ])('%s %s is answered with what there is', async (method, path, status, hint) => {
    const answer = await ask(method, path);
    expect(answer.status).toBe(status);
    expect(answer.body.error?.mend).toContain(hint);
  });

  it('is answered quickly, however long its name', async () => {
    expect((await ask('GET', `/v1/${'x'.repeat(8000)}`)).status).toBe(404);
  });
});

describe('faults', () => {
  it.each([
    [new JidokaError('run-unknown', 'No run.', { mend: 'See runs.' }), 404, 'No run.'],
    [new JidokaError('repository-invalid', 'No repository.', { mend: 'm' }), 400, 'No repository.'],
    [new JidokaError('database-unavailable', 'connect /run/secret/.s.PGSQL', { mend: 'm' }), 503, 'PostgreSQL cannot'],
    [new JidokaError('workspace-failed', 'mkdir /srv/secret failed', { mend: '/srv/secret' }), 500, 'A workspace could not'],
    [new JidokaError('evidence-invalid', '/srv/secret is not JSON', { mend: 'm' }), 500, 'An evidence bundle'],
    [new TypeError('x of undefined at /srv/secret'), 500, 'a state that must not exist'],
  ])('%s is answered with the right status, and tells no secret', async (error, status, message) => {
    factory.runs = () => {
      throw error;
    };
    const answer = await ask('GET', '/v1/runs');
    expect(answer.status).toBe(status);
    expect(answer.body.error?.message).toContain(message);
    expect(JSON.stringify(answer.body)).not.toMatch(/secret|\.ts:/);
    expect(logged.join()).toContain(status >= 500 ? 'secret' : '');
  });
});

it('the documents list every route as it is', async () => {
  expect(await readFile(packagePath('docs', 'API.md'), 'utf8')).toContain(routeTable());
});

function controls(): { readonly signal: AbortSignal; abort(): void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}
