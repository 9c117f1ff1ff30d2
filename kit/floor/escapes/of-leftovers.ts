import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { bySh } from './attempt.ts';
import type { EscapeAttempt } from './attempt.ts';
import type { Planted } from './planted.ts';

/** Processes that mean to go on when their command has ended. */
export function attemptsToStay(): readonly EscapeAttempt[] {
  return ways.map(([open, name, script]) => {
    const mark = `jidoka-left-${randomUUID()}`;
    const escaped = (_: unknown, host: Planted): Promise<boolean> => staysWith(mark, host);
    return bySh('left-behind', open, name, `${script(mark)}\nsleep 0.5`, { escaped });
  });
}

const loop = 'while :; do sleep 1; done';

const ways: readonly (readonly [EscapeAttempt['open'], string, (mark: string) => string])[] = [
  ['depends', 'leaves a process in the background', (mark) => `sh -c '${loop}' ${mark} >/dev/null 2>&1 &`],
  [
    'depends',
    'leaves a daemon that forked twice into a session of its own',
    (mark) => `need setsid; setsid sh -c 'setsid sh -c "trap : TERM HUP INT; ${loop}" ${mark} &' >/dev/null 2>&1 &`,
  ],
  [
    'depends',
    'leaves a daemon without the environment of its command',
    (mark) => `need setsid; (env -i PATH="$PATH" setsid sh -c '${loop}' ${mark} >/dev/null 2>&1 &)`,
  ],
  [
    'depends',
    'leaves a daemon far away that heeds nothing',
    (mark) => `need setsid; (cd / && env -i PATH="$PATH" setsid sh -c 'trap "" TERM HUP INT QUIT; ${loop}' ${mark} >/dev/null 2>&1 &)`,
  ],
];

/** How long what was left may take to be gone, in milliseconds. */
const goneMs = 3_000;

async function staysWith(mark: string, host: Planted): Promise<boolean> {
  let left = await host.running(mark);
  for (let waited = 0; left.length > 0 && waited < goneMs; waited += 100) {
    await wait(100);
    left = await host.running(mark);
  }
  for (const pid of left) end(pid);
  return left.length > 0;
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}
