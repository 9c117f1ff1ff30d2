import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDesk, type Desk } from './desk.ts';
import { agentScript, mends, mendsNothing, reproductionPath } from './slugs.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());

describe('a ticket', () => {
  it('is reproduced, mended, inspected and reviewed, and ends in PR_READY with its tests in the change', async () => {
    const { end, events, fact } = await desk.work(agentScript());
    expect(end).toBe('PR_READY validated');
    expect(['reproduction', 'fixed', 'tests', 'canary', 'tamper', 'review'].map((check) => fact(check as 'fixed'))).toEqual([
      'holds reproduced',
      'holds fixed',
      'holds tests-hold',
      'holds canary-failed',
      'holds not-tampered',
      'holds review-approves',
    ]);
    const delivered = events.findLast((body) => body.type === 'change.harvested');
    expect(delivered?.type === 'change.harvested' && delivered.files.map(({ path }) => path)).toEqual(['src/slug.js', reproductionPath]);
  });

  it('that is not mended at first is mended in a second round, with the facts in hand', async () => {
    const { end, events } = await desk.work(agentScript({ change: [mendsNothing, mends] }));
    expect(end).toBe('PR_READY validated');
    expect(events.filter(({ type }) => type === 'rework.ordered')).toMatchObject([
      { from: 'inspection', to: 'change', objection: expect.stringContaining('1 that the station was not shown') },
    ]);
  });
});
