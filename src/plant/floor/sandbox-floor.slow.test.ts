import { createServer, type Server } from 'node:http';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { floorContract, otherOwner, type OtherOwner } from '../../../kit/floor/index.ts';
import type { Egress, EgressRefusal } from '../../core/ports/egress.ts';
import type { Floor, Workspace } from '../../core/ports/floor.ts';
import { systemClock } from '../clock/index.ts';
import { sandboxFloor } from './index.ts';

/** A way out behind which somebody answers every request with the same word. */
function parrot(served: Server[]): Egress {
  return {
    async serve({ socket, user }) {
      const server = createServer((request, response) => response.end(`heard ${request.method} ${request.url}`));
      await new Promise<void>((resolve) => server.listen(socket, resolve));
      served.push(server);
      await chmod(socket, user === null ? 0o600 : 0o666);
      return {
        environment: (port) => ({ WAY_OUT: `http://127.0.0.1:${port}/` }),
        allow: () => undefined,
        usage: () => ({ requests: 0, refused: 0, bytesIn: 0, bytesOut: 0 }),
        close: async () => void server.close(),
      };
    },
  };
}

const served: Server[] = [];
const refusals: EgressRefusal[] = [];

async function makeFloor(): Promise<{ floor: Floor; root: string }> {
  const root = await mkdtemp(join(tmpdir(), 'jidoka-sandbox-'));
  await chmod(root, 0o711);
  const log = (message: string): void => void refusals.push({ request: message, why: '' });
  return {
    root,
    floor: sandboxFloor({ root, clock: systemClock(), env: process.env, log, egress: parrot(served), mostOutputBytes: 3_000_000 }),
  };
}

afterAll(() => {
  for (const server of served) server.close();
});

floorContract('sandbox', async () => {
  const { floor, root } = await makeFloor();
  return {
    floor,
    tellsSignals: false,
    end: () => rm(root, { recursive: true, force: true, maxRetries: 10 }),
    other: () => otherFactory(root),
  };
});

describe('sandbox floor', () => {
  let floor: Floor;
  let root: string;
  let [one, two]: readonly Workspace[] = [];
  beforeAll(async () => {
    ({ floor, root } = await makeFloor());
    [one, two] = [await floor.open('one'), await floor.open('two')];
  });
  afterAll(async () => {
    await one?.destroy();
    await two?.destroy();
    await rm(root, { recursive: true, force: true, maxRetries: 10 });
  });
  const node = async (in_: Workspace | undefined, program: string, network: 'registry' | 'none' = 'none'): Promise<string> => {
    const result = await in_?.spawn({ argv: ['node', '-e', program], cwd: '', timeoutMs: 20_000, network });
    return `${result?.stdout ?? ''}${result?.stderr ?? ''}`.trim();
  };

  it('is proved before anything runs', async () => {
    expect(await floor.probe()).toMatchObject({ kind: 'sandbox', tier: 'T2' });
  });

  it('has one way out, for commands that are given it', async () => {
    const ask = `fetch(process.env.WAY_OUT ?? 'http://127.0.0.1:4873/').then((r) => r.text()).then(console.log, (e) => console.log(e.cause?.code))`;
    expect(await node(one, ask, 'registry')).toBe('heard GET /');
    expect(await node(one, ask)).toBe('ECONNREFUSED');
  });

  it('gives each workspace a view of its own', async () => {
    await two?.files.write('secret.txt', 'of two');
    const look = `try { console.log(require('fs').readFileSync(${JSON.stringify(join(two?.root ?? '', 'secret.txt'))}, 'utf8')) } catch (e) { console.log(e.code) }`;
    expect(await node(two, look)).toBe('of two');
    expect(await node(one, look)).toBe('ENOENT');
  });

  it('gives the exit code of the command that has a way out', async () => {
    const result = await one?.spawn({ argv: ['sh', '-c', 'echo said; exit 7'], cwd: '', timeoutMs: 20_000, network: 'registry' });
    expect(result).toMatchObject({ exit: { kind: 'exited', code: 7 }, stdout: 'said\n', stderr: '' });
  });
});

it('a way out that cannot be opened fails its command, and neither the next one nor the end of the workspace', async () => {
  const root = await mkdtemp(join(tmpdir(), 'jidoka-sandbox-'));
  await chmod(root, 0o711);
  let turns = 0;
  const flaky: Egress = {
    serve: (order) => ((turns += 1) === 2 ? parrot(served).serve(order) : Promise.reject(new Error('no settings'))),
  };
  const floor = sandboxFloor({ root, clock: systemClock(), env: process.env, log: () => undefined, egress: flaky });
  const [mended, never] = [await floor.open('mended'), await floor.open('never')];
  const command = { argv: ['true'], cwd: '', timeoutMs: 20_000, network: 'registry' } as const;
  await expect(mended.spawn(command)).rejects.toThrow('no settings');
  expect(await mended.spawn(command)).toMatchObject({ exit: { kind: 'exited', code: 0 } });
  await expect(never.spawn(command)).rejects.toThrow('no settings');
  await mended.destroy();
  await never.destroy();
  await rm(root, { recursive: true, force: true, maxRetries: 10 });
});

/** The factory in another process; node before 22 does not read TypeScript, so vite loads it. */
async function otherFactory(root: string): Promise<OtherOwner> {
  const program = join(root, 'factory.mjs');
  await writeFile(
    program,
    `
    import { createViteServer } from ${JSON.stringify(import.meta.resolve('vitest/node'))};
    const vite = await createViteServer({ configFile: false, cacheDir: ${JSON.stringify(join(root, '.vite'))}, logLevel: 'error', server: { middlewareMode: true, ws: false, watch: null } });
    const { sandboxFloor } = await vite.ssrLoadModule(${JSON.stringify(join(import.meta.dirname, 'index.ts'))});
    const { serveOwner } = await vite.ssrLoadModule(${JSON.stringify(join(import.meta.dirname, '../../../kit/floor/other-owner.ts'))});
    const clock = { now: () => new Date().toISOString(), monotonicMs: () => performance.now() };
    const egress = { serve: async () => ({ environment: () => ({}), close: async () => undefined }) };
    await serveOwner(sandboxFloor({ root: ${JSON.stringify(root)}, clock, env: process.env, egress, log: () => undefined }));
  `,
  );
  return otherOwner(program);
}
