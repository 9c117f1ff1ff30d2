import { describe, expect, it } from 'vitest';
import type { EventBody, LedgerEvent } from '../../../evidence/event.ts';
import { fact, type Claim } from '../../../evidence/fact.ts';
import type { ModelCount } from '../../../evidence/model-count.ts';
import { type Digest, parseRunId } from '../../../base/ids.ts';
import type { Seed } from '../../../packet/seed.ts';
import { recordsOf } from '../../evaluation/record-attempts.ts';
import type { PlannedRoute } from '../plan-run.ts';
import { workedAttempts } from './worked-attempts.ts';

const seed: Seed = {
  kind: 'task',
  line: 'bug',
  key: 'one',
  repository: { id: 'r', name: 'shop', location: '/shop', kind: 'local', directory: '', baseCommit: 'c1', branch: 'main', uncommitted: 0 },
  scope: 'all',
  actor: 'ada',
  trusted: true,
  title: 'Mend it',
  body: '',
  paths: ['**'],
};
const usage = { model: 'small-1', input: 1, cacheRead: 0, cacheWrite: 0, output: 1, reasoning: null, costUsd: 0.02 };
const claim = (otherwise: Partial<Claim> = {}): Claim => ({
  kind: 'claim',
  station: 'codex',
  says: 'changed',
  code: 'done',
  summary: '',
  steps: [],
  usage,
  logs: [],
  ...otherwise,
});
const made = (attempt: number, otherwise: Partial<Claim> = {}): EventBody => ({
  type: 'claim.made',
  stage: 'change',
  form: 'change',
  attempt,
  claim: claim(otherwise),
});
const sentBack: Extract<EventBody, { type: 'rework.ordered' }> = {
  type: 'rework.ordered',
  from: 'inspection',
  to: 'change',
  objection: 'red',
  voids: [{ stage: 'change', attempt: 1 }],
};
const decided = (verdict: 'PR_READY' | 'ESCALATE' | 'NO_OP', code = 'x'): EventBody => ({
  type: 'verdict.decided',
  verdict,
  reason: { code, message: '' },
  metric: {} as Extract<EventBody, { type: 'verdict.decided' }>['metric'], // nobody here looks at it
});
const broken: EventBody = {
  type: 'fact.found',
  stage: 'inspection',
  fact: fact('scope', 'broken', 'outside', '', { files: [], outside: [] }),
};
const holds: EventBody = {
  type: 'fact.found',
  stage: 'inspection',
  fact: fact('tests', 'holds', 'tests-held', '', { passed: 1, missing: [], failed: [], removed: [] } as never), // nobody here looks at its data
};
const completed = (stage: string, attempt = 1, durationMs = 60_000): EventBody => ({
  type: 'stage.completed',
  stage,
  attempt,
  outcome: 'done',
  summary: '',
  durationMs,
  output: {},
});
const answered = (choice: 'approve' | 'reject'): EventBody => ({
  type: 'gate.answered',
  stage: 'ask',
  attempt: 1,
  gate: 'g',
  choice,
  note: '',
  digest: '',
  by: 'ada',
  role: 'reviewer',
  at: '',
});
const judgedBy = (right: boolean): EventBody => ({ type: 'outcome.judged', right, why: '', by: 'ada' });
const rejected: EventBody = {
  type: 'fact.found',
  stage: 'ask',
  fact: fact('person', 'broken', 'rejected', '', { gate: 'g', choice: 'reject', by: 'ada', note: '' }),
};
const routed = (because: PlannedRoute['because'], plan: readonly string[]): EventBody => ({
  type: 'route.decided',
  stage: 'change',
  attempt: 1,
  route: { because, plan, difficulty: 0.4 } as PlannedRoute, // the parts that are read
});

function of(...bodies: readonly EventBody[]) {
  return whole(...bodies).map(({ model, passed, right, ended }) => ({ model, passed, right, ended }));
}

function whole(...bodies: readonly EventBody[]) {
  const started: EventBody = { type: 'run.started', seed, line: { name: 'bug', digest: '' }, attempt: 1, version: '0' };
  const events = [started, ...bodies].map((body, at): LedgerEvent => ({
    v: 1,
    run: parseRunId('bug-1'),
    runSeq: at + 1,
    prev: '',
    hash: '',
    key: String(at),
    at: '2026-11-30T00:00:00Z',
    actor: 'factory',
    body,
  }));
  return workedAttempts(events);
}

