import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import {
  ask,
  jobRepositories,
  modelDouble,
  runGit,
  upstreamAt,
  type JobRepositories,
  type JobRepository,
} from '../../../kit/egress/index.ts';
import type { EgressGate, EgressRefusal, GitCapability, ModelUpstream } from '../../core/ports/egress.ts';
import { openEgress, type EgressLimits } from './index.ts';

const noUpstreams = { registries: () => Promise.resolve([]), get: () => Promise.reject(new Error('No package is asked for here.')) };

interface Options {
  readonly model?: ModelUpstream;
  readonly git?: GitCapability;
  readonly path?: string;
  readonly limits?: Partial<EgressLimits>;
}

/** A gate of job `one` to a model gateway or repositories. */
async function gateTo(options: Options): Promise<{ socket: string; gate: EgressGate; refusals: EgressRefusal[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'jidoka-gate-'));
  const socket = join(folder, 'out');
  const refusals: EgressRefusal[] = [];
  const egress = openEgress({ upstreams: noUpstreams, path: process.env['PATH'] ?? '', ...options });
  const told = (refusal: EgressRefusal): void => void refusals.push(refusal);
  const gate = await egress.serve({ socket, user: null, job: 'one', routes: ['model', 'git'], refused: told });
  onTestFinished(async () => {
    await gate.close();
    await rm(folder, { recursive: true, force: true });
  });
  return { socket, gate, refusals };
}

async function aModel() {
  const model = await modelDouble();
  onTestFinished(() => model.close());
  return model;
}

const post = { method: 'POST', body: '{}' };

