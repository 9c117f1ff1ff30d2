import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { folderWorkspace } from '../../../kit/floor/index.ts';
import { commitFiles, git, makeRepository } from '../../../kit/forge/index.ts';
import type { RepositorySnapshot } from '../../core/packet/seed.ts';
import type { Forge, Published } from '../../core/ports/forge.ts';
import { withFileLock } from '../postgres/index.ts';
import { gitForge } from './index.ts';
import { freePort } from '../../../test/net/free-port.ts';

let base: string;
let forge: Forge;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'jidoka-server-'));
  forge = gitForge({ root: join(base, 'forge'), env: process.env, lock: withFileLock, log: () => undefined });
});
afterEach(() => rm(base, { recursive: true, force: true, maxRetries: 3 }));

const files = { 'a.txt': 'one\n' };

test('a repository of a server is opened and delivered to; one that takes no writes leaves the result with the factory', async () => {
  await makeRepository(files, { folder: join(base, 'served/open') });
  await makeRepository(files, { folder: join(base, 'served/closed') });
  await git(join(base, 'served/open'), 'config', 'daemon.receivepack', 'true');
  await git(join(base, 'served/open'), 'checkout', '--quiet', '-b', 'work');
  const port = await freePort();
  const args = [
    'daemon',
    '--reuseaddr',
    '--export-all',
    '--listen=127.0.0.1',
    `--port=${port}`,
    `--base-path=${join(base, 'served')}`,
    '--verbose',
  ];
  const settings = join(base, 'daemon.gitconfig');
  await writeFile(settings, '[safe]\n\tdirectory = *\n');
  const daemon = spawn('git', args, {
    env: { ...process.env, GIT_CONFIG_GLOBAL: settings },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  try {
    await once(daemon.stderr, 'data');
    const open = await forge.open(`git://127.0.0.1:${port}/open`);
    expect(open).toMatchObject({ kind: 'remote', name: 'open', branch: 'work', directory: '', uncommitted: 0 });
    for (const done of await deliver(open)) expect(done).toMatchObject({ location: open.location, held: null });
    const closed = await forge.open(`git://127.0.0.1:${port}/closed`);
    for (const done of await deliver(closed)) {
      expect(done.held).toMatch(/did not take it/);
      expect(await git(done.location, 'rev-parse', done.ref)).toBe(done.commit);
    }
    await expect(forge.open(`git://127.0.0.1:${port}/missing`)).rejects.toMatchObject({
      code: expect.stringMatching(/repository-invalid|git-failed/),
    });
  } finally {
    process.kill(-(daemon.pid ?? 0), 'SIGKILL');
  }
  await expect(forge.open(`git://127.0.0.1:${port}/open`)).rejects.toMatchObject({ code: 'git-failed' });
});

test('a server that asks for a password gets it from the URL, and the URL is kept without it', async () => {
  await makeRepository(files, { folder: join(base, 'served/private') });
  await git(join(base, 'served/private'), 'config', 'http.receivepack', 'true');
  const asked = `Basic ${Buffer.from('ada:s e@cret').toString('base64')}`;
  const server = createHttpServer((request, response) => {
    if (request.headers.authorization === asked) return serveGit(join(base, 'served'), request, response);
    response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="git"' }).end();
  });
  const address = await listening(server);
  try {
    const repository = await forge.open(`http://ada:s%20e%40cret@${address}/private`);
    expect(repository.location).toBe(`http://${address}/private`);
    for (const done of await deliver(repository)) expect(done.held).toBeNull();
    const stranger = gitForge({ root: join(base, 'stranger'), env: process.env, lock: withFileLock, log: () => undefined });
    await expect(stranger.open(repository.location)).rejects.toMatchObject({ code: 'git-failed' });
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test('a pull request of a server is found by its ref and compared with the default branch, though its mirror has no history', async () => {
  const { path, commit } = await makeRepository(files, { folder: join(base, 'served/asked') });
  await git(path, 'checkout', '--quiet', '-b', 'proposal');
  const head = await commitFiles(path, { 'b.txt': 'two\n' }, 'second');
  await git(path, 'update-ref', 'refs/pull/7/head', head);
  await git(path, 'tag', '--annotate', '--message', 'v1', 'v1');
  await git(path, 'checkout', '--quiet', 'main');
  await git(path, 'branch', '--quiet', '-D', 'proposal');
  await commitFiles(path, { 'c.txt': 'three\n' }, 'third');
  const server = createHttpServer((request, response) => serveGit(join(base, 'served'), request, response));
  const location = `http://${await listening(server)}/asked`;
  try {
    const heads = ['refs/pull/7/head', 'refs/merge-requests/7/head'];
    const compared = await forge.history.compare(location, { heads, base: null });
    expect(compared).toMatchObject({
      repository: { baseCommit: commit, kind: 'remote' },
      head: { ref: heads[0], commit: head },
      base: { ref: 'main' },
    });
    expect(await forge.harvest(compared.repository, { commit: head })).toMatchObject({ files: [{ path: 'b.txt', status: 'added' }] });
    for (const name of ['v1', head])
      expect((await forge.history.compare(location, { heads: [name], base: 'main' })).head.commit, name).toBe(head);
    for (const [name, side] of [
      ['nope', null],
      ['v1', 'nope'],
      ['refs/pull/8/head', null],
      ['--upload-pack=id', null],
    ] as const)
      await expect(forge.history.compare(location, { heads: [name], base: side }), name).rejects.toMatchObject({ code: 'ref-unknown' });
    await expect(forge.history.compare(location, { heads: ['e'.repeat(40)], base: null })).rejects.toMatchObject({ code: 'git-failed' });
    const tree = await mkdtemp(join(base, 'tree-'));
    await folderWorkspace(tree).seed(forge.source({ ...compared.repository, baseCommit: head }));
    expect(await git(tree, 'rev-list', '--count', '--all')).toBe('1');
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test('secrets in a URL stay out of the snapshot and out of faults', async () => {
  const error = await forge.open('http://ada:secret@127.0.0.1:9/x.git').catch((fault: unknown) => fault);
  expect(error).toMatchObject({ code: 'git-failed' });
  expect(JSON.stringify(error) + String(error)).not.toContain('secret');
  await expect(forge.open('ext::sh -c id')).rejects.toMatchObject({ code: 'repository-invalid' });
  await expect(forge.open('gopher://x/y')).rejects.toMatchObject({ code: 'repository-invalid' });
});

/** Checks a repository out, changes a.txt, publishes it and attaches a record. */
async function deliver(repository: RepositorySnapshot, text = 'two\n'): Promise<readonly [Published, Published]> {
  const tree = await mkdtemp(join(base, 'tree-'));
  await folderWorkspace(tree).seed(forge.source(repository));
  await writeFile(join(tree, 'a.txt'), text);
  const { patch } = await forge.harvest(repository, folderWorkspace(tree));
  const at = '2026-01-01T00:00:00Z';
  const branch = await forge.publish(repository, { patch, branch: 'jidoka/deps/a', message: 'x\n\nJidoka-Seed: a', at });
  const record = { ref: 'refs/jidoka/evidence/run', files: new Map([['bundle.json', new Uint8Array([123, 125])]]), message: 'x', at };
  return [branch, await forge.attach(repository, record)];
}

/** Hands a request to git's own server program. */
function serveGit(root: string, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const env = {
    PATH: process.env['PATH'],
    GIT_PROJECT_ROOT: root,
    GIT_HTTP_EXPORT_ALL: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
    REMOTE_USER: 'ada',
    REQUEST_METHOD: request.method,
    PATH_INFO: decodeURIComponent(url.pathname),
    QUERY_STRING: url.search.slice(1),
    CONTENT_TYPE: request.headers['content-type'] ?? '',
    HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
  };
  const child = spawn('git', ['http-backend'], { env, stdio: ['pipe', 'pipe', 'ignore'] });
  request.pipe(child.stdin);
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.once('close', () => {
    const out = Buffer.concat(chunks);
    const end = out.indexOf('\r\n\r\n');
    const headers = out
      .subarray(0, end)
      .toString('utf8')
      .split('\r\n')
      .map((line) => line.split(': '));
    const status = headers.find(([name]) => name === 'Status')?.[1] ?? '200';
    for (const [name = '', value = ''] of headers) if (name !== 'Status') response.setHeader(name, value);
    response.writeHead(Number.parseInt(status, 10)).end(out.subarray(end + 4));
  });
}

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