const small = { model: 'small-1', ended: 'verdict' };

describe('what the attempts of a run came to', () => {
  it.each<[string, readonly EventBody[], readonly object[]]>([
    ['is right where the run ends ready', [made(1), decided('PR_READY')], [{ ...small, passed: true, right: true }]],
    [
      'is wrong where it was sent back, and judged anew after that',
      [made(1), sentBack, made(2), decided('PR_READY')],
      [
        { ...small, passed: false, right: false },
        { ...small, passed: true, right: true },
      ],
    ],
    [
      'is wrong where a check speaks against the change',
      [made(1), broken, decided('ESCALATE', 'outside')],
      [{ ...small, passed: false, right: false }],
    ],
    [
      'is wrong though it passed, where a person rejects it',
      [made(1), holds, rejected, decided('ESCALATE', 'rejected')],
      [{ ...small, passed: true, right: false }],
    ],
    ['is unknown where the run ended for another reason', [made(1), decided('ESCALATE', 'cancelled')], []],
    ['is unknown where nothing was owed, and while the run goes on', [made(1), decided('NO_OP')], []],
    [
      'says nothing of the model where its provider failed',
      [made(1, { says: 'failed', failure: 'provider' })],
      [{ model: 'small-1', ended: 'provider', passed: null, right: false }],
    ],
    [
      'says nothing of it where the money was used up',
      [made(1, { says: 'failed', failure: 'quota' })],
      [{ model: 'small-1', ended: 'budget', passed: null, right: false }],
    ],
    [
      'is of the station that took it over',
      [made(1, { says: 'failed', failure: 'login' }), made(1, { usage: { ...usage, model: 'big-1' } }), decided('PR_READY')],
      [{ model: 'big-1', ended: 'verdict', passed: true, right: true }],
    ],
    ['is of nobody where a plain program made it', [made(1, { station: 'mechanic' }), decided('PR_READY')], []],
    [
      'is of the model of its plan, attempt by attempt',
      [routed('worth', ['cheap', 'strong']), made(1), sentBack, made(2), decided('PR_READY')],
      [
        { model: 'cheap', ended: 'verdict', passed: false, right: false },
        { model: 'strong', ended: 'verdict', passed: true, right: true },
      ],
    ],
  ])('%s', (_, bodies, expected) => {
    expect(of(...bodies)).toEqual(expected);
  });
});

const rejectedThere: EventBody = {
  type: 'rework.ordered',
  from: 'ask',
  to: 'change',
  objection: '',
  voids: [{ stage: 'change', attempt: 1 }],
};

describe('what a person says of an attempt', () => {
  it.each<[string, readonly EventBody[], readonly object[]]>([
    [
      'is an approval of all that there was',
      [made(1), holds, completed('inspection'), answered('approve'), completed('ask'), decided('PR_READY')],
      [{ passed: true, right: true, judged: true }],
    ],
    [
      'is nothing where others looked at it after the approval',
      [made(1), answered('approve'), completed('ask'), holds, completed('inspection'), decided('PR_READY')],
      [{ passed: true, right: true, judged: null }],
    ],
    [
      'is a rejection, of what validation had let pass',
      [made(1), holds, completed('inspection'), answered('reject'), rejectedThere, made(2), decided('PR_READY')],
      [
        { passed: true, right: false, judged: false },
        { passed: true, right: true, judged: null },
      ],
    ],
    [
      'says nothing of validation that had not looked at it yet',
      [made(1), answered('reject'), rejectedThere, made(2), decided('PR_READY')],
      [
        { passed: null, right: false, judged: false },
        { passed: true, right: true, judged: null },
      ],
    ],
    [
      'goes before what validation said of the last attempt, and leaves the others alone',
      [made(1), sentBack, made(2), decided('PR_READY'), judgedBy(false)],
      [
        { passed: false, right: false, judged: null },
        { passed: true, right: false, judged: false },
      ],
    ],
    [
      'may be that validation refused what was right, and what is said last counts',
      [made(1), broken, decided('ESCALATE', 'outside'), judgedBy(false), judgedBy(true)],
      [{ passed: false, right: true, judged: true }],
    ],
    [
      'is learned from where the run ended for another reason',
      [made(1), decided('ESCALATE', 'cancelled'), judgedBy(true)],
      [{ passed: null, right: true, judged: true, ended: 'verdict' }],
    ],
  ])('%s', (_, bodies, expected) => {
    expect(whole(...bodies)).toMatchObject(expected);
  });
});

