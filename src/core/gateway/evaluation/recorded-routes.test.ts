import { describe, expect, it } from 'vitest';
import { noOffsets } from '../routing/offsets.ts';
import type { PlannedRoute } from '../routing/plan-run.ts';
import { route, type RouteQuestion } from '../routing/route.ts';
import { policiesOnRecord, type PolicyOnRecord } from './recorded-routes.ts';

const usd = { cheap: 0.03, strong: 0.7 };
const priors = { cheap: 0.6, strong: 0.75 };

/** A route as its run has it on record. */
function recorded(otherwise: Partial<RouteQuestion> = {}): PlannedRoute {
  const models = Object.entries(priors).map(([name, prior]) => ({
    name,
    prior,
    capabilities: ['tools'] as const,
    window: 100_000,
    places: [{ vendor: name, region: 'us' }],
    usd: usd[name as keyof typeof usd],
  }));
  const question: RouteQuestion = {
    job: { messages: ['Mend it.'], toolCalls: [], repository: { files: 10, languages: {} } },
    place: { line: 'bug', repository: 'shop' },
    models,
    needs: { capabilities: ['tools'], prompt: 0, regions: null, notVendors: [], usdLeft: null },
    offsets: noOffsets,
    validator: { sensitivity: 0.95, falsePass: 0.05 },
    stakes: { value: 10, loss: 20, person: 5, validation: 0.01, quality: 0.5, wrongCap: 0.2 },
    spending: { all: 0, explored: 0 },
    isLowRisk: true,
    override: null,
    chances: [0.9, 0.9],
    ...otherwise,
  };
  const sources = Object.fromEntries(Object.entries(usd).map(([name, cost]) => [name, { prior: null, usd: cost, from: 'seen' }]));
  return { ...route(question), policy: '2', slot: 'coder', attempts: 0, sources };
}

const of = (policies: readonly PolicyOnRecord[], name: PolicyOnRecord['policy']): PolicyOnRecord | undefined =>
  policies.find(({ policy }) => policy === name);

describe('policies on recorded runs', () => {
  it('would have taken by what was expected then what they take, and cost what was expected of that', () => {
    const one = recorded();
    const policies = policiesOnRecord([one]);
    expect(of(policies, 'router')).toMatchObject({ plans: [one.plan], usd: one.taken?.odds.usd, worth: one.taken?.worth });
    expect(of(policies, 'always-best')).toMatchObject({ plans: [['strong']], usd: 0.7 });
    expect(of(policies, 'always-cheapest')).toMatchObject({ plans: [['cheap']], usd: 0.03 });
    expect(of(policies, 'as-chosen')?.plans).toEqual([one.plan]);
  });

  it('have one static plan for all runs, which is worth no more than choosing for each', () => {
    const routes = [recorded(), recorded({ stakes: { ...recorded().stakes, value: 0.1, loss: 0.2, person: 0, quality: 0 } })];
    const policies = policiesOnRecord(routes);
    const [router, best] = [of(policies, 'router'), of(policies, 'best-static')];
    expect(new Set(best?.plans.map(String)).size).toBe(1);
    expect(router?.worth).toBeGreaterThanOrEqual((best?.worth ?? 0) - 1e-9);
    expect(of(policies, 'always-best')?.usd).toBeCloseTo(0.7, 9);
  });

  it('ask no model that the job could not ask, and tell nothing where there is none', () => {
    const out = recorded({ needs: { ...anyNeeds, usdLeft: 0.1 } });
    expect(out.excluded).toMatchObject([{ model: 'strong' }]);
    expect(of(policiesOnRecord([out, recorded()]), 'always-best')?.plans).toEqual([['cheap'], ['cheap']]);
    expect(policiesOnRecord([recorded({ needs: { ...anyNeeds, usdLeft: 0 } })])).toEqual([]);
  });
});

const anyNeeds: RouteQuestion['needs'] = { capabilities: ['tools'], prompt: 0, regions: null, notVendors: [], usdLeft: null };
