import { randomUUID } from 'node:crypto';
import { lifeOf } from '../spawn/life.ts';

const prefix = 'canary';

/** A name for what a canary needs, which tells a later life that nobody needs it any more. */
export async function canaryName(): Promise<string> {
  return `${prefix} ${process.pid} ${await lifeOf(process.pid)} ${randomUUID()}`;
}

function isCanary(name: string): boolean {
  return name.startsWith(`${prefix} `);
}

/** True for what the canary of a process left that is gone. */
export async function isDeadCanary(name: string): Promise<boolean> {
  const [, pid, life] = name.split(' ');
  return isCanary(name) && String(await lifeOf(Number(pid))) !== life;
}
