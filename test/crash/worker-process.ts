import { appendFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import type { ClientBase } from 'pg';
import type { HeldStep, NewStep } from '../../src/core/ports/engine.ts';
import { openEngine } from '../../src/plant/engine/index.ts';
import { openDatabase } from '../../src/plant/postgres/index.ts';

/**
 * A process to be killed: it does works of ten steps, one after the other, that each write a line into a file outside
 * the database and a row within the transaction that takes them away. It does what it is told line by line on stdin
 * and answers on stdout.
 */
const steps = 10;
const [home = '', file = ''] = process.argv.slice(2);

/** What a work is put with. */
interface Plan {
  readonly id: string;
  /** Process that stops; nobody else does. */
  readonly holder: string;
  readonly holdAt: number;
  /** Where: before the line is written, after it, inside the transaction, or between this step and the next. */
  readonly holdWhere: string;
  /** Milliseconds that each step takes. */
  readonly stepMs: number;
}

const held = new Map<string, () => void>();
const log = (message: string): void => void process.stderr.write(`${message}\n`);
const say = (message: string): void => void process.stdout.write(`${message}\n`);

const database = await openDatabase({ home, log, env: process.env, binDir: process.env['JIDOKA_PG_BIN'] ?? null });
await database.migrateOnce('crash', async () => {
  await database.pool.query('create table finished (work text not null, step integer not null, pid integer not null)');
});
const engine = await openEngine({ database, log });
const offer = { role: 'worker', name: null, queues: null, labels: [], atOnce: 4, version: '0' } as const;
const service = engine.serve(offer, perform);

say(`ready ${engine.executor}`);
for await (const line of createInterface({ input: process.stdin })) {
  const [command = '', id = '', ...rest] = line.split(' ');
  void act(command, id, rest).then(
    (answer) => say(`${command} ${id} ${answer}`),
    (error: unknown) => say(`${command} ${id} failed ${String(error)}`),
  );
}
await service.stop('at-once');
await engine.close();
await database.close();

async function perform(step: HeldStep, signal: AbortSignal): Promise<void> {
  const plan = step.input as unknown as Plan; // put by `act` alone
  const at = Number(step.id);
  // Between two steps the next one is stopped as well, or it would be the one that the kill cuts.
  const isNext = plan.holdWhere === 'between' && at === plan.holdAt + 1;
  const holdIf = (where: string): Promise<void> =>
    plan.holder === engine.executor && (isNext ? where === 'before' : at === plan.holdAt && where === plan.holdWhere)
      ? hold(plan.id)
      : Promise.resolve();
  say(`took ${plan.id} ${at} ${step.reclaims} ${Date.now()}`);
  signal.addEventListener('abort', () => say(`aborted ${plan.id} ${at} ${String(signal.reason)}`), { once: true });
  if (plan.stepMs > 0) await pause(plan.stepMs);
  await holdIf('before');
  await appendFile(file, `${plan.id} ${at} ${process.pid}\n`);
  await holdIf('after');
  await engine.transaction(async (tx) => {
    await engine.finish(step, tx);
    await holdIf('inside');
    const client = tx as unknown as ClientBase; // that is what it is on PostgreSQL
    await client.query('insert into finished values ($1, $2, $3)', [plan.id, at, process.pid]);
    if (at + 1 < steps) await engine.plan(plan.id, [newStep(at + 1)], tx);
    else await engine.end(plan.id, at, tx);
  });
  await holdIf('between');
}

function newStep(at: number): NewStep {
  return {
    id: String(at),
    queue: 'stages',
    slots: ['global'],
    rates: [],
    scopes: ['factory'],
    starts: at === 0,
    labels: [],
    priority: 100,
    notBefore: null,
  };
}

function hold(id: string): Promise<void> {
  return new Promise((resolve) => {
    held.set(id, resolve);
    say(`held ${id}`);
  });
}

async function act(command: string, id: string, rest: readonly string[]): Promise<string> {
  if (command === 'put') return put(id, rest);
  if (command === 'release') return String(held.get(id)?.() ?? 'released');
  if (command === 'result') return result(id);
  if (command === 'cut') return cut();
  throw new Error(`${command}?`);
}

async function put(id: string, [holdAt = '-1', holdWhere = '', stepMs = '0']: readonly string[]): Promise<string> {
  const plan: Plan = { id, holder: engine.executor, holdAt: Number(holdAt), holdWhere, stepMs: Number(stepMs) };
  return engine.transaction(async (tx) => {
    await engine.submit({ id, kind: 'run', line: 'crash', repository: '', parent: null, input: { ...plan } }, tx);
    await engine.plan(id, [newStep(0)], tx);
    return 'put';
  });
}

async function result(id: string): Promise<string> {
  for (;;) {
    const view = await engine.work(id);
    if (view?.state === 'ended') return String(view.output);
    if (view?.state === 'failed') return `failed: ${view.failure}`;
    await pause(50);
  }
}

/** Ends every connection of this database but the asker's own, as a network that fails does. */
async function cut(): Promise<string> {
  const { rowCount } = await database.pool.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and backend_type = $1',
    ['client backend'],
  );
  return `${rowCount}`;
}
