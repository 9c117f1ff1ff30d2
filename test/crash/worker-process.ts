import { appendFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { openEngine } from '../../src/plant/engine/index.ts';
import { openDatabase } from '../../src/plant/postgres/index.ts';

/**
 * A process to be killed: a workflow of ten steps that each write a line into a file outside the database. It does
 * what it is told line by line on stdin and answers on stdout.
 */
const steps = 10;
const [home = '', file = ''] = process.argv.slice(2);

interface Plan extends Record<string, string | number> {
  readonly id: string;
  /** Step to stop in, or -1. */
  readonly holdAt: number;
  /** Where to stop: before the line is written, after it, or between this step and the next. */
  readonly holdWhere: 'before' | 'after' | 'between';
}

const held = new Map<string, () => void>();
const log = (message: string): void => void process.stderr.write(`${message}\n`);
const say = (message: string): void => void process.stdout.write(`${message}\n`);

const hold = (id: string): Promise<void> =>
  new Promise((resolve) => {
    held.set(id, resolve);
    say(`held ${id}`);
  });

const database = await openDatabase({ home, log, env: process.env, binDir: process.env['JIDOKA_PG_BIN'] ?? null });
const engine = await openEngine<Plan, number>({
  database,
  name: 'crash',
  log,
  workflow: async ({ step }, { id, holdAt, holdWhere }) => {
    let sum = 0;
    const holds = (at: number, where: Plan['holdWhere']): boolean => at === holdAt && where === holdWhere && mayHold;
    for (let at = 0; at < steps; at += 1) {
      sum += await step(`step ${at}`, async () => {
        if (holds(at, 'before')) await hold(id);
        await appendFile(file, `${id} ${at} ${process.pid}\n`);
        if (holds(at, 'after')) await hold(id);
        return at;
      });
      if (holds(at, 'between')) await hold(id);
    }
    return sum;
  },
});
/** A process that takes over does not stop again. */
let mayHold = true;

say(`ready ${engine.executor}`);
for await (const line of createInterface({ input: process.stdin })) {
  const [command = '', id = '', holdAt = '-1', holdWhere = 'before'] = line.split(' ');
  void act(command, { id, holdAt: Number(holdAt), holdWhere: holdWhere as Plan['holdWhere'] }).then(
    (answer) => say(`${command} ${id} ${answer}`),
    (error: unknown) => say(`${command} ${id} failed ${String(error)}`),
  );
}
await engine.close();
await database.close();

async function act(command: string, plan: Plan): Promise<string> {
  if (command === 'start') return engine.start(plan.id, plan);
  if (command === 'state') return (await engine.state(plan.id)).kind;
  if (command === 'release') return String(held.get(plan.id)?.() ?? 'released');
  if (command === 'cut') return cut();
  mayHold = false;
  if (command === 'result') return String(await engine.result(plan.id));
  await engine.resume(plan.id);
  return 'resumed';
}

/** Ends every connection of this database but the asker's own, as a network that fails does. */
async function cut(): Promise<string> {
  const { rowCount } = await database.pool.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and backend_type = $1',
    ['client backend'],
  );
  return `${rowCount}`;
}
