import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chains, choosePlan, type Stakes } from './choose-plan.ts';
import { chancesByEase } from './ease.ts';
import { excludedBecause, type Needs, type Routable } from './eligible.ts';
import { explore, shareToExplore, type Drawn, type Spending } from './explore.ts';
import { noOffsets } from './offsets.ts';
import { planOdds, type Attempt } from './plan-odds.ts';
import { route, type RouteQuestion } from './route.ts';

const attempt = (model: string, solves: number, usd: number): Attempt => ({ model, chances: chancesByEase(solves), usd });
const cheap = attempt('cheap', 0.6, 0.028);
const small = attempt('small', 0.598, 0.035);
const strong = attempt('strong', 0.744, 0.721);
const stakes: Stakes = { value: 10, loss: 20, person: 5, validation: 0.01, quality: 0.6, wrongCap: 0.05 };
const careful = { sensitivity: 0.95, falsePass: 0.05 };

describe('a cascade of three behind a validator, against always the strongest', () => {
  it.each([
    [1, 0, 5, 0, 0.37],
    [0.95, 0.05, 3, 4, 0.34],
    [0.9, 0.1, 1, 8, 0.33],
    [0.9, 0.2, -1, 15, 0.28],
  ])(
    'with sensitivity %d and false passes %d is %d points more right, %d wrong, at a share of %d of the cost',
    (sensitivity, falsePass, more, wrong, share) => {
      const odds = planOdds([cheap, small, strong], { sensitivity, falsePass });
      expect(Math.abs((odds.right - 0.744) * 100 - more)).toBeLessThan(1.2);
      expect(Math.abs(odds.wrong * 100 - wrong)).toBeLessThan(1);
      expect(odds.usd / 0.721).toBeCloseTo(share, 1);
    },
  );

  it('gets every job to one end', () => {
    const chance = fc.double({ min: 0.02, max: 0.98, noNaN: true });
    fc.assert(
      fc.property(fc.array(chance, { minLength: 1, maxLength: 3 }), chance, chance, (solves, sensitivity, falsePass) => {
        const odds = planOdds(
          solves.map((one, at) => attempt(`m${at}`, one, 1)),
          { sensitivity, falsePass },
        );
        expect(odds.right + odds.wrong + odds.none).toBeCloseTo(1, 9);
        expect(odds.attempts).toBeCloseTo(odds.usd, 9);
        expect(odds.attempts).toBeLessThanOrEqual(solves.length + 1e-9);
      }),
    );
  });
});

describe('the plan that is chosen', () => {
  const choose = (otherwise: Partial<Stakes>, attempts: readonly Attempt[] = [cheap, small, strong], validator = careful) =>
    choosePlan(attempts, { validator, stakes: { ...stakes, ...otherwise } });

  it('is a cascade where results are worth much', () => {
    expect(choose({}).best?.models).toEqual(['cheap', 'strong', 'small']);
  });

  it('is shorter where wrong results are worse, and none where every one is too bad', () => {
    expect(choose({ wrongCap: 0.03 }).best?.models.length).toBeLessThan(3);
    expect(choose({ wrongCap: 0.001 }).best).toBeNull();
  });

  it('is cheap where a result is worth little', () => {
    expect(choose({ value: 0.3, person: 0, loss: 0, quality: 0 }).best?.models).not.toContain('strong');
  });

  it('is the likeliest to be right where none is good enough, and says so', () => {
    const { best, plans } = choose({ quality: 0.99 });
    expect(best?.lacks).toBe('quality');
    expect(Math.max(...plans.filter(({ lacks }) => lacks !== 'too-many-wrong').map(({ odds }) => odds.right))).toBe(best?.odds.right);
  });

  it('is none where there is no model', () => {
    expect(choose({}, []).best).toBeNull();
  });

  it('is found among every order of up to three, of nine models at most', () => {
    expect(chains([1, 2, 3])).toHaveLength(3 + 6 + 6);
    const many = Array.from({ length: 12 }, (_, at) => attempt(`m${at}`, 0.3 + at / 30, 0.1));
    const { plans } = choose({}, many);
    expect(plans).toHaveLength(9 + 72 + 504);
    expect(new Set(plans.flatMap(({ models }) => models))).not.toContain('m0');
  });

  it('is never worth less than another that is good enough too', () => {
    const pool = fc.array(fc.tuple(fc.double({ min: 0.1, max: 0.95, noNaN: true }), fc.double({ min: 0.001, max: 2, noNaN: true })), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(pool, (models) => {
        const { best, plans } = choose(
          {},
          models.map(([solves, usd], at) => attempt(`m${at}`, solves, usd)),
        );
        for (const { lacks, worth } of plans) expect(lacks === null && (best?.lacks !== null || worth > best.worth + 1e-12)).toBe(false);
      }),
    );
  });
});

