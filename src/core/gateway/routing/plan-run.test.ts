import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GatewayConfig } from '../config/gateway-config.ts';
import type { Model } from '../config/model.ts';
import type { WorkedAttempt } from './learning/worked-attempts.ts';
import { planRun, type PlanQuestion } from './plan-run.ts';

const model = (at: string, prior: string, input: number): Model => ({
  upstreams: [at],
  price: { asOf: '2026-11-20', input, output: 5 * input },
  window: 200_000,
  output: 8000,
  capabilities: ['tools'],
  weights: 'open',
  prior,
});
const config: GatewayConfig = {
  providers: { a: { protocols: ['chat'], base: 'https://x.example', vendor: 'a', region: 'us' } },
  models: { cheap: model('a/cheap-1', 'Cheap', 0.3), strong: model('a/strong-1', 'Strong', 5), free: model('a/free-1', 'Nobody', 0) },
  slots: { coder: 'auto' },
  lines: { bug: { quality: 0.5, wrongCap: 0.2, valueUsd: 10 } },
};
const nowMs = Date.parse('2026-11-30T00:00:00Z');
const question: PlanQuestion = {
  config,
  cuts: [],
  priors: {
    tables: [
      {
        benchmark: 'B',
        source: 's',
        asOf: '2026-11-20',
        trials: 1,
        rows: [
          { harness: 'h', model: 'Cheap', resolved: 0.6, usd: 0.03, weights: 'open' },
          { harness: 'h', model: 'Strong', resolved: 0.75, usd: 0.7, weights: 'open' },
        ],
      },
    ],
  },
  attempts: [],
  job: { messages: ['Mend it.'], toolCalls: [], repository: { files: 10, languages: { javascript: 10 } } },
  place: { line: 'bug', repository: '/shop' },
  slot: 'coder',
  harness: null,
  needs: { capabilities: ['tools'], prompt: 0, regions: null, notVendors: [], usdLeft: null },
  override: null,
  chances: [0.5, 0.5],
  nowMs,
};
const attempts = (count: number, right: boolean, otherwise: Partial<WorkedAttempt> = {}): readonly WorkedAttempt[] =>
  Array.from({ length: count }, (_, at) => ({
    job: `j${at}`,
    run: `r${at}`,
    isSure: false,
    line: 'bug',
    repository: '/shop',
    stage: 'change',
    attempt: 1,
    model: 'cheap-1',
    at: '2026-11-29T00:00:00Z',
    passed: right,
    right,
    judged: null,
    ended: 'verdict',
    usd: 0.05,
    validation: null,
    difficulty: null,
    isOverride: false,
    isExplored: false,
    isWhole: true,
    route: null,
    ...otherwise,
  }));
const solves = (more: Partial<PlanQuestion>, name = 'cheap'): number =>
  planRun({ ...question, ...more }).chances[name]?.solves ?? Number.NaN;

