import { createServer, type Server } from 'node:http';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { floorContract, otherBuilt, wayOutContract, type OtherOwner } from '../../../kit/floor/index.ts';
import { deskEgress } from '../../../test/floor/desk-egress.ts';
import type { Egress, EgressRefusal } from '../../core/ports/egress.ts';
import type { Floor, Workspace } from '../../core/ports/floor.ts';
import { readWhere, whereAre } from '../../core/station/program-question.ts';
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

wayOutContract('sandbox', async (desk) => {
  const root = await mkdtemp(join(tmpdir(), 'jidoka-sandbox-'));
  await chmod(root, 0o711);
  const floor = sandboxFloor({ root, clock: systemClock(), env: process.env, log: () => undefined, egress: deskEgress(desk) });
  return { floor, end: () => rm(root, { recursive: true, force: true, maxRetries: 10 }) };
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

/** The factory in another process. */
function otherFactory(root: string): Promise<OtherOwner> {
  return otherBuilt(
    root,
    `const { sandboxFloor } = await load('src/plant/floor/index.js');
    const egress = { serve: async () => ({ environment: () => ({}), close: async () => undefined }) };
    await serveOwner(sandboxFloor({ root: ${JSON.stringify(root)}, clock, env: process.env, egress, log: () => undefined }));`,
  );
}

describe('programs of the factory', () => {
  let root: string;
  let programs: string;
  let workspace: Workspace;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'jidoka-programs-'));
    await chmod(root, 0o711);
    programs = join(root, 'agents');
    await mkdir(join(programs, 'parrot@1.2.0'), { recursive: true });
    await writeFile(join(programs, 'parrot@1.2.0/cli.js'), '#!/usr/bin/env node\nconsole.log("parrot", process.argv[2]);\n');
    await chmod(join(programs, 'parrot@1.2.0/cli.js'), 0o755);
    // Whoever could write it outside must not be able to inside.
    for (const folder of [programs, join(programs, 'parrot@1.2.0')]) await chmod(folder, 0o777);
    await mkdir(join(root, 'beside'));
    const folders = { root: join(root, 'work'), programs: [programs, join(root, 'missing')] };
    const floor = sandboxFloor({ ...folders, clock: systemClock(), env: process.env, log: () => undefined, egress: parrot(served) });
    workspace = await floor.open('agents');
  });
  afterAll(async () => {
    await workspace.destroy();
    await rm(root, { recursive: true, force: true, maxRetries: 10 });
  });
  const sh = async (script: string): Promise<{ readonly stdout: string; readonly stderr: string }> =>
    workspace.spawn({ argv: ['sh', '-c', script, 'sh', programs], cwd: '', timeoutMs: 20_000, network: 'none' });

  it('run behind the walls, at the path that they have outside', async () => {
    expect((await sh('"$1/parrot@1.2.0/cli.js" speaks')).stdout).toBe('parrot speaks\n');
  });

  it('are found by the question that stations ask', async () => {
    const path = join(programs, 'parrot@1.2.0/cli.js');
    const argv = whereAre([
      { name: 'parrot', path },
      { name: 'parrot', path: join(root, 'beside') },
      { name: 'node', path: null },
    ]);
    const { stdout } = await workspace.spawn({ argv, cwd: '', timeoutMs: 20_000, network: 'none' });
    expect(readWhere(stdout)).toEqual([path, null, expect.stringMatching(/\/node$/)]);
  });

  it('cannot be changed, replaced, removed or added to from inside', async () => {
    const attempts = [
      'echo x >> "$1/parrot@1.2.0/cli.js"',
      'echo x > "$1/parrot@1.2.0/other.js"',
      'rm -f "$1/parrot@1.2.0/cli.js"',
      'mv "$1/parrot@1.2.0" "$1/parrot@1.2.1"',
      'mkdir "$1/magpie@1.0.0"',
      'chmod 0 "$1/parrot@1.2.0/cli.js"',
    ];
    for (const attempt of attempts) expect((await sh(`(${attempt}) && echo ESCAPED`)).stdout, attempt).toBe('');
    expect(await readdir(programs)).toEqual(['parrot@1.2.0']);
    expect(await readFile(join(programs, 'parrot@1.2.0/cli.js'), 'utf8')).not.toContain('x\n');
  });

  it('bring nothing with them that stands beside', async () => {
    expect((await sh('ls "$1/.."')).stdout.trim().split('\n')).toEqual(['agents', 'work']);
  });
});
