import { expect, test } from 'vitest';
import { ask, sayTo } from './ask.ts';
import type { Bench } from './bench.ts';

/** What no capability covers: the request line's method and path, and headers. */
const refusedRequests: readonly (readonly [method: string, path: string, headers?: Record<string, string>])[] = [
  ['PUT', '/npm/plain'],
  ['POST', '/npm/-/npm/v1/security/advisories/bulk'],
  ['DELETE', '/npm/plain/-rev/1'],
  ['PATCH', '/npm/plain'],
  ['OPTIONS', '/npm/plain'],
  ['GET', '/npm/plain?secret=1'],
  ['GET', '/npm/-/v1/search'],
  ['GET', '/npm/-/v1/search?text=secret'],
  ['GET', '/npm/-/whoami'],
  ['GET', '/npm/-/npm/v1/user'],
  ['GET', '/npm/-/npm/v1/tokens'],
  ['GET', '/npm/-/package/plain/dist-tags'],
  ['GET', '/npm/plain/1.0.0'],
  ['GET', '/npm/plain/-/plain-1.0.0.txt'],
  ['GET', '/npm/plain/-/../../-/whoami'],
  ['GET', '/npm/%2e%2e/plain'],
  ['GET', '/npm/plain%00'],
  ['GET', '/npm/plain%252fother'],
  ['GET', '/npm/plain%5cother'],
  ['GET', '/npm/plain%3fsecret=1'],
  ['GET', '/npm/%'],
  ['GET', '/npm/'],
  ['GET', '/npm'],
  ['GET', '/'],
  ['GET', '//127.0.0.1/npm/plain'],
  ['GET', '/plain'],
  ['GET', 'http://127.0.0.1/npm/plain'],
  ['GET', 'http://169.254.169.254/latest/meta-data/'],
  ['GET', '/npm/%2e%2e/model/v1/models'],
  ['GET', '/npm/../model/v1/models'],
  ['GET', '/npm/plain/../../git/one/info/refs?service=git-upload-pack'],
  ['GET', '/npm/..;/plain'],
  ['GET', '/NPM/plain'],
  ['GET', '/%6d%6fdel/v1/models'],
  ['GET', '/npm/plain', { host: 'packages.example.com' }],
  ['GET', '/npm/plain', { host: '169.254.169.254' }],
  ['GET', '/npm/plain', { host: '127.0.0.1.example.com' }],
  ['GET', '/anything/at/all', { 'pacote-pkg-id': 'registry:plain@http://127.0.0.1/anything/at/all' }],
  ['GET', `/npm/${'a'.repeat(300)}`],
  ['GET', '/npm/plain', { 'content-length': '6' }],
  ['GET', '/npm/plain', { 'transfer-encoding': 'chunked' }],
  ['GET', '/npm/plain', { connection: 'Upgrade', upgrade: 'websocket' }],
  ['CONNECT', 'packages.example.com:443'],
  ['CONNECT', '127.0.0.1:22'],
  ['CONNECT', '127.0.0.1:4873'],
  ['POST', 'https://packages.example.com/model/v1/messages'],
  ['GET', 'http://127.0.0.1:4873/git/one/info/refs?service=git-upload-pack'],
  ['GET', '/model'],
  ['GET', '/git'],
  ['POST', '/report'],
  ['POST', '/report/mcp/'],
  ['POST', '/report/mcp?job=two'],
  ['POST', '/report/%6dcp'],
  ['POST', '/report/sse'],
  ['PUT', '/report/mcp'],
  ['OPTIONS', '/report/mcp'],
  ['TRACE', '/model/v1/messages'],
];

/** What every egress promises of what it refuses, though all capabilities are open. */
export function refusalsContract(bench: () => Bench): void {
  const each = refusedRequests.map(([method, path, headers = {}]) => ({ method, path, headers }));
  test.each(each)('$method $path is refused and told', async ({ method, path, headers }) => {
    const { socket, refusals, gate } = bench();
    const lines = Object.entries({ host: '127.0.0.1', ...headers }).map(([key, value]) => `${key}: ${value}\r\n`);
    const answer = await sayTo(socket, `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 403 /);
    expect(answer.slice(answer.indexOf('\r\n\r\n'))).toContain('jidoka');
    expect(refusals).toHaveLength(1);
    expect(JSON.stringify(refusals)).not.toContain('secret');
    expect(refusals[0]?.request.startsWith(`${method} `)).toBe(true);
    expect(refusals[0]?.why).not.toBe('');
    expect(gate.usage()).toMatchObject({ requests: 1, refused: 1 });
  });

  test('what npm is refused it finds where it looks for words', async () => {
    const { body } = await ask(bench().socket, '/npm/plain', { method: 'PUT' });
    expect(JSON.parse(String(body)).error).toContain('jidoka');
  });

  test('a refusal is told once, however often it is asked for', async () => {
    const { socket, refusals, gate } = bench();
    for (let time = 0; time < 3; time += 1) await ask(socket, '/npm/plain', { method: 'PUT' });
    await ask(socket, '/npm/npm', { method: 'PUT' });
    expect(refusals.map(({ request }) => request)).toEqual(['PUT /npm/plain', 'PUT /npm/npm']);
    expect(gate.usage()).toMatchObject({ requests: 4, refused: 4 });
  });

  test('what looks like a secret in a refused path is not told', async () => {
    const { socket, refusals } = bench();
    const token = `npm_${'a1B2c3D4e5'.repeat(4).slice(0, 36)}`;
    await ask(socket, `/steal/${token}`);
    expect(refusals).toHaveLength(1);
    expect(JSON.stringify(refusals)).not.toContain(token);
  });
}