describe('exploration', () => {
  const { best, plans } = choosePlan([cheap, small, strong], { validator: careful, stakes });
  const others = plans.slice(1);
  const from = (spending: Spending, chances: readonly [number, number], isLowRisk = true) => {
    if (best === null) throw new Error('There is a best plan.');
    return explore({ best, others, spending, isLowRisk, chances });
  };

  it('takes the best plan nineteen times of twenty, and says how likely each was', () => {
    const rich = { all: 1000, explored: 0 };
    expect(from(rich, [0.05, 0])).toMatchObject({ plan: best, propensity: 0.95, isExplored: false });
    const other = from(rich, [0.049, 0.5]);
    expect(other.isExplored).toBe(true);
    expect(other.plan.lacks).toBeNull();
    const fitting = others.filter(({ lacks }) => lacks === null).length;
    expect(other.propensity).toBeCloseTo(0.05 / fitting, 12);
  });

  it('says how likely a plan was that begins alike, as it comes out over all draws', () => {
    const steps = 60;
    const rich = { all: 1000, explored: 0 };
    const drawn = Array.from({ length: steps * 20 }, (_, at) => from(rich, [(at % 20) / 20, Math.floor(at / 20) / steps]));
    const begins = ({ plan }: Drawn, models: number): string => plan.models.slice(0, models).join();
    for (const one of new Map(drawn.map((each) => [each.plan, each])).values()) {
      expect(one.prefixes).toHaveLength(one.plan.models.length);
      for (const [at, prefix] of one.prefixes.entries()) {
        const alike = drawn.filter((other) => begins(other, at + 1) === begins(one, at + 1));
        expect(prefix).toBeCloseTo(alike.length / drawn.length, 2);
        expect(prefix).toBeGreaterThanOrEqual(one.propensity - 1e-12);
      }
    }
  });

  it('takes no chances where a line bears risk, or where nothing was spent yet', () => {
    expect(from({ all: 1000, explored: 0 }, [0, 0], false)).toMatchObject({ propensity: 1, isExplored: false });
    expect(from({ all: 0, explored: 0 }, [0, 0])).toMatchObject({ propensity: 1, isExplored: false });
  });

  it('never takes more than a twentieth of what is spent, however the draws fall', () => {
    const draws = fc.array(fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.double({ min: 0, max: 0.999, noNaN: true })), {
      minLength: 50,
      maxLength: 200,
    });
    fc.assert(
      fc.property(draws, (history) => {
        const spending = { all: 0, explored: 0 };
        for (const [whether, which] of history) {
          const { plan, isExplored } = from(spending, [whether / 10, which]);
          spending.all += plan.odds.usd;
          spending.explored += isExplored ? plan.odds.usd : 0;
          expect(spending.explored).toBeLessThanOrEqual(shareToExplore * spending.all + 1e-9);
        }
      }),
    );
  });
});

const routable = (name: string, usd: number, otherwise: Partial<Routable> = {}): Routable => ({
  name,
  capabilities: ['tools'],
  window: 200_000,
  places: [{ vendor: name, region: 'us' }],
  usd,
  ...otherwise,
});
const needs: Needs = { capabilities: ['tools'], prompt: 100_000, regions: null, notVendors: [], usdLeft: null };

