import { chmod, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startDocker } from '../../../../../test/engines/docker.ts';
import type { EngineUnderTest } from '../../../../../test/engines/engine.ts';
import type { Engine } from '../engine/engine.ts';
import { findEngine } from '../engine/find-engine.ts';
import { groundImage } from '../image/ground-image.ts';
import { haveImage } from '../image/images.ts';
import { packRunner } from '../../remote/index.ts';
import { proveContainer } from './canaries.ts';
import { provedLately } from './proved-lately.ts';

const asRoot = process.getuid?.() === 0;

describe.runIf(asRoot)('canaries in containers', () => {
  let under: EngineUnderTest;
  let engine: Engine;
  let ground: string;
  let folder: string;
  beforeAll(async () => {
    under = await startDocker();
    folder = await mkdtemp(join(tmpdir(), 'jidoka-canary-'));
    await chmod(folder, 0o755);
    engine = await findEngine({ engine: under.address, env: {} });
    ground = await groundImage(engine, {
      image: await haveImage(engine, under.image, () => undefined),
      pack: await packRunner(),
      labels: {},
    });
  });
  afterAll(async () => {
    await under.end();
    await rm(folder, { recursive: true });
  });

  /** The claims that are not proved of a container that is made with something else than the floor's own settings. */
  async function refuted(weaker: (host: object) => object): Promise<readonly string[]> {
    const api = Object.create(engine.api) as typeof engine.api;
    api.createContainer = async (options: Parameters<typeof api.createContainer>[0]) =>
      engine.api.createContainer({ ...options, HostConfig: weaker(options.HostConfig ?? {}) });
    const { claims } = await proveContainer({ ...engine, api }, { called: under.image, image: ground, name: 'canary', labels: {}, folder });
    return claims.filter(({ state }) => state !== 'proved').map(({ claim }) => claim);
  }

  const weaker: readonly (readonly [string, (host: object) => object, readonly string[]])[] = [
    ['nothing weaker', (host) => host, []],
    [
      'the network of the host',
      (host) => ({ ...host, NetworkMode: 'host' }),
      ['net.devices.none', 'net.tcp.none', 'net.udp.none', 'unix.sockets.confined'],
    ],
    ['the processes of the host', (host) => ({ ...host, PidMode: 'host' }), ['proc.hidden']],
    [
      'a folder of the host',
      (host) => ({ ...host, Binds: [`${folder}:${folder}`] }),
      ['fs.read.confined', 'fs.write.confined', 'unix.sockets.confined'],
    ],
    ['what the engine hides of itself', (host) => ({ ...host, MaskedPaths: undefined }), ['fs.sys.hidden']],
    ['rights', (host) => ({ ...host, CapDrop: [], SecurityOpt: [] }), ['caps.reserve.none', 'privileges.never-gained']],
    [
      'no limits',
      (host) => ({ ...host, Memory: 2 ** 30, MemorySwap: 2 ** 30, PidsLimit: 4096, NanoCpus: 0 }),
      ['limits.memory', 'limits.processes', 'limits.cpu'],
    ],
  ];
  test.each(weaker)('of a container with %s just that is refuted', async (_what, weaken, expected) => {
    expect(await refuted(weaken)).toEqual(expected);
    expect(await engine.api.listContainers({ all: true })).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('a proof', () => {
  const claims = [{ claim: 'caps.none', state: 'proved', proof: 'capabilities: none' }] as const;
  const tools = { node: '22.1.0', npm: '10.1.0', git: '2.40.0' };

  test('is believed for an hour of the same thing, says when it was seen, and is made anew for anything else', async () => {
    const root = await mkdtemp(join(tmpdir(), 'jidoka-proof-'));
    let made = 0;
    const prove = async (): Promise<{ tools: typeof tools; claims: typeof claims }> => {
      made += 1;
      return { tools, claims };
    };
    const first = await provedLately({ root, about: 'one' }, prove);
    expect(first.claims[0]?.proof).toMatch(/^capabilities: none \(\d{4}-\d\d-\d\dT.*Z\)$/);
    expect((await provedLately({ root, about: 'one' }, prove)).claims).toEqual(first.claims);
    expect(made).toBe(1);
    await provedLately({ root, about: 'two' }, prove);
    expect(made).toBe(2);
    const file = join(root, 'proof.json');
    const kept = JSON.parse(await readFile(file, 'utf8')) as { readonly atMs: number };
    for (const atMs of [kept.atMs - 3_600_001, kept.atMs + 3_600_000]) {
      await writeFile(file, JSON.stringify({ ...kept, atMs }));
      await provedLately({ root, about: 'two' }, prove);
    }
    expect(made).toBe(4);
    await writeFile(file, '{"key":');
    await provedLately({ root, about: 'two' }, prove);
    expect(made).toBe(5);
    await rm(root, { recursive: true });
  });

  test('that something does not hold is not remembered', async () => {
    const root = await mkdtemp(join(tmpdir(), 'jidoka-proof-'));
    let made = 0;
    const prove = async () => {
      made += 1;
      return { tools, claims: [{ ...claims[0], state: 'refuted' as const }] };
    };
    await provedLately({ root, about: 'one' }, prove);
    await provedLately({ root, about: 'one' }, prove);
    expect(made).toBe(2);
    await rm(root, { recursive: true });
  });
});
