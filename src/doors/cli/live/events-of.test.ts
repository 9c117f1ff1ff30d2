import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { RecordingWorld, ScriptedFactory } from '../../../../kit/factory/index.ts';
import { parseRunId } from '../../../core/base/ids.ts';
import type { Feed } from '../../../core/ports/feed.ts';
import { startApi } from '../../api/index.ts';
import { runDaemon } from '../../daemon/index.ts';
import { cli } from '../cli.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'jidoka-events-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

/** A daemon in this process; resolves with what stops it. */
async function hosted(factory: ScriptedFactory, databaseUrl: string | null): Promise<() => Promise<void>> {
  const world = new RecordingWorld({ cwd: home });
  let ended = Promise.resolve();
  await new Promise((ready, failed) => {
    ended = runDaemon({
      home,
      databaseUrl,
      host: '127.0.0.1',
      options: null,
      port: 0,
      version: '1',
      startApi,
      ready,
      offer: { name: 'daemon', queues: null, labels: [], atOnce: 1 },
      openFactory: async () => factory,
      onSignal: world.onSignal,
      say: () => undefined,
    });
    ended.catch(failed);
  });
  return async () => {
    world.send('SIGTERM');
    await ended;
  };
}

function factoryOf(): ScriptedFactory {
  const factory = new ScriptedFactory({ folder: home, runsOf: () => [] });
  Object.assign(factory, { close: async () => undefined });
  return factory;
}

async function happen(factory: ScriptedFactory, from: number, to: number): Promise<void> {
  for (let at = from; at <= to; at += 1) {
    const body = { type: 'observed', stage: 'baseline', what: 'install', summary: `event ${at}.`, logs: [] } as const;
    await factory.ledger.append(parseRunId('deps-a-1'), [{ key: `k${at}`, at: '2026-01-01T00:00:00.000Z', actor: 'factory', body }]);
  }
}

it('come from the daemon, and behind the last from the ledger once it has gone: none lost, none doubled', async () => {
  const factory = factoryOf();
  const stop = await hosted(factory, null);
  let direct = 0;
  const { feed } = factory;
  const counted: Feed = {
    end: () => feed.end(),
    wait: (maxMs, signal) => feed.wait(maxMs, signal),
    after: (cursor, options) => {
      direct += 1;
      return feed.after(cursor, options);
    },
  };
  const mine = Object.assign(factoryOf(), { feed: counted });
  const world = new RecordingWorld({ cwd: home, factory: mine });
  const watching = cli(['watch', '--after', await feed.end()], world);
  await happen(factory, 1, 20);
  await world.stdout.wrote('event 20.');
  expect(direct).toBe(0);
  await stop();
  await happen(factory, 21, 30);
  // Whether the daemon lives is looked at every two seconds of the world's clock.
  const clock = setInterval(() => world.pass(2000), 20);
  await world.stdout.wrote('event 30.');
  clearInterval(clock);
  world.send('SIGINT');
  expect(await watching).toBe(0);
  const told = [...world.stdout.text.matchAll(/event (\d+)\./g)].map((match) => Number(match[1]));
  expect(told).toEqual(Array.from({ length: 30 }, (_, at) => at + 1));
  expect(direct).toBeGreaterThan(0);
});

it('come from the ledger where the daemon of the home serves another database', async () => {
  const stop = await hosted(factoryOf(), 'postgres://elsewhere/x');
  const factory = factoryOf();
  const world = new RecordingWorld({ cwd: home, factory });
  const watching = cli(['watch', '--after', '0'], world);
  await happen(factory, 1, 3);
  await world.stdout.wrote('event 3.');
  world.send('SIGINT');
  expect(await watching).toBe(0);
  await stop();
});
