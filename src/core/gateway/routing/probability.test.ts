import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chancesByEase, meanOverEase } from './ease.ts';
import { isLearnedFrom, learnOffsets, noOffsets, type Lesson } from './offsets.ts';
import { priorOf, PriorTables } from './priors.ts';
import { chanceOf } from './probability.ts';

const place = { line: 'bug', repository: 'shop' };
const lesson: Lesson = {
  job: 'j',
  model: 'small',
  line: 'bug',
  repository: 'shop',
  right: true,
  age: 0,
  ended: 'verdict',
  isOverride: false,
};
const lessons = (count: number, right: number, otherwise: Partial<Lesson> = {}): Lesson[] =>
  Array.from({ length: count }, (_, at) => ({ ...lesson, job: `j${at}`, ...otherwise, right: at < right }));
const learned = (seen: readonly Lesson[]) => learnOffsets(seen, () => 0.6);
const solves = (seen: readonly Lesson[], otherwise = {}) =>
  chanceOf(0.6, { model: 'small', place, offsets: learned(seen), difficulty: 0.5, ...otherwise }).solves;

describe('the table of priors', () => {
  const tables = PriorTables.parse(JSON.parse(readFileSync(new URL('../../../../models/priors.json', import.meta.url), 'utf8')));

  it('has models with their source and day', () => {
    expect(tables.tables.map(({ rows }) => rows.length)).toEqual([22, 5]);
    expect(priorOf(tables, { model: 'DeepSeek V3.2', harness: null })).toMatchObject({ resolved: 0.6, usd: 0.028, asOf: '2026-11-20' });
  });

  it('takes the row of the harness at hand before another', () => {
    expect(priorOf(tables, { model: 'Sonnet 4', harness: 'OpenHands' })).toMatchObject({
      resolved: 0.413,
      benchmark: 'Terminal-Bench 0.1.1',
    });
    expect(priorOf(tables, { model: 'Sonnet 4', harness: 'some other' })).toMatchObject({ resolved: 0.649 });
    expect(priorOf(tables, { model: 'unheard of', harness: null })).toBeNull();
  });
});

describe('the chance of a model', () => {
  it('is its prior where nothing else is known', () => {
    expect(chanceOf(0.6, { model: 'small', place, offsets: noOffsets, difficulty: 0.5 })).toMatchObject({ prior: 0.6, model: 0, line: 0 });
    expect(solves([])).toBeCloseTo(0.6, 9);
  });

  it('falls with difficulty', () => {
    expect(solves([], { difficulty: 1 })).toBeLessThan(solves([], { difficulty: 0 }));
  });

  it('moves little for one failure, and to what was seen for many', () => {
    expect(solves(lessons(1, 0))).toBeGreaterThan(0.54);
    expect(solves(lessons(1000, 300))).toBeCloseTo(0.3, 1);
    expect(solves(lessons(40, 40))).toBeLessThan(0.995);
  });

  it('keeps what one repository showed from the others', () => {
    const seen = [...lessons(100, 60, { repository: 'other', line: 'deps' }), ...lessons(30, 3)];
    expect(solves(seen)).toBeLessThan(0.4);
    expect(solves(seen, { place: { line: 'deps', repository: 'other' } })).toBeGreaterThan(0.5);
  });

  it('learns nothing from providers, budgets, flaky verdicts and what a person chose', () => {
    const unfit: Partial<Lesson>[] = [{ ended: 'provider' }, { ended: 'budget' }, { ended: 'flaky' }, { isOverride: true }];
    for (const otherwise of unfit) expect(learned(lessons(100, 0, otherwise))).toEqual(noOffsets);
    expect(isLearnedFrom(lesson)).toBe(true);
  });

  it('takes what many models did at one job for one job of its repository', () => {
    const others = lessons(20, 0).map((one, at) => ({ ...one, model: `m${at}`, job: 'j' }));
    const apart = lessons(20, 0).map((one, at) => ({ ...one, model: `m${at}` }));
    expect(solves(others)).toBeGreaterThan(solves(apart) + 0.1);
  });

  it('believes what is old less', () => {
    expect(solves(lessons(50, 5, { age: 365 }))).toBeGreaterThan(solves(lessons(50, 5)) + 0.1);
  });

  it('is never thrown by a name that every object has', () => {
    const offsets = learned(lessons(9, 1));
    expect(
      chanceOf(0.6, { model: 'constructor', place: { line: 'toString', repository: '__proto__' }, offsets, difficulty: 0.5 }).solves,
    ).toBeCloseTo(0.6, 9);
  });

  it('rises with every right result that is added', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.nat({ max: 59 }), (count, right) => {
        const some = Math.min(right, count - 1);
        expect(solves(lessons(count, some + 1))).toBeGreaterThan(solves(lessons(count, some)));
      }),
    );
  });
});

describe('the ease of jobs', () => {
  const both = (one: number, other: number): number => {
    const second = chancesByEase(other);
    return meanOverEase(chancesByEase(one).map((chance, at) => chance * (second[at] ?? 0)));
  };

  it('leaves the chance over all jobs as it is', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        (chance) => void expect(meanOverEase(chancesByEase(chance))).toBeCloseTo(chance, 6),
      ),
    );
  });

  it('lets a strong model solve nineteen of twenty that a cheap one solved, and four of ten that it did not', () => {
    expect(both(0.6, 0.744) / 0.6).toBeCloseTo(0.95, 1);
    expect((0.744 - both(0.6, 0.744)) / 0.4).toBeCloseTo(0.44, 1);
  });
});