describe('the model gateway', () => {
  test('that says nothing is given up after patience, in the words of its clients', async () => {
    const model = await aModel();
    const closed = new Promise<void>((resolve) => model.answerBy((response) => void response.once('close', resolve)));
    const { socket } = await gateTo({ model, limits: { modelPatienceMs: 200 } });
    const { status, body } = await ask(socket, '/model/v1/messages', post);
    expect([status, JSON.parse(String(body))]).toMatchObject([
      504,
      { type: 'error', error: { message: expect.stringContaining('in 200 ms') } },
    ]);
    await closed;
  });

  test('that falls silent in the middle is cut off, and one that goes on slowly is not', async () => {
    const model = await aModel();
    const { socket } = await gateTo({ model, limits: { modelPatienceMs: 300 } });
    model.answerBy((response) => void response.writeHead(200).write('data: 1\n\n'));
    await expect(ask(socket, '/model/v1/messages', post)).rejects.toThrow(/aborted|ECONNRESET|hang up/);
    model.answerBy((response) => {
      let left = 5;
      const timer = setInterval(() => {
        response.write('data\n\n');
        left -= 1;
        if (left === 0) response.end();
        if (left === 0) clearInterval(timer);
      }, 100);
    });
    expect(String((await ask(socket, '/model/v1/messages', post)).body)).toBe('data\n\n'.repeat(5));
  });

  test('is left when the client stops in the middle of what it says', async () => {
    const model = await aModel();
    const { socket, gate } = await gateTo({ model, limits: { modelPatienceMs: 200 } });
    const connection = connect(socket);
    connection.write('POST /model/v1/messages HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 10\r\n\r\n{');
    expect(await text(connection)).toMatch(/^HTTP\/1\.1 504 /);
    expect(model.requests()).toEqual([]);
    await gate.close();
  });

  test('answers before it has heard all, and is heard', async () => {
    const server = createServer((_asked, response) => void response.writeHead(413, { connection: 'close' }).end('{"error":"too much"}'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const { socket } = await gateTo({ model: upstreamAt(`http://127.0.0.1:${port}`) });
    const { status } = await ask(socket, '/model/v1/messages', { method: 'POST', body: 'x'.repeat(10) });
    expect(status).toBe(413);
  });

  test.each(['not a url', 'file:///etc/passwd', 'ftp://gateway.example'])('at %s is no gateway, and is not told', async (url) => {
    const { socket, refusals } = await gateTo({ model: upstreamAt(url) });
    const { status, body } = await ask(socket, '/model/v1/messages', post);
    expect([status, String(body)]).toEqual([403, expect.stringContaining('no http URL')]);
    expect(JSON.stringify([String(body), refusals])).not.toContain(url);
  });

  test('whose settings cannot be read is a failure in words, and the next request is answered', async () => {
    const model = await aModel();
    const key = 'sk-of-a-broken-vault-1234';
    let broken = true;
    const target: ModelUpstream['target'] = async (asked) => {
      if (broken) throw new Error(`the vault fell over ${key}`);
      return await model.target(asked);
    };
    const { socket, refusals } = await gateTo({ model: { target } });
    const { status, body } = await ask(socket, '/model/v1/messages', post);
    broken = false;
    expect([status, String(body)]).toEqual([500, expect.stringContaining("jidoka's egress failed at this")]);
    expect(JSON.stringify([String(body), refusals])).not.toContain(key);
    expect((await ask(socket, '/model/v1/messages', post)).status).toBe(200);
  });

  test('that compresses what it was asked not to is not passed on', async () => {
    const model = await aModel();
    model.answerBy((response) => response.writeHead(200, { 'content-encoding': 'br' }).end('...'));
    const { socket } = await gateTo({ model });
    const { status, body } = await ask(socket, '/model/v1/messages', { ...post, headers: { 'accept-encoding': 'br, gzip' } });
    expect([status, String(body)]).toEqual([502, expect.stringContaining('answered in br')]);
    expect(model.requests()[0]?.headers['accept-encoding']).toBe('identity');
  });

  test('gets of a head what it needs, and of nobody who asks', async () => {
    const model = await aModel();
    const { socket } = await gateTo({ model });
    const kept = { 'content-type': 'application/json', 'anthropic-version': '2023-06-01', 'x-stainless-lang': 'js', session_id: 'one' };
    const left = {
      'openai-organization': 'org-mine',
      'x-goog-user-project': 'mine',
      forwarded: 'for=mine',
      referer: 'http://mine',
      te: 'trailers',
    };
    await ask(socket, '/model/v1/messages', { ...post, headers: { ...kept, ...left } });
    const headers = model.requests()[0]?.headers ?? {};
    expect(headers).toMatchObject(kept);
    expect(Object.keys(headers).filter((name) => name in left)).toEqual([]);
  });

  test('is not asked for a longer prompt than the limit', async () => {
    const model = await aModel();
    const { socket } = await gateTo({ model, limits: { promptBytes: 100 } });
    expect((await ask(socket, '/model/v1/messages', { method: 'POST', body: 'x'.repeat(100) })).status).toBe(200);
    expect((await ask(socket, '/model/v1/messages', { method: 'POST', body: 'x'.repeat(101) })).status).toBe(413);
  });
});

describe('the repository', () => {
  let git: JobRepositories;
  let one: JobRepository;
  beforeAll(async () => {
    git = await jobRepositories();
  });
  afterAll(() => git.close());
  beforeEach(async () => {
    one = await git.make('one');
  });
  const zero = '0'.repeat(40);
  const line = (words: string): string => (words.length + 4).toString(16).padStart(4, '0') + words;
  const list = (commit: string, ref = 'refs/jidoka/one/x'): string => `${line(`${zero} ${commit} ${ref}\0 report-status`)}0000`;
  const push = (socket: string, body: string | Buffer) => ask(socket, '/git/one/git-receive-pack', { method: 'POST', body });

  /** The pack of a commit that the repository does not have, and its list. */
  async function newCommit(): Promise<{ commit: string; body: Buffer }> {
    const folder = await mkdtemp(join(tmpdir(), 'jidoka-pack-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    await runGit(folder, ['clone', '--quiet', `file://${one.gitDir}`, folder]);
    const commit = (await runGit(folder, ['commit-tree', '-p', 'HEAD', '-m', 'new', 'HEAD^{tree}'])).stdout;
    await runGit(folder, ['update-ref', 'refs/heads/new', commit]);
    await runGit(folder, ['repack', '--quiet', '-a', '-d']);
    const packs = join(folder, '.git', 'objects', 'pack');
    const [pack = ''] = (await readdir(packs)).filter((file) => file.endsWith('.pack'));
    return { commit, body: Buffer.concat([Buffer.from(list(commit)), await readFile(join(packs, pack))]) };
  }

  test('takes a push of its job, and no longer one than the limit', async () => {
    const { commit, body } = await newCommit();
    const small = await gateTo({ git, limits: { pushBytes: body.length - 1 } });
    const refused = await push(small.socket, body);
    expect([refused.status, String(refused.body)]).toEqual([413, expect.stringContaining(`at most ${body.length - 1} bytes`)]);
    const enough = await gateTo({ git, limits: { pushBytes: body.length } });
    expect(String((await push(enough.socket, body)).body)).toContain('ok refs/jidoka/one/x');
    expect((await runGit(one.gitDir, ['rev-parse', 'refs/jidoka/one/x'])).stdout).toBe(commit);
    expect([small.refusals.length, enough.refusals.length]).toEqual([1, 0]);
  });

  test('takes no more pushes than the limit of a job in all', async () => {
    const { body } = await newCommit();
    const { socket, refusals } = await gateTo({ git, limits: { pushedBytes: body.length + 10 } });
    expect(String((await push(socket, body)).body)).toContain('ok refs/jidoka/one/x');
    const again = await push(socket, body);
    expect([again.status, String(again.body)]).toEqual([200, expect.stringContaining('a job pushes at most')]);
    expect(refusals).toHaveLength(1);
  });

  test('takes no push of half a pack, and keeps nothing of it', async () => {
    const { body } = await newCommit();
    const { socket } = await gateTo({ git });
    const { status, body: said } = await push(socket, body.subarray(0, body.length - 30));
    expect([status, String(said)]).toEqual([200, expect.stringMatching(/^[0-9a-f]{4}unpack (?!ok)/)]);
    expect((await runGit(one.gitDir, ['for-each-ref', 'refs/jidoka'])).stdout).toBe('');
    expect((await readdir(join(one.gitDir, 'objects'))).filter((name) => name.startsWith('tmp_'))).toEqual([]);
  });

  test('cannot be led to objects of another repository', async () => {
    await mkdir(join(one.gitDir, 'objects', 'info'), { recursive: true });
    await writeFile(join(one.gitDir, 'objects', 'info', 'alternates'), `${git.source}/.git/objects\n`);
    const { socket, refusals } = await gateTo({ git });
    const { status, body } = await ask(socket, '/git/one/info/refs?service=git-receive-pack');
    expect([status, String(body)]).toEqual([403, expect.stringContaining('borrows objects of another one')]);
    expect(refusals).toHaveLength(1);
  });

  test('is a failure in words where there is no git, and the factory is told what is wrong', async () => {
    const { socket, refusals } = await gateTo({ git, path: '/nonexistent' });
    const { status, body } = await ask(socket, '/git/one/info/refs?service=git-upload-pack');
    expect([status, String(body)]).toEqual([403, expect.stringContaining('git cannot read it')]);
    expect(refusals).toHaveLength(1);
  });

  test('that is not there names no place of the host', async () => {
    await rm(one.gitDir, { recursive: true });
    const { socket } = await gateTo({ git });
    const { status, body } = await ask(socket, '/git/one/info/refs?service=git-upload-pack');
    expect(status).toBe(403);
    expect(String(body)).not.toContain(one.gitDir);
  });

  test('that the factory cannot name is a failure in words', async () => {
    const { socket } = await gateTo({ git: { repository: () => Promise.reject(new Error('/home/secret/place')) } });
    const { status, body } = await ask(socket, '/git/one/info/refs?service=git-upload-pack');
    expect([status, String(body)]).toEqual([500, expect.stringContaining("jidoka's egress failed at this")]);
    expect(String(body)).not.toContain('secret');
  });

  test('that pushes stop half way is left in time, and a gate that closes waits for git', async () => {
    const { socket, gate } = await gateTo({ git, limits: { patienceMs: 300 } });
    const connection = connect(socket);
    connection.write(
      `POST /git/one/git-receive-pack HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 5000\r\n\r\n${list('1'.repeat(40))}PACK`,
    );
    await text(connection);
    await gate.close();
    expect((await readdir(join(one.gitDir, 'objects'))).filter((name) => name.startsWith('tmp_'))).toEqual([]);
  });
});
