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

  it.each<readonly [string, readonly EventBody[]]>([
    ['tells nothing of it', [claim('command')]],
    ['was ended before it claimed anything', began('command')],
  ])('is unknown where a station that may have called one %s', (_, bodies) => {
    expect(cost(...bodies)).toEqual({ usd: null, basis: 'command: nothing is told of the models that it may have called' });
  });
});
