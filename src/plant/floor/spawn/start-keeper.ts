import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { Order } from './order.ts';

export interface Keeper {
  readonly pid: number;
  /** Gives it its order; returns when the machine has taken all of it. */
  tell(order: Order): Promise<void>;
  /** Has no more to do with it: one that has its order goes on, one that has none ends. */
  release(): void;
}

/** Starts the program of a keeper, in a session of its own and with nothing of the factory's; it waits for its order. */
export async function startKeeper(program: string, marker: string): Promise<Keeper> {
  const env = { PATH: '/usr/bin:/bin', JIDOKA_JOB: marker };
  const child = spawn(process.execPath, [program], { cwd: '/', env, detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  await once(child, 'spawn');
  const release = (): void => {
    child.stdin.destroy();
    child.unref();
  };
  return { pid: child.pid ?? 0, tell: (order) => tell(child.stdin, JSON.stringify(order)), release };
}

/** A keeper that is gone takes no order; that shows when somebody waits for its command. */
async function tell(stdin: Writable, order: string): Promise<void> {
  await new Promise<void>((resolve) => {
    stdin.once('error', () => resolve());
    stdin.end(order, () => resolve());
  });
}