const count = (stage: string, model: string, microUsd: number, unpricedCalls = 0): ModelCount => ({
  stage,
  station: 'codex',
  model,
  calls: 3,
  usage: { input: 1, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 1, reasoning: 0 },
  microUsd,
  unpricedCalls,
  asOf: '2026-11-20',
  savedMicroUsd: 0,
  estimatedCalls: 0,
});
const counted = (...counts: readonly ModelCount[]): EventBody => ({ type: 'models.counted', counts });

describe('the model that an attempt is booked on, where no plan was chosen', () => {
  const ofSlot = made(1, { usage: { ...usage, model: 'coder' } });
  const bookedBy = (...counts: readonly ModelCount[]) =>
    whole(ofSlot, counted(...counts), decided('PR_READY')).map(({ model, isSure, right }) => ({ model, isSure, right }));

  it('is the one that answered, and not the slot that its station names', () => {
    expect(bookedBy(count('change', 'strong', 1))).toEqual([{ model: 'strong', isSure: true, right: true }]);
  });

  it('is the one that answered the most of its stage, where others answered too, and then it was not sure', () => {
    const most = { ...count('change', 'cheap', 1), calls: 30 };
    expect(bookedBy(count('change', 'strong', 1), most)).toEqual([{ model: 'cheap', isSure: false, right: true }]);
  });

  it('is what answered its own station, where another one worked at the stage before', () => {
    const others = { ...count('change', 'cheap', 1), station: 'gemini', calls: 30 };
    expect(bookedBy(others, count('change', 'strong', 1))).toEqual([{ model: 'strong', isSure: true, right: true }]);
    expect(bookedBy(others)).toEqual([{ model: 'cheap', isSure: true, right: true }]);
  });

  it('is what its station names where nothing was counted of its stage, which is not sure', () => {
    expect(bookedBy(count('review', 'strong', 1))).toEqual([{ model: 'coder', isSure: false, right: true }]);
  });

  it('is that of a chosen plan, whoever else answered less, and nobody where another one had to do its work', () => {
    const planned = (...counts: readonly ModelCount[]) =>
      whole(routed('explored', ['cheap']), ofSlot, counted(...counts), decided('PR_READY')).map(({ model, isSure }) => ({ model, isSure }));
    const [strong, cheap] = [count('change', 'strong', 1), count('change', 'cheap', 1)];
    expect(planned(cheap)).toEqual([{ model: 'cheap', isSure: false }]);
    expect(planned({ ...strong, calls: 30 }, cheap)).toEqual([{ model: 'cheap', isSure: false }]);
    expect(planned({ ...strong, usage: { ...strong.usage, output: 999 } }, cheap)).toEqual([]);
    expect(planned(strong)).toEqual([]);
    const sent = [routed('worth', ['cheap', 'strong']), made(1), sentBack, made(2), counted(strong), decided('PR_READY')];
    expect(whole(...sent).map(({ model, attempt }) => ({ model, attempt }))).toEqual([{ model: 'strong', attempt: 2 }]);
  });

  it('is on record with a plan that was sure where one model could answer, and with none where several did', () => {
    const told = (...counts: readonly ModelCount[]) =>
      recordsOf(whole(ofSlot, counted(...counts), decided('PR_READY')), () => '0'.repeat(64) as Digest).records[0];
    expect(told(count('change', 'strong', 1))).toMatchObject({ model: 'strong', plan: ['strong'], propensity: 1, prefixes: [1] });
    const several = told(count('change', 'strong', 1), { ...count('change', 'cheap', 1), calls: 2 });
    expect(several).toMatchObject({ model: 'strong' });
    expect(several).not.toHaveProperty('propensity');
  });
});

