import { mends, slugFiles } from '../../bug/slugs.ts';
import type { Case } from './case.ts';
import { changeBy, onceThen, stepsOf } from './steps.ts';

const honest = stepsOf(mends, slugFiles);
/** A command that outlives the agent, if nobody ends it. */
const long = { run: `node -e 'setTimeout(() => {}, 240000)'` };
const withLong = [...honest.slice(0, 1), long, ...honest.slice(1)];

/** The agent, or the factory that it works for, is killed with SIGKILL while a command of the agent runs. */
export const kills: readonly Case[] = [
  {
    group: 'kills',
    name: 'killed-once',
    statement: 'is killed once, and goes on: with its session where it can, else anew in the same tree',
    expected: ['PR_READY validated'],
    limits: { stall: '40s', timeout: '120s' },
    scenario: onceThen(withLong, honest),
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
  {
    group: 'kills',
    name: 'factory-killed',
    statement: 'is at work when its factory is killed, and the same command goes on with the run',
    expected: ['PR_READY validated'],
    limits: { stall: '40s', timeout: '120s' },
    scenario: onceThen(withLong, honest),
    factoryDiesAt: ({ step }) => step === 1,
    also: ({ agent, events }) => {
      const resumed = events.flatMap((body) => (body.type === 'station.resumed' ? [body.how] : []));
      const claims = events.filter((body) => body.type === 'claim.made' && body.stage === 'change');
      return [
        ...(resumed.join() === (agent === 'acp:gemini' ? 'begun-anew' : 'session')
          ? []
          : [`it was gone on with by: ${resumed.join() || 'nothing'}`]),
        ...(claims.length === 1 ? [] : [`${claims.length} claims were made of the change`]),
      ];
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
