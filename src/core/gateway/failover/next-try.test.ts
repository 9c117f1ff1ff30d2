import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextTry, type Moment, type Next } from './next-try.ts';
import type { Outcome, Said } from './outcome.ts';
import { beginTries, type Candidate, type TryState } from './try-state.ts';

const candidate = (model: string, at: string, window = 200_000): Candidate => ({
  model,
  at,
  provider: at.slice(0, at.indexOf('/')),
  window,
});
const a = candidate('strong', 'a/strong');
const b = candidate('strong', 'b/strong');
const c = candidate('other', 'c/other', 1_000_000);
const all = [a, b, c];

const moment = (now = 0, isUsable: Moment['isUsable'] = () => true): Moment => ({ now, chance: 0.5, isUsable });
const begin = (candidates = all, first = candidates[0] ?? a, retriesOfCaller = 0): TryState =>
  beginTries(candidates, { first, deadlineAt: 600_000, retriesOfCaller });
const refused = (status: number, said: Said | null = null, retryAfterMs: number | null = null): Outcome => ({
  kind: 'refused',
  status,
  said,
  retryAfterMs,
});

/** The way that a request takes when its upstreams answer so, one after another. */
function way(outcomes: readonly Outcome[], state = begin(), isUsable: Moment['isUsable'] = () => true): string[] {
  const told: string[] = [state.current.at];
  let at = state;
  let now = 0;
  for (const outcome of outcomes) {
    const next = nextTry(at, outcome, moment(now, isUsable));
    if (next.kind !== 'try')
      return [...told, next.kind === 'flow' ? 'flow' : `stop ${next.status} ${next.retryable ? 'retryable' : 'for good'}`];
    told.push(
      `${next.waitMs > 0 ? `${next.waitMs}ms ` : ''}${next.candidate.at}${next.repairs.length > 0 ? ` ${next.repairs.join()}` : ''}`,
    );
    at = next.state;
    now += next.waitMs;
  }
  return told;
}

describe('a request goes', () => {
  const down = refused(500);
  it.each<[string, readonly Outcome[], readonly string[]]>([
    ['through where content comes', [{ kind: 'content' }], ['a/strong', 'flow']],
    [
      'to the same model elsewhere, then to the next model',
      [down, { kind: 'unreachable', why: null }, { kind: 'content' }],
      ['a/strong', 'b/strong', 'c/other', 'flow'],
    ],
    [
      'back to what failed first, where every way failed once',
      [down, down, down, down],
      ['a/strong', 'b/strong', 'c/other', '375ms a/strong', 'stop 503 retryable'],
    ],
    ['elsewhere after an overload, in a 200 too', [refused(200, 'overloaded')], ['a/strong', 'b/strong']],
    ['elsewhere where nothing came in time', [{ kind: 'silent' }], ['a/strong', 'b/strong']],
    ['elsewhere after a page of HTML', [{ kind: 'garbled' }], ['a/strong', 'b/strong']],
    ['to the same again after a conflict, and then elsewhere', [refused(409), refused(409)], ['a/strong', '375ms a/strong', 'b/strong']],
    ['to the same after a short rest', [refused(429, null, 7000)], ['a/strong', '7000ms a/strong']],
    ['elsewhere where the rest is long', [refused(429, null, 60_000)], ['a/strong', 'b/strong']],
    ['elsewhere where nobody says how long the rest is', [refused(429)], ['a/strong', 'b/strong']],
    [
      'elsewhere after a cut-off, and not back',
      [refused(403), down, down, down],
      ['a/strong', 'b/strong', 'c/other', '750ms b/strong', 'stop 503 retryable'],
    ],
    ['elsewhere where it is too large for one upstream', [refused(413), refused(413)], ['a/strong', 'b/strong', 'c/other']],
    ['nowhere else with a wrong request', [refused(400)], ['a/strong', 'stop 400 for good']],
    ['nowhere else where what it names is not there', [refused(404, 'missing')], ['a/strong', 'stop 400 for good']],
    ['nowhere else where what it says is not answered to', [refused(403, 'flagged')], ['a/strong', 'stop 400 for good']],
    [
      'elsewhere where it fits one upstream not, and not back',
      [refused(402, 'unfit'), refused(402, 'unfit'), refused(402, 'unfit')],
      ['a/strong', 'b/strong', 'c/other', 'stop 400 for good'],
    ],
    [
      'to the same once with thinking taken out',
      [refused(400, 'foreign-thinking'), refused(400, 'foreign-thinking')],
      ['a/strong', 'a/strong strip-thinking', 'stop 400 for good'],
    ],
    [
      'no second time with a repair that helped nobody',
      [refused(400, 'foreign-thinking'), down, refused(400, 'foreign-thinking')],
      ['a/strong', 'a/strong strip-thinking', 'b/strong strip-thinking', 'stop 400 for good'],
    ],
    ['to the same with fewer cache marks', [refused(400, 'cache-marks')], ['a/strong', 'a/strong trim-cache-marks']],
    [
      'to a larger window with a long prompt, and nowhere smaller',
      [refused(400, 'context-overflow'), refused(400, 'context-overflow')],
      ['a/strong', 'c/other', 'stop 400 for good'],
    ],
    ['nowhere once content is out', [{ kind: 'broken-off' }], ['a/strong', 'stop 503 retryable']],
    ['nowhere when the caller is gone', [{ kind: 'left' }], ['a/strong', 'stop 499 for good']],
  ])('%s', (_, outcomes, told) => {
    expect(way(outcomes)).toEqual(told);
  });

  it('past upstreams that are unwell', () => {
    expect(way([down], begin(), ({ at }) => at !== 'b/strong')).toEqual(['a/strong', 'c/other']);
  });

  it('past everything of a provider that cut us off', () => {
    const a2 = candidate('other', 'a/other');
    expect(way([refused(401)], begin([a, a2, c]))).toEqual(['a/strong', 'c/other']);
    expect(way([refused(401)], begin([a, a2]))).toEqual(['a/strong', 'stop 403 for good']);
    expect(way([refused(400, 'account')], begin([a, a2, c]))).toEqual(['a/strong', 'c/other']);
  });

  it('past one model of a provider that does not have it', () => {
    const a2 = candidate('other', 'a/other');
    expect(way([refused(404)], begin([a, a2]))).toEqual(['a/strong', 'a/other']);
  });

  it('to a sole upstream a second time, and no third', () => {
    expect(way([down, down], begin([a]))).toEqual(['a/strong', '375ms a/strong', 'stop 503 retryable']);
  });

  it('never back to a model before its own in the plan that it did not begin with', () => {
    expect(way([down, down], begin(all, c))).toEqual(['c/other', '375ms c/other', 'stop 503 retryable']);
  });

  it('as often less as the caller itself tried before', () => {
    expect(way([down, down], begin(all, a, 2))).toEqual(['a/strong', 'b/strong', 'stop 503 retryable']);
    expect(way([down], begin(all, a, 9))).toEqual(['a/strong', 'stop 503 retryable']);
  });

  it('nowhere beyond its deadline', () => {
    const late = nextTry(begin([a]), down, moment(599_900));
    expect(late).toMatchObject({ kind: 'stop', retryable: true });
  });
});

