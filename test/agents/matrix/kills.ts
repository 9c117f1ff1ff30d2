import { mends, slugFiles } from '../../bug/slugs.ts';
import type { Case } from './case.ts';
import { changeBy, stepsOf } from './steps.ts';

const honest = stepsOf(mends, slugFiles);
/** A command that outlives the agent, if nobody ends it. */
const long = { run: `node -e 'setTimeout(() => {}, 240000)'` };
const withLong = [...honest.slice(0, 1), long, ...honest.slice(1)];

/** The agent is killed with SIGKILL while a command of its own runs. */
export const kills: readonly Case[] = [
  {
    group: 'kills',
    name: 'killed-once',
    statement: 'is killed once, and goes on with its session',
    expected: ['PR_READY validated', 'RETRYABLE_FAILURE crash'],
    limits: { stall: '40s', timeout: '120s' },
    scenario: changeBy(withLong),
    during: async ({ called, killAgent }) => {
      await called(({ step }) => step === 1);
      await killed(killAgent);
    },
  },
  {
    group: 'kills',
    name: 'killed-always',
    statement: 'is killed each time that it is begun',
    expected: ['RETRYABLE_FAILURE crash'],
    limits: { stall: '40s', timeout: '120s' },
    scenario: changeBy([...honest.slice(0, 1), { ...long, times: 'forever' }]),
    during: async ({ called, killAgent }) => {
      let last = 0;
      for (let time = 1; time <= 3; time += 1) {
        const { seq } = await called((entry) => entry.step === 1 && entry.seq > last);
        last = seq;
        await killed(killAgent);
      }
    },
  },
];

/** An agent of several processes may be between two of them when it is looked for. */
async function killed(killAgent: () => Promise<number>): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if ((await killAgent()) > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('no process of the agent was found that could be killed');
}
