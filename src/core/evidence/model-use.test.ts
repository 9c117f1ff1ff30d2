import { describe, expect, it } from 'vitest';
import { chain } from '../../../kit/evidence/index.ts';
import { parseRunId } from '../base/ids.ts';
import type { EventBody } from './event.ts';
import type { Where } from './where.ts';
import type { Claim, ModelUsage } from './fact.ts';
import { modelCost } from './model-use.ts';

const usage: ModelUsage = { model: 'small', input: 100, cacheRead: 0, cacheWrite: 0, output: 20, reasoning: null, costUsd: null };
const claim = (station: string, more: Partial<Claim> = {}, stage = 'change'): EventBody => ({
  type: 'claim.made',
  stage,
  claim: { kind: 'claim', station, says: 'changed', code: 'reported', summary: 'So.', steps: [], logs: [], ...more },
});
const began = (name: string, stage = 'change'): readonly EventBody[] => [
  { type: 'stage.started', stage, attempt: 1, where: { harness: { name, version: '1' } } as Where },
  { type: 'workspace.opened', stage, attempt: 1, ref: { floor: 'host', host: 'h', name: 'w' }, base: null },
];
const cost = (...bodies: readonly EventBody[]) => modelCost(chain(parseRunId('bug-a-00000000'), bodies));

describe('what a run spent on models', () => {
  it.each<readonly [string, readonly EventBody[]]>([
    ['no station worked', []],
    ['the mechanic did it', [...began('mechanic'), claim('mechanic')]],
    ['the agent was not there', [claim('codex', { says: 'failed', code: 'agent-missing' })]],
    ['there was no gateway', [claim('model:small', { says: 'failed', code: 'gateway-missing' })]],
  ])('is nothing where %s', (_, bodies) => {
    expect(cost(...bodies)).toEqual({ usd: 0, basis: 'no model was called' });
  });

  it('is nothing where stations were played, and says which', () => {
    expect(cost(claim('script:one'))).toEqual({ usd: 0, basis: 'no model was called; script:one was played' });
  });

  it('is what harnesses with a price list say, added up', () => {
    const priced = { ...usage, costUsd: 0.25, cacheRead: 50 };
    expect(cost(claim('claude-code', { usage: priced }), claim('claude-code', { usage: priced }, 'review'))).toEqual({
      usd: 0.5,
      basis: 'claude-code (small): 200 tokens in, 100 out of a cache, 40 out, 0.5 USD by its own price list',
    });
  });

  it('is unknown where one station has no price list, whatever the others say', () => {
    expect(cost(claim('claude-code', { usage: { ...usage, costUsd: 0.25 } }), claim('codex', { usage }, 'review'))).toEqual({
      usd: null,
      basis:
        'claude-code (small): 100 tokens in, 20 out, 0.25 USD by its own price list; codex (small): 100 tokens in, 20 out, no price told',
    });
  });

  it('is what the gateway of the factory counted where there is one, whatever stations say', () => {
    const tokens = { input: 100, cacheRead: 50, cacheWrite5m: 5, cacheWrite1h: 5, output: 15, reasoning: 5 };
    const count = { stage: 'change', station: 'codex', model: 'strong', calls: 3, usage: tokens, microUsd: 1_500_000, unpricedCalls: 0 };
    const whole = { ...count, asOf: '2026-11-20', savedMicroUsd: 250_000, estimatedCalls: 0 };
    const counts = [whole];
    const claims = [...began('command'), claim('codex', { usage: { ...usage, costUsd: 9 } })];
    expect(cost(...claims, { type: 'models.counted', counts })).toEqual({
      usd: 1.5,
      basis: 'codex (strong): 110 tokens in, 50 out of a cache, 20 out, 1.5 USD by the price list of 2026-11-20, 0.25 USD saved by caches',
    });
    expect(cost(...claims, { type: 'models.counted', counts: [{ ...whole, unpricedCalls: 1 }] })).toMatchObject({ usd: null });
  });

  it('says of how many calls the tokens are a guess, of each station', () => {
    const tokens = { input: 84, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 200, reasoning: 0 };
    const priced = { microUsd: 5420, unpricedCalls: 0, asOf: '2026-11-20', savedMicroUsd: 0 };
    const of = { stage: 'change', station: 'command', model: 'strong', usage: tokens, ...priced };
    const counts = [
      { ...of, calls: 2, estimatedCalls: 1 },
      { ...of, station: 'judge', stage: 'review', calls: 1, estimatedCalls: 1 },
      { ...of, station: 'codex', stage: 'plan', calls: 1, estimatedCalls: 0 },
    ];
    const priceText = '0.00542 USD by the price list of 2026-11-20';
    expect(cost({ type: 'models.counted', counts }).basis.split('; ')).toEqual([
      `command (strong): 84 tokens in, 200 out (a guess in 1 of 2 calls), ${priceText}`,
      `judge (strong): 84 tokens in, 200 out (a guess in 1 of 1 call), ${priceText}`,
      `codex (strong): 84 tokens in, 200 out, ${priceText}`,
    ]);
  });

  it('is nothing where budgets refused whatever was asked, and says so', () => {
    const refused = { type: 'models.refused', stage: 'change', attempt: 1, station: 'command', calls: 2, sentence: '' } as const;
    expect(cost(claim('command'), { ...refused, answeredAfter: false })).toEqual({
      usd: 0,
      basis: 'no model was called; command: a budget refused 2 calls',
    });
  });

  it.each<readonly [string, readonly EventBody[]]>([
    ['tells nothing of it', [claim('command')]],
    ['was ended before it claimed anything', began('command')],
  ])('is unknown where a station that may have called one %s', (_, bodies) => {
    expect(cost(...bodies)).toEqual({ usd: null, basis: 'command: nothing is told of the models that it may have called' });
  });
});
