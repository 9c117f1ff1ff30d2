import { afterAll, beforeAll, expect, it } from 'vitest';
import type { FedEvent } from '../../src/core/ports/feed.ts';
import { gate, script } from './line-of.ts';
import { openPlant, type Plant } from './plant.ts';

let plant: Plant;
beforeAll(async () => {
  plant = await openPlant();
});
afterAll(() => plant.close());

/** A home with a database of its own. */
const home = { home: 'own', database: null };

it('a factory moves to a server and back with a parked gate and a schedule, and nothing is done twice, lost or doubled', async () => {
  const { path } = await plant.project();
  const line = await plant.line('parked', [script('before', '0'), gate('ok'), script('after', '0')]);
  const told = watched(plant.start(['watch', '--after', 'start', '--json'], home));
  await plant.up([], home);
  const parked = await plant.jidoka(['run', 'task', '--line', line, '--title', 'Park', '--repo', path, '--until-gate', '--json'], home);
  expect(parked.code, parked.stderr).toBe(5);
  const { run, gates } = JSON.parse(parked.stdout);
  const request = ['--line', line, '--title', 'Yearly', '--repo', path];
  expect((await plant.jidoka(['schedule', 'add', 'task', 'yearly', '--cron', '0 0 1 1 *', ...request], home)).code).toBe(0);
  const server = await plant.freshUrl();
  const nowhere = await plant.jidoka(['db', 'move', '--to', 'postgres://127.0.0.1:1/none'], home);
  expect(nowhere.code, nowhere.stderr).not.toBe(0);
  const { daemon: unmoved } = JSON.parse((await plant.jidoka(['status', '--json'], home)).stdout);
  expect(unmoved).toMatchObject({ pid: expect.any(Number) });

  const there = await plant.jidoka(['db', 'move', '--to', server, '--json'], home);
  expect(there.code, there.stderr).toBe(0);
  const before = Object.fromEntries(JSON.parse(there.stdout).tables.map((each: Rows) => [each.table, each.rows]));
  expect(before).toMatchObject({ run: 2, step: 2, review: 1 });

  // Who still has the old one open hears that the factory is elsewhere, or on its way there.
  const left = await told.running.ended;
  expect([left.code, JSON.parse(told.running.out().at(-1) ?? '').error.message]).toEqual([
    1,
    expect.stringMatching(/ (?:was|is being) moved to /),
  ]);
  const cursor = told.events.at(-1)?.cursor ?? '';
  const onward = watched(plant.start(['watch', '--after', cursor, '--json'], home));

  // The daemon goes on there, at the address that others know it by.
  const status = JSON.parse((await plant.jidoka(['status', '--json'], home)).stdout);
  expect(status.daemon).toMatchObject({ url: unmoved.url, pid: JSON.parse(there.stdout).daemon.pid });
  const [{ gate: id }] = gates;
  expect((await plant.jidoka(['approve', id], home)).code).toBe(0);
  const ended = await plant.jidoka(['watch', run], home);
  expect(ended.code, ended.stdout).toBe(0);
  expect((await plant.jidoka(['schedule', 'list'], home)).stdout).toContain('yearly');
  expect((await plant.jidoka(['down'], home)).code).toBe(0);

  onward.running.kill('SIGINT');
  await onward.running.ended;
  const back = await plant.jidoka(['db', 'move', '--to', 'embedded', '--json'], home);
  expect(back.code, back.stderr).toBe(0);
  const { result, events } = JSON.parse((await plant.jidoka(['show', run, '--json'], home)).stdout);
  expect(result).toMatchObject({ verdict: 'NO_OP' });
  const started = events.flatMap(({ body }: FedEvent['event']) => (body.type === 'stage.started' ? [body.stage] : []));
  expect(started).toEqual(['before', 'ok', 'after']);
  expect((await plant.jidoka(['schedule', 'list'], home)).stdout).toContain('yearly');

  const all = await everything(home);
  const seen = [...told.events, ...onward.events];
  expect(new Set(seen.map(keyOf)).size).toBe(seen.length);
  expect(seen.map(keyOf)).toEqual(all.map(keyOf).slice(0, seen.length));
  expect(all.length).toBeGreaterThanOrEqual(seen.length);
  expect(seen.at(-1)?.event.body.type).toBe('run.ended');
  // The server says to whoever still names it that the factory is gone.
  const stray = await plant.jidoka(['runs'], { home: 'other', database: server });
  expect([stray.code, stray.stderr]).toEqual([1, expect.stringContaining('was moved to')]);
});

interface Rows {
  readonly table: string;
  readonly rows: number;
}

interface Watched {
  readonly running: ReturnType<Plant['start']>;
  readonly events: readonly FedEvent[];
}

function watched(running: ReturnType<Plant['start']>): Watched {
  return {
    running,
    get events() {
      return running
        .out()
        .map((line): FedEvent | { readonly error: object } => JSON.parse(line))
        .filter((each) => 'event' in each);
    },
  };
}

async function everything(where: typeof home): Promise<readonly FedEvent[]> {
  const factory = await plant.look(where.home, where.database);
  return (await factory.feed.after(null, { limit: 1000 })).events;
}

function keyOf({ event }: FedEvent): string {
  return `${event.run} ${event.runSeq}`;
}
