import { lstat, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ask, egressContract } from '../../../../../kit/egress/index.ts';
import { registryDouble } from '../../../../../kit/registry/index.ts';
import { wirePair } from '../../../../../test/remote/wire-pair.ts';
import type { Egress, EgressRefusal } from '../../../../core/ports/egress.ts';
import { openEgress } from '../../../egress/index.ts';
import { npmUpstreams } from '../../../registry/index.ts';
import { gatesFor } from '../over/gates.ts';
import { socketFolder } from '../over/socket-folder.ts';
import { openSession } from '../wire/session.ts';
import type { Session } from '../wire/session.ts';
import { relayedEgress } from './relayed-egress.ts';

interface Relayed {
  readonly egress: Egress;
  /** Private folder of the factory, and its side of the wire. */
  readonly folder: string;
  readonly factory: Session;
  end(): Promise<void>;
}

/** An egress of this process at the other end of a wire to this process. */
async function relayed(behind: Egress): Promise<Relayed> {
  const [near, far] = wirePair();
  const folder = await mkdtemp(join(tmpdir(), 'jidoka-relay-'));
  const sockets = socketFolder(folder);
  const fault = (why: string): Error => new Error(why);
  const gates = gatesFor(behind, sockets, () => factory);
  const relay = relayedEgress(() => runner);
  const factory: Session = openSession(near, { side: 'factory', answers: gates.answers, heard: gates.heard, fault });
  const runner: Session = openSession(far, { side: 'runner', answers: {}, heard: relay.heard, fault });
  void factory.ended.then(() => gates.closeAll());
  return {
    egress: relay.egress,
    folder,
    factory,
    async end() {
      factory.drop('the test is over');
      await runner.ended;
      await gates.closeAll();
      await sockets.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

egressContract('over a wire', async ({ packages, model, git, desk }) => {
  const registry = await registryDouble({ packages });
  const home = await mkdtemp(join(tmpdir(), 'jidoka-relay-home-'));
  await writeFile(join(home, '.npmrc'), `registry=${registry.url}\n`);
  await writeFile(join(home, 'package.json'), '{}');
  const upstreams = npmUpstreams({ cwd: home, env: { HOME: home, PREFIX: home, PATH: process.env['PATH'] } });
  const { egress, end } = await relayed(openEgress({ upstreams, model, git, desk, path: process.env['PATH'] ?? '' }));
  return {
    egress,
    async end() {
      await end();
      await registry.close();
      await rm(home, { recursive: true, force: true });
    },
  };
});

describe('a way out over a wire', () => {
  const nowhere = { registries: async () => [], get: () => Promise.reject(new Error('nobody is asked')) };

  test('is answered at a socket of the factory that nobody else may come near, and that goes with the wire', async () => {
    const { egress, folder, factory, end } = await relayed(openEgress({ upstreams: nowhere }));
    onTestFinished(end);
    const refusals: EgressRefusal[] = [];
    const socket = join(folder, 'out');
    const order = { socket, user: null, job: 'one', routes: [], refused: (refusal: EgressRefusal): void => void refusals.push(refusal) };
    const gate = await egress.serve(order);
    const [own = ''] = (await readdir(folder)).filter((name) => name !== 'out');
    expect((await stat(join(folder, own))).mode & 0o777).toBe(0o700);
    const [at = ''] = await readdir(join(folder, own));
    expect((await lstat(join(folder, own, at))).mode & 0o777).toBe(0o600);
    expect((await ask(socket, '/anything')).status).toBe(403);
    expect(refusals).toHaveLength(1);
    factory.drop('somebody pulled the plug');
    await expect.poll(() => readdir(join(folder, own))).toEqual([]);
    await expect(ask(socket, '/anything')).rejects.toThrow(/ECONNRESET|EPIPE|hang up/);
    await gate.close();
    await gate.close();
    await expect(lstat(socket)).rejects.toThrow('ENOENT');
  });

  test('that cannot be opened throws what the factory threw, and leaves nothing', async () => {
    const { egress, folder, end } = await relayed({ serve: () => Promise.reject(new Error('no settings')) });
    onTestFinished(end);
    const order = { socket: join(folder, 'out'), user: null, job: 'one', routes: [], refused: () => undefined };
    await expect(egress.serve(order)).rejects.toThrow('no settings');
    await expect(lstat(order.socket)).rejects.toThrow('ENOENT');
  });
});
