import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { processesWith } from '../../kit/floor/escapes/processes-with.ts';
import { saying } from '../../kit/scenario/index.ts';
import type { LedgerEvent } from '../../src/core/evidence/event.ts';
import { startSshd, type Sshd } from '../remote/sshd.ts';
import { readResult } from '../scenarios/read-result.ts';
import { openScene, type Scene } from '../scenarios/scene.ts';
import { ofPlain, taskLineFile } from './task-line.ts';

let scene: Scene;
let sshd: Sshd;
let machine: string;
let env: Readonly<Record<string, string>>;
beforeAll(async () => {
  scene = await openScene([saying('plain', { '1.0.0': 'hello' })]);
  machine = await mkdtemp(join(tmpdir(), 'jidoka-machine-'));
  await chmod(machine, 0o711);
  sshd = await startSshd(machine);
  // The settings of an owner's ssh, which is found in his PATH.
  const bin = join(machine, 'bin');
  await mkdir(bin);
  await writeFile(join(bin, 'ssh'), `#!/bin/sh\nexec /usr/bin/ssh ${sshd.sshOptions.join(' ')} "$@"\n`, { mode: 0o755 });
  env = { JIDOKA_FLOOR: `ssh:${sshd.host}`, JIDOKA_REGION: 'attic', PATH: `${bin}:${scene.env['PATH'] ?? ''}` };
});
afterAll(async () => {
  const factory = createHash('sha256')
    .update(`${hostname()} ${join(scene.home, 'ssh')}`)
    .digest('hex')
    .slice(0, 12);
  await scene.forget(join(machine, '.jidoka', 'remote', factory));
  await scene.close();
  await sshd.stop();
  await rm(machine, { recursive: true, force: true, maxRetries: 5 });
});

const line = taskLineFile({ name: 'far', ...ofPlain });

it('a whole run goes over ssh: its packages come through the factory, and its change back by git', async () => {
  const { path } = await scene.project({ dependencies: { plain: '1.0.0' } });
  const file = await scene.write('far.yaml', line);
  // Not of this process, so they are known by the key that they were given.
  const connections = (): Promise<readonly number[]> => processesWith(join(machine, 'user_key'));
  const running = scene.jidoka(['run', 'task', '--repo', path, '--line', file, '--title', 'do it', '--json'], { env });
  await expect.poll(connections, { timeout: 60_000 }).not.toEqual([]);
  const ended = await running;
  const result = readResult(ended);
  expect(result, `${JSON.stringify(result)}${ended.stderr}`).toMatchObject({ verdict: 'PR_READY' });
  const shown = await scene.jidoka(['show', result.run, '--json'], { env });
  const { events } = JSON.parse(shown.stdout) as { readonly events: readonly LedgerEvent[] };
  const harvested = events.flatMap(({ body }) => (body.type === 'change.harvested' ? body.files.map((one) => one.path) : []));
  expect(harvested).toEqual(['said.txt']);
  const where = events.flatMap(({ body }) => (body.type === 'stage.started' ? [body.where] : []));
  expect(where.length).toBeGreaterThan(3);
  for (const one of where)
    expect(one).toMatchObject({ floor: 'ssh', tier: 'T2', wall: expect.stringMatching(/ over ssh$/), region: 'attic' });
  await expect.poll(connections, { timeout: 20_000 }).toEqual([]);
});

it('a machine out of reach is named, with what is the matter with it', async () => {
  await sshd.stop();
  const { path } = await scene.project({ dependencies: {} });
  const file = await scene.write('far.yaml', line);
  const ended = await scene.jidoka(['run', 'task', '--repo', path, '--line', file, '--title', 'do it again', '--json'], { env });
  expect(`${ended.stdout}${ended.stderr}`).toContain(`${sshd.host} refuses the connection`);
  expect(ended.code).not.toBe(0);
  await sshd.start();
});
