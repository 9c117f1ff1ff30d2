import { createServer } from 'node:http';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sampleProbe } from '../../kit/factory/index.ts';
import { JidokaError } from '../core/base/error.ts';
import type { Floor, FloorProbe, FloorSettings } from '../core/ports/floor.ts';
import { floorFindings } from './floor-findings.ts';
import { otherFloors } from './other-floors.ts';

const settings: FloorSettings = {
  kind: 'sandbox',
  preset: true,
  image: null,
  engine: null,
  host: null,
  least: 'T2',
  region: null,
  limits: {},
};

function floorOf(probe: () => FloorProbe): Floor {
  return { kind: 'sandbox', probe: async () => probe() } as Floor; // nothing else of it is asked
}

describe('the floor, to a doctor', () => {
  it('shows its tier, each claim with its proof, and how limits are held', async () => {
    const found = await floorFindings(
      floorOf(() => sampleProbe),
      settings,
    );
    const texts = found.map(({ group, name, ok, found: text }) => `${ok ? 'ok' : 'no'} ${group} ${name}: ${text}`);
    expect(texts).toEqual([
      'ok required floor: sandbox, as preset: tier T2, wall bubblewrap, commands run as nobody (65534)',
      'ok required floor fs.read.confined: A file of this host is not there.',
      'no optional floor limits.memory: unsupported: Nothing of this host counts memory.',
      'ok required npm: npm 11.0.0 on node v20.20.2',
      'ok optional floor limits: held by cgroup-v2',
      'ok optional floor layers: overlay: a workspace takes only the room of what it changes',
      'ok optional floor caveat: memory is not limited',
    ]);
    expect(found.filter(({ ok, mend }) => !ok && mend === '')).toEqual([]);
  });

  it('says who named it, what limits were set, and when nothing holds them', async () => {
    const named = { ...settings, preset: false, limits: { cpus: 2 } };
    const found = await floorFindings(
      floorOf(() => ({ ...sampleProbe, limits: 'none' })),
      named,
    );
    expect(found[0]?.found).toContain('as --floor or JIDOKA_FLOOR says');
    expect(found.find(({ name }) => name === 'floor limits')).toMatchObject({
      ok: false,
      found: 'held by none; set: cpus 2',
      mend: expect.stringMatching(/./),
    });
  });

  it('that refuses is told with each thing to do on a line of its own', async () => {
    const mend = 'Install bubblewrap: `sudo apt-get install bubblewrap` (Debian, Ubuntu). Or install what the other wall needs: unshare.';
    const refuse = (): never => {
      throw new JidokaError('no-sandbox', 'This machine cannot confine commands.', { mend });
    };
    const [only, ...others] = await floorFindings(floorOf(refuse), settings);
    expect(others).toEqual([]);
    expect(only).toMatchObject({ group: 'required', ok: false, found: 'sandbox, as preset: This machine cannot confine commands.' });
    expect(only?.mend.split('\n')).toEqual([
      'Install bubblewrap: `sudo apt-get install bubblewrap` (Debian, Ubuntu).',
      'Or install what the other wall needs: unshare.',
    ]);
  });
});

describe('floors that are not used', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jidoka-doctor-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function ping(socket: string): Promise<() => void> {
    const server = createServer((request, response) => {
      response.writeHead(request.url === '/_ping' ? 200 : 404, { Server: 'Docker/20.10.24 (linux)' }).end('OK');
    });
    await new Promise<void>((listening) => server.listen(socket, listening));
    return () => server.close();
  }

  it('could be where an engine answers at its socket and ssh is on PATH', async () => {
    const engine = join(folder, 'engine.sock');
    const close = await ping(engine);
    await writeFile(join(folder, 'ssh'), '');
    await chmod(join(folder, 'ssh'), 0o755);
    const found = await otherFloors('sandbox', [engine], { PATH: `/nowhere:${folder}` });
    const [named] = await otherFloors('ssh', [join(folder, 'none.sock'), `unix://${engine}`], {});
    close();
    expect(found).toMatchObject([
      { group: 'optional', ok: true, found: `Docker/20.10.24 (linux) answers at ${engine}` },
      { group: 'optional', ok: true, found: join(folder, 'ssh') },
    ]);
    expect(named?.found).toBe(`Docker/20.10.24 (linux) answers at unix://${engine}`);
  });

  it('could not where nothing answers, in no more than a second, and the one in use is not told of', async () => {
    const silent = createServer();
    const engine = join(folder, 'silent.sock');
    await new Promise<void>((listening) => silent.listen(engine, listening));
    const begun = performance.now();
    const found = await otherFloors('ssh', [engine], { PATH: folder });
    silent.closeAllConnections();
    silent.close();
    expect(found).toMatchObject([{ ok: false, found: `no engine answers at ${engine}`, mend: expect.stringContaining('JIDOKA_DOCKER') }]);
    expect(performance.now() - begun).toBeLessThan(5_000);
    expect(await otherFloors('container', [], { PATH: folder })).toMatchObject([{ ok: false, found: 'no ssh on PATH' }]);
  });
});