describe('what an attempt cost', () => {
  const twice = [routed('worth', ['cheap', 'strong']), made(1), sentBack, made(2)];
  it.each<[string, readonly EventBody[], readonly (number | null)[]]>([
    ['is what its station says where nobody counted', [...twice, decided('PR_READY')], [0.02, 0.02]],
    [
      'is what the gateway counted for its model, and not what the station says',
      [...twice, counted(count('change', 'cheap', 100_000), count('change', 'strong', 900_000)), decided('PR_READY')],
      [0.1, 0.9],
    ],
    [
      'is shared by attempts of one model',
      [routed('worth', ['cheap']), made(1), sentBack, made(2), counted(count('change', 'cheap', 100_000)), decided('PR_READY')],
      [0.05, 0.05],
    ],
    [
      'is also what was counted for nobody',
      [made(1), counted(count('change', 'strong', 900_000), { ...count('change', 'cheap', 100_000), calls: 1 }), decided('PR_READY')],
      [1],
    ],
    ['is unknown where a call has no price', [...twice, counted(count('change', 'cheap', 0, 1)), decided('PR_READY')], [null, null]],
    ['is not what other stages cost', [...twice, counted(count('review', 'cheap', 900_000)), decided('PR_READY')], [0.02, 0.02]],
  ])('%s', (_, bodies, expected) => {
    expect(whole(...bodies).map(({ usd }) => usd)).toEqual(expected);
  });

  describe('where another model stood in for that of an earlier attempt', () => {
    const stoodIn = [routed('worth', ['cheap', 'strong', 'dear']), made(1), sentBack, made(2)];
    const costs = (...bodies: readonly EventBody[]) => whole(...bodies).map(({ attempt, model, usd }) => ({ attempt, model, usd }));

    it('is not also what that came to, which counts for nobody', () => {
      const strong = counted({ ...count('change', 'strong', 192_500), calls: 4 });
      expect(costs(...stoodIn, strong, decided('ESCALATE', 'outside'), judgedBy(false))).toEqual([
        { attempt: 2, model: 'strong', usd: 0.09625 },
      ]);
    });

    it('is as much as with a slot that one model fills', () => {
      const fixed = [made(1), sentBack, made(2), counted({ ...count('change', 'strong', 192_500), calls: 4 }), decided('PR_READY')];
      expect(costs(...fixed).map(({ usd }) => usd)).toEqual([0.09625, 0.09625]);
    });

    it('is known to nobody where several models may have stood in', () => {
      const again: EventBody = { ...sentBack, voids: [{ stage: 'change', attempt: 2 }] };
      const both = counted(count('change', 'strong', 200_000), count('change', 'dear', 900_000));
      const attempts = [...stoodIn, again, made(3), both, decided('PR_READY')];
      expect(costs(...attempts)).toEqual([
        { attempt: 2, model: 'strong', usd: null },
        { attempt: 3, model: 'dear', usd: null },
      ]);
      const { records, leftOut } = recordsOf(whole(...attempts), () => '0'.repeat(64) as Digest);
      expect([records, leftOut]).toEqual([[], { undecided: 0, unpriced: 2 }]);
    });

    it('is known of those that cannot have stood in, as they were refused before', () => {
      const after = (...models: readonly string[]) =>
        counted(count('change', 'cheap', 100_000), ...models.map((model) => count('change', model, 900_000)));
      expect(costs(...stoodIn, after('other'), decided('PR_READY'))).toEqual([{ attempt: 1, model: 'cheap', usd: 0.1 }]);
      expect(costs(...stoodIn, after('other', 'dear'), decided('PR_READY'))).toEqual([{ attempt: 1, model: 'cheap', usd: 0.1 }]);
    });

    it('is shared with it and not with those of other stages, nor made less by what asked no model by name', () => {
      const other = count('review', 'dear', 900_000);
      const nameless = { ...count('change', '', 0), calls: 1 };
      expect(costs(...stoodIn, counted(count('change', 'strong', 200_000), other, nameless), decided('PR_READY'))).toEqual([
        { attempt: 2, model: 'strong', usd: 0.1 },
      ]);
    });
  });

  it('is apart from what it took to validate it, in time and for models that judged', () => {
    const gate: EventBody = { type: 'gate.opened', stage: 'ask' } as Extract<EventBody, { type: 'gate.opened' }>; // the part that is read
    const [first, second] = whole(
      made(1),
      completed('change', 1, 500_000),
      completed('inspection', 1, 60_000),
      completed('review', 1, 30_000),
      sentBack,
      made(2),
      completed('inspection', 2, 45_000),
      completed('review', 2, 30_000),
      gate,
      completed('ask', 1, 9_000_000),
      counted(count('review', 'strong', 600_000)),
      decided('PR_READY'),
    );
    expect(first?.validation).toEqual({ ms: 90_000, usd: 0.3 });
    expect(second?.validation).toEqual({ ms: 75_000, usd: 0.3 });
    expect(whole(made(1), decided('PR_READY'))[0]?.validation).toBeNull();
  });
});
