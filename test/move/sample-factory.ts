import { sampleEvent, sampleRun, sampleStart } from '../../kit/ledger/index.ts';
import type { RunId } from '../../src/core/base/ids.ts';
import { controlQueue, type NewStep } from '../../src/core/ports/engine.ts';
import { openCredentials } from '../../src/plant/credentials/index.ts';
import { openControl, openEngine } from '../../src/plant/engine/index.ts';
import { openLedger } from '../../src/plant/ledger/index.ts';
import type { Database } from '../../src/plant/postgres/index.ts';

/** Waits an hour, as the expiry of a gate does. */
export const parkedStep: NewStep = {
  id: 'gate/expiry',
  queue: controlQueue,
  slots: [],
  rates: [],
  scopes: ['factory'],
  starts: false,
  labels: [],
  priority: 100,
  notBefore: new Date(Date.now() + 3_600_000).toISOString(),
};

/** A factory with something in every table, and runs whose events are interleaved. */
export async function fill(database: Database): Promise<readonly RunId[]> {
  const ledger = openLedger(database);
  const runs = [sampleRun('left'), sampleRun('right')];
  for (const run of runs) await ledger.append(run, [sampleStart('deps')]);
  for (let turn = 0; turn < 20; turn += 1)
    for (const run of runs) await ledger.append(run, [sampleEvent(`turn.${turn}`, [`tab\t, new\nline, \\N, "ä", ${turn}`])]);
  const engine = await openEngine({ database, log: () => {} });
  const control = openControl(database);
  await engine.transaction(async (tx) => {
    const work = { kind: 'run', line: 'deps', repository: 'r1', input: { b: 1, a: ['\u0001', '"'] } } as const;
    await engine.submit({ ...work, id: 'parent', parent: null }, tx);
    await engine.submit({ ...work, id: 'child', parent: 'parent' }, tx);
    await engine.plan('child', [parkedStep], tx);
    await control.awaitReview({ id: 'v1', run: 'parent', line: 'deps', what: 'look' }, tx);
  });
  await control.setLimit({ key: 'line:deps', atOnce: 2, rate: { count: 3, seconds: 0.1 }, by: 'operator' });
  await control.pause({ scope: 'queue:x', why: "it's", by: 'ada', at: '2026-01-01T00:00:00.000Z' });
  await openCredentials(database).add({ name: 'ada', kind: 'person', roles: ['*'] });
  await database.pool.query(`
    insert into jidoka.start_log values ('global', now());
    insert into jidoka.blob (sha256, bytes) values (encode(sha256('\\x00ff'), 'hex'), '\\x00ff')`);
  await engine.close();
  return runs;
}

/** Every row that moves, table by table. */
export async function everything(database: Database): Promise<Readonly<Record<string, readonly unknown[]>>> {
  const names = ['blob', 'credential', 'event', 'pause', 'review', 'run', 'start_log', 'step', 'work', 'work_limit'];
  const contents = names.map(async (name) => {
    const { rows } = await database.pool.query<{ row: unknown }>(`select to_jsonb(t) as row from jidoka.${name} t order by t::text`);
    return [name, rows.map(({ row }) => row)] as const;
  });
  return Object.fromEntries(await Promise.all(contents));
}