describe('where it stops', () => {
  const stop = (outcome: Outcome, candidates = [a]): Extract<Next, { kind: 'stop' }> => {
    const next = nextTry(begin(candidates, a, 3), outcome, moment());
    if (next.kind !== 'stop') throw new Error('It goes on.');
    return next;
  };

  it('says what happened in words of its own', () => {
    expect(stop(refused(401)).sentence).toBe('a has cut us off (it answered 401), and no other way is left.');
    expect(stop({ kind: 'broken-off' }).sentence).toBe('a broke off in the middle of its answer. Ask again.');
    expect(stop(refused(400)).sentence).toBe('a finds the request wrong (it answered 400).');
  });

  it('hands on how long the upstream wants rest', () => {
    expect(stop(refused(429, null, 60_000))).toMatchObject({ retryable: true, status: 429, retryAfterMs: 60_000 });
  });

  it('and where it goes on, what to take down is told', () => {
    const mark = (outcome: Outcome) => {
      const next = nextTry(begin(), outcome, moment());
      return next.kind === 'flow' ? null : next.mark;
    };
    expect(mark(refused(403))).toEqual({ kind: 'provider-cut', at: a, restMs: null });
    for (const said of ['account', 'quota'] as const) expect(mark(refused(400, said))).toMatchObject({ kind: 'provider-cut' });
    expect(mark(refused(404))).toMatchObject({ kind: 'model-cut' });
    expect(mark(refused(429, null, 7000))).toEqual({ kind: 'rests', at: a, restMs: 7000 });
    expect(mark({ kind: 'silent' })).toMatchObject({ kind: 'failed' });
    expect(mark(refused(400))).toBeNull();
    for (const said of ['missing', 'flagged', 'unfit'] as const) expect(mark(refused(403, said))).toBeNull();
    expect(mark({ kind: 'left' })).toBeNull();
  });
});

const outcomes: fc.Arbitrary<Outcome> = fc.oneof(
  fc.record({
    kind: fc.constant('refused' as const),
    status: fc.constantFrom(200, 400, 401, 403, 404, 408, 409, 413, 429, 451, 500, 503, 529),
    said: fc.constantFrom<Said | null>(null, null, 'overloaded', 'quota', 'account', 'context-overflow', 'foreign-thinking', 'cache-marks'),
    retryAfterMs: fc.option(fc.nat({ max: 100_000 })),
  }),
  fc.constantFrom<Outcome>({ kind: 'unreachable', why: null }, { kind: 'silent' }, { kind: 'garbled' }),
);

it('whatever happens, a request is tried four times at most, twice at one upstream, and within its deadline', () => {
  fc.assert(
    fc.property(
      fc.array(outcomes, { minLength: 8, maxLength: 8 }),
      fc.array(fc.nat({ max: 40_000 }), { minLength: 8, maxLength: 8 }),
      (history, delays) => {
        let state: TryState | null = begin([a, b, c, candidate('other', 'a/other')]);
        let now = 0;
        const tries: string[] = [a.at];
        const cut = new Set<string>();
        for (const [at, outcome] of history.entries()) {
          if (state === null) break;
          now += delays[at] ?? 0;
          const next: Next = nextTry(state, outcome, moment(now));
          if (next.kind !== 'flow' && next.mark?.kind === 'provider-cut') cut.add(next.mark.at.provider);
          state = next.kind === 'try' ? next.state : null;
          if (next.kind !== 'try') continue;
          now += next.waitMs;
          tries.push(next.candidate.at);
          expect(now).toBeLessThan(600_000);
          expect(cut).not.toContain(next.candidate.provider);
          expect(new Set(next.repairs).size).toBe(next.repairs.length);
        }
        expect(state).toBeNull();
        expect(tries.length).toBeLessThanOrEqual(4);
        for (const at of tries) expect(tries.filter((one) => one === at).length).toBeLessThanOrEqual(2);
      },
    ),
  );
});