it.each<[string, Partial<Routable>, Partial<Needs>, string | null]>([
  ['may do it', {}, {}, null],
  ['lacks what is needed', {}, { capabilities: ['tools', 'images'] }, 'It lacks images.'],
  ['has too small a window', { window: 90_000 }, {}, 'Its window of 90000 tokens is too small for 100000.'],
  ['is nowhere now', { places: [] }, {}, 'It can be asked nowhere now.'],
  ['is in another region', {}, { regions: ['eu'] }, 'It is not in eu.'],
  ['is of the house that it would judge', {}, { notVendors: ['m'] }, 'It is of a vendor that must not do this.'],
  ['has a price that nobody knows', { usd: null }, {}, 'Nobody knows what it costs.'],
  ['costs more than is left', { usd: 0.7 }, { usdLeft: 0.5 }, 'One attempt comes to about $0.70, and $0.50 is left.'],
])('a model %s', (_, model, otherwise, why) => {
  expect(excludedBecause(routable('m', 0.1, model), { ...needs, ...otherwise })).toBe(why);
});

describe('a route', () => {
  const question: RouteQuestion = {
    job: { messages: ['Mend src/a.ts'], toolCalls: [], repository: { files: 100, languages: { ts: 1 } } },
    place: { line: 'bug', repository: 'shop' },
    models: [
      { ...routable('cheap', 0.028), prior: 0.6 },
      { ...routable('small', 0.035), prior: 0.598 },
      { ...routable('strong', 0.721), prior: 0.744 },
      { ...routable('blind', 0.001, { capabilities: [] }), prior: 0.9 },
    ],
    needs,
    offsets: noOffsets,
    validator: careful,
    stakes,
    spending: { all: 1000, explored: 0 },
    isLowRisk: true,
    override: null,
    chances: [0.5, 0.5],
  };

  it('says what it was chosen by, and what the others would have come to', () => {
    const chosen = route(question);
    expect(chosen).toMatchObject({
      plan: ['cheap', 'strong', 'small'],
      because: 'worth',
      isLearnedFrom: true,
      propensity: 0.95,
      excluded: [{ model: 'blind', why: 'It lacks tools.' }],
    });
    expect(Object.keys(chosen.chances)).toEqual(['cheap', 'small', 'strong', 'blind']);
    expect(chosen.others).toHaveLength(12);
    expect(chosen.others.map(({ models }) => models)).not.toContainEqual(chosen.plan);
    expect(chosen.others[0]?.odds.usd).toBeGreaterThan(0);
  });

  it('is the same for the same question, and plain data', () => {
    expect(route(question)).toEqual(route(question));
    expect(JSON.parse(JSON.stringify(route(question)))).toEqual(route(question));
  });

  it('that a person chose is taken, rated, and not learned from', () => {
    const chosen = route({ ...question, override: { by: 'ada', models: ['strong'] } });
    expect(chosen).toMatchObject({ plan: ['strong'], because: 'override', isLearnedFrom: false, propensity: null });
    expect(chosen.taken?.odds.usd).toBeCloseTo(0.721, 9);
    expect(route({ ...question, override: { by: 'ada', models: ['unheard-of'] } })).toMatchObject({ plan: ['unheard-of'], taken: null });
  });

  it('that explores says so', () => {
    const chosen = route({ ...question, chances: [0, 0.5] });
    expect(chosen).toMatchObject({ because: 'explored', isLearnedFrom: true });
    expect(chosen.propensity).toBeLessThan(0.05);
  });

  it('is left to a person where nothing fits', () => {
    expect(route({ ...question, stakes: { ...stakes, wrongCap: 0 } })).toMatchObject({
      plan: null,
      because: 'nothing-fits',
      isLearnedFrom: false,
    });
    expect(route({ ...question, models: [] })).toMatchObject({ plan: null, because: 'nothing-fits' });
  });
});