describe('a plan for a run', () => {
  it('is made of what may fill the slot, with the figures that it was chosen by', () => {
    const chosen = planRun(question);
    expect(Object.keys(chosen.chances)).toEqual(['cheap', 'strong', 'free']);
    expect(chosen).toMatchObject({ slot: 'coder', policy: '2', attempts: 0, stakes: { quality: 0.5, wrongCap: 0.2, value: 10 } });
    expect(chosen.sources).toMatchObject({
      cheap: { usd: 0.03, from: 'public figures', prior: { resolved: 0.6 } },
      free: { usd: 0, from: 'price list', prior: null },
    });
    expect(chosen.others.every(({ odds }) => odds.usd >= 0)).toBe(true);
    expect(JSON.parse(JSON.stringify(chosen))).toEqual(chosen);
  });

  it('leaves out a model that is taken away at present, wherever it is asked', () => {
    const cut = {
      what: { kind: 'cut', cut: { kind: 'model', name: 'strong' } },
      until: null,
      by: 'ada',
      at: '2026-11-30T00:00:00Z',
    } as const;
    const { plan, excluded } = planRun({ ...question, cuts: [cut] });
    expect([plan?.includes('strong'), excluded]).toEqual([false, [{ model: 'strong', why: 'It can be asked nowhere now.' }]]);
  });

  it('learns from the verdicts of this factory, by whatever name a station tells its model', () => {
    expect(solves({ attempts: attempts(60, false) })).toBeLessThan(solves({}) - 0.2);
    expect(solves({ attempts: attempts(60, true, { model: 'cheap' }) })).toBeGreaterThan(solves({}) + 0.05);
    expect(solves({ attempts: attempts(60, false, { model: 'unheard-of' }) })).toBeCloseTo(solves({}), 9);
  });

  it('learns nothing of a model from providers, budgets, flaky verdicts, and what a person chose', () => {
    for (const otherwise of [{ ended: 'provider' }, { ended: 'budget' }, { ended: 'flaky' }, { isOverride: true }] as const)
      expect(solves({ attempts: attempts(60, false, otherwise) })).toBeCloseTo(solves({}), 9);
  });

  it('halves what it believes of an attempt in 45 days', () => {
    const at = (days: number): string => new Date(nowMs - days * 86_400_000).toISOString();
    const old = solves({ attempts: attempts(40, false, { at: at(45) }) });
    const half = solves({ attempts: attempts(20, false, { at: at(0) }) });
    expect(old).toBeCloseTo(half, 6);
  });

  it('comes to expect what attempts really cost on the line', () => {
    const usd = (some: readonly WorkedAttempt[]) => planRun({ ...question, attempts: some }).sources['cheap'];
    expect(usd(attempts(90, true, { usd: 1 }))).toMatchObject({ from: 'seen' });
    expect(usd(attempts(90, true, { usd: 1 }))?.usd).toBeCloseTo(0.903, 9);
    expect(usd(attempts(90, true, { usd: 1, line: 'other' }))?.usd).toBeCloseTo(0.03, 9);
  });

  it('takes validation for what people found of it on the line, and chooses shorter plans where much passes that is wrong', () => {
    const wrong = [...attempts(30, true, { judged: true }), ...attempts(30, true, { judged: false, right: false })];
    const [before, after] = [planRun(question), planRun({ ...question, attempts: wrong })];
    expect(before.validator).toEqual({ sensitivity: expect.closeTo(0.95, 9), falsePass: expect.closeTo(0.05, 9) });
    expect(after.validator.falsePass).toBeGreaterThan(0.3);
    expect(after.judged).toMatchObject({ passed: 60, passedRight: 30, passedWrong: 30 });
    expect(after.plan?.length ?? 0).toBeLessThan(before.plan?.length ?? 0);
    expect(planRun({ ...question, attempts: wrong.map((one) => ({ ...one, line: 'other' })) }).judged).toMatchObject({ passed: 0 });
  });

  it('counts what validation takes, by what its owner says a minute costs', () => {
    const seen = attempts(15, true, { validation: { ms: 600_000, usd: 0.2 } });
    const dear = { ...config, lines: { bug: { ...config.lines?.['bug'], minuteUsd: 0.5 } } };
    expect(planRun({ ...question, attempts: seen }).stakes.validation).toBeCloseTo((5 * 0.01 + 15 * 0.2) / 20, 9);
    const counted = planRun({ ...question, config: dear, attempts: seen });
    expect(counted.stakes.validation).toBeCloseTo((5 * 0.51 + 15 * (5 + 0.2)) / 20, 9);
    expect(counted.validation).toMatchObject({ minutes: 10, seen: 15 });
    expect(counted.taken?.odds.attempts ?? 9).toBeLessThan(planRun({ ...question, attempts: seen }).taken?.odds.attempts ?? 0);
  });

  it('learns no cost from attempts that broke off', () => {
    const usd = (ended: 'verdict' | 'provider') =>
      planRun({ ...question, attempts: attempts(20, false, { ended, usd: 9 }) }).sources['cheap']?.usd;
    expect(usd('provider')).toBe(0.03);
    expect(usd('verdict')).toBeGreaterThan(5);
  });

  it('takes what a person chose, and nothing that does not fit', () => {
    expect(planRun({ ...question, override: { by: 'ada', models: ['strong'] } })).toMatchObject({
      plan: ['strong'],
      isLearnedFrom: false,
      propensity: null,
    });
    expect(planRun({ ...question, needs: { ...question.needs, capabilities: ['images'] } })).toMatchObject({
      plan: null,
      because: 'nothing-fits',
    });
    expect(planRun({ ...question, slot: 'unheard-of' })).toMatchObject({ plan: null });
  });

  it('explores with no more than a twentieth of what attempts cost, over any history', () => {
    const draws = fc.array(fc.tuple(fc.double({ min: 0, max: 0.9, noNaN: true }), fc.double({ min: 0, max: 0.9, noNaN: true })), {
      minLength: 20,
      maxLength: 40,
    });
    fc.assert(
      fc.property(draws, (history) => {
        let past = attempts(10, true);
        for (const [whether, which] of history) {
          const { taken, because, propensity } = planRun({ ...question, attempts: past, chances: [whether / 10, which] });
          expect(propensity).not.toBeNull();
          past = [...past, ...attempts(1, true, { usd: taken?.odds.usd ?? 0, isExplored: because === 'explored' })];
          const sum = (some: readonly WorkedAttempt[]): number => some.reduce((total, { usd }) => total + (usd ?? 0), 0);
          expect(sum(past.filter(({ isExplored }) => isExplored))).toBeLessThanOrEqual(0.05 * sum(past) + 1e-9);
        }
      }),
      { numRuns: 15 },
    );
  });
});
