import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { EgressRoute } from '../../src/core/ports/egress.ts';
import { ask, sayTo } from './ask.ts';
import { npmRootOf, orderAt, type Bench } from './bench.ts';

/** What every egress promises of its gates: their sockets, phases, environment and count. */
export function gateContract(bench: () => Bench): void {
  test('the environment leads to the port asked for and nowhere else', () => {
    const { gate } = bench();
    const environment = gate.environment(4873);
    expect(environment['npm_config_registry']).toMatch(/^http:\/\/127\.0\.0\.1:4873\/.*\/$/);
    const urls = Object.values(environment).filter((value) => value.includes('://'));
    for (const url of urls) expect(new URL(url).host).toBe('127.0.0.1:4873');
    expect(gate.environment(1234)['npm_config_registry']).toContain(':1234/');
  });

  test('the environment tells of what is open, with keys that are none', () => {
    const { gate } = bench();
    gate.allow(['npm']);
    const setup = gate.environment(4873);
    expect(Object.keys(setup).filter((name) => /model|key|base_url|git|report/i.test(name))).toEqual([]);
    gate.allow(['model', 'git', 'report']);
    expect(gate.environment(4873)).toMatchObject({
      npm_config_registry: setup['npm_config_registry'],
      ANTHROPIC_BASE_URL: 'http://127.0.0.1:4873/model',
      OPENAI_BASE_URL: 'http://127.0.0.1:4873/model/v1',
      GOOGLE_GEMINI_BASE_URL: 'http://127.0.0.1:4873/model',
      ANTHROPIC_API_KEY: 'jidoka-job',
      OPENAI_API_KEY: 'jidoka-job',
      GEMINI_API_KEY: 'jidoka-job',
      JIDOKA_GIT_URL: 'http://127.0.0.1:4873/git/one',
      JIDOKA_REPORT_URL: 'http://127.0.0.1:4873/report/mcp',
    });
  });

  const paths: Readonly<Record<EgressRoute, string>> = {
    npm: '/npm/plain',
    model: '/model/v1/models',
    git: '/git/one/info/refs?service=git-upload-pack',
    report: '/report/mcp',
  };
  /** Of the desk nothing is read: it says so. */
  const answered: Readonly<Record<string, number>> = { report: 405 };

  test.each([[[]], [['npm']], [['model', 'git']], [['git']], [['report']], [['npm', 'model', 'git', 'report']]] as const)(
    'while %j is open, nothing else is',
    async (routes) => {
      const { socket, gate, refusals } = bench();
      gate.allow(routes);
      for (const [route, path] of Object.entries(paths)) {
        const isOpen = routes.some((one) => one === route);
        const { status, body } = await ask(socket, path);
        const asks = /not open to this command.*ask whoever ordered the command/.test(String(body));
        expect([route, status, asks]).toEqual([route, isOpen ? (answered[route] ?? 200) : 403, !isOpen]);
      }
      expect(refusals).toHaveLength(4 - routes.length);
      expect(gate.usage()).toMatchObject({ requests: 4, refused: 4 - routes.length });
    },
  );

  test('a gate opens with what was ordered', async () => {
    const { egress, folder } = bench();
    const at = join(folder, 'setup');
    const gate = await egress.serve({ ...orderAt(at), routes: ['npm'] });
    expect((await ask(at, paths.npm)).status).toBe(200);
    expect((await ask(at, paths.model)).status).toBe(403);
    await gate.close();
  });

  test('what is under way is broken off when its capability is taken away, and only that', async () => {
    const { socket, gate, world } = bench();
    const begun = new Promise<void>((resolve) => {
      world.model.answerBy((response) => {
        response.once('close', resolve).writeHead(200).write('never ends');
        gate.allow(['npm', 'git']);
      });
    });
    await expect(ask(socket, paths.model)).rejects.toThrow(/aborted|ECONNRESET|hang up/);
    await begun;
    expect((await ask(socket, paths.npm)).status).toBe(200);
  });

  test('what comes in and goes out is counted, heads and bodies, and stays counted', async () => {
    const { socket, gate } = bench();
    expect(gate.usage()).toEqual({ requests: 0, refused: 0, bytesIn: 0, bytesOut: 0 });
    const { body } = await ask(socket, paths.npm);
    await ask(socket, '/model/v1/messages', { method: 'POST', body: 'x'.repeat(100_000) });
    await gate.close();
    const usage = gate.usage();
    expect(usage).toMatchObject({ requests: 2, refused: 0 });
    expect(usage.bytesIn).toBeGreaterThan(body.length);
    expect(usage.bytesIn).toBeLessThan(body.length + 5_000);
    expect(usage.bytesOut).toBeGreaterThan(100_000);
    expect(usage.bytesOut).toBeLessThan(105_000);
  });

  test('what is no HTTP hurts nobody', async () => {
    const { socket, gate } = bench();
    expect(await sayTo(socket, 'SSH-2.0-OpenSSH\r\n\r\n')).toMatch(/^(HTTP\/1\.1 400 |$)/);
    expect((await ask(socket, `${npmRootOf(gate)}plain`)).status).toBe(200);
  });

  test('fifty at once are all answered', async () => {
    const { socket, gate } = bench();
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(socket, `${npmRootOf(gate)}plain`)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(50);
  });

  test('only its user may connect', async () => {
    const { socket } = bench();
    expect(((await lstat(socket)).mode & 0o777).toString(8)).toBe('600');
  });

  test.runIf(process.getuid?.() === 0)('the socket is given to the user of the commands', async () => {
    const { egress, folder } = bench();
    const other = join(folder, 'other');
    const given = await egress.serve({ ...orderAt(other), user: { uid: 12_345, gid: 12_346 } });
    const { uid, gid } = await lstat(other);
    await given.close();
    expect([uid, gid]).toEqual([12_345, 12_346]);
  });

  test('a closed gate is gone with its socket, and others stay', async () => {
    const { socket, gate, egress, folder } = bench();
    const second = join(folder, 'second');
    const other = await egress.serve(orderAt(second));
    await other.close();
    await other.close();
    await expect(lstat(second)).rejects.toThrow('ENOENT');
    expect((await ask(socket, `${npmRootOf(gate)}plain`)).status).toBe(200);
  });

  test('a gate closes while somebody waits', async () => {
    const { socket, gate } = bench();
    const waiting = ask(socket, `${npmRootOf(gate)}plain`).catch(() => 'cut off');
    await gate.close();
    expect(['cut off', 200]).toContain(await waiting.then((got) => (typeof got === 'string' ? got : got.status)));
  });

  test('a socket that an earlier life left is replaced', async () => {
    const { gate, egress, folder } = bench();
    const old = join(folder, 'old');
    await leaveSocket(old);
    const again = await egress.serve(orderAt(old));
    expect((await ask(old, `${npmRootOf(gate)}plain`)).status).toBe(200);
    await again.close();
  });

  test('where no socket can be, the fault says so', async () => {
    const { egress, folder } = bench();
    for (const at of [join(folder, 'no', 'such', 'folder'), join(folder, 'x'.repeat(120)), folder]) {
      await expect(egress.serve(orderAt(at))).rejects.toMatchObject({ code: 'workspace-failed' });
    }
  });
}

/** Leaves the file of a socket on which nobody listens, as a process does that was killed. */
async function leaveSocket(path: string): Promise<void> {
  const { fork } = await import('node:child_process');
  const program = `require('node:net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
  const child = fork('-e', [path], { execArgv: ['-e', program], stdio: 'ignore' });
  await new Promise((resolve) => child.once('exit', resolve));
}
