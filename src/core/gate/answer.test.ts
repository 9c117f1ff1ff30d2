import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rule, type Actor, type Answer, type GateStanding, type OpenedGate } from './answer.ts';

const gate: OpenedGate = {
  type: 'gate.opened',
  stage: 'final-review',
  attempt: 1,
  gate: 'run/final-review/1',
  question: 'May it go out?',
  digest: 'a'.repeat(64),
  roles: ['reviewer', 'architect'],
  choices: ['approve', 'reject', 'answer'],
  openedAt: '2026-01-01T00:00:00.000Z',
  expiresAt: '2026-01-08T00:00:00.000Z',
};
const standing: GateStanding = { gate, digest: gate.digest, closed: null };
const ada: Actor = { name: 'ada', kind: 'person', roles: ['reviewer'] };
const answer: Answer = { choice: 'approve', note: '', digest: gate.digest, actor: ada, at: '2026-01-02T00:00:00.000Z' };

describe('a right answer', () => {
  it.each<[string, Partial<Answer>, string]>([
    ['an approval without words', {}, 'reviewer'],
    ['a rejection with words', { choice: 'reject', note: 'the cart is empty' }, 'reviewer'],
    ['an answer with words', { choice: 'answer', note: 'blue' }, 'reviewer'],
    ['by another of the roles', { actor: { ...ada, roles: ['clerk', 'architect'] } }, 'architect'],
    ['by whoever has every role', { actor: { ...ada, roles: ['*'] } }, 'reviewer'],
    ['in the last moment', { at: '2026-01-07T23:59:59.999Z' }, 'reviewer'],
  ])('%s is taken, in the role that allowed it', (_, given, role) => {
    expect(rule(standing, { ...answer, ...given })).toEqual({ kind: 'taken', role });
  });
});

describe('anything else is refused, with why and what to do', () => {
  it.each<[string, Partial<GateStanding>, Partial<Answer>, string, string]>([
    ['an agent', {}, { actor: { ...ada, kind: 'agent', name: 'coder' } }, "is a person's to answer, and coder is an agent", 'Let a person'],
    ['an agent with every role', {}, { actor: { name: 'coder', kind: 'agent', roles: ['*'] } }, 'coder is an agent', 'Let a person'],
    ['a second answer', { closed: 'approved by bob' }, {}, 'is closed: approved by bob', 'jidoka gates'],
    ['an answer on the dot of the expiry', {}, { at: gate.expiresAt }, 'expired at 2026-01-08', '--again'],
    ['an answer after it', {}, { at: '2027-01-01T00:00:00.000Z' }, 'expired at 2026-01-08', '--again'],
    ['an answer at no time', {}, { at: '' }, 'no time', 'ISO'],
    ['an answer at some time', {}, { at: 'yesterday' }, 'no time', 'ISO'],
    ['another role', {}, { actor: { ...ada, roles: ['clerk'] } }, 'is for reviewer or architect, and ada is clerk', 'Ask somebody'],
    ['no role', {}, { actor: { ...ada, roles: [] } }, 'ada is without a role', 'Ask somebody'],
    [
      'a choice that was not given',
      { gate: { ...gate, choices: ['approve'] } },
      { choice: 'reject', note: 'no' },
      'cannot be answered with "reject"',
      'Choose of: approve',
    ],
    ['a rejection without words', {}, { choice: 'reject', note: ' \n' }, '"reject" needs words', '--note'],
    ['an answer without words', {}, { choice: 'answer' }, '"answer" needs words', '--note'],
    [
      'an answer to other evidence',
      {},
      { digest: 'b'.repeat(64) },
      'is about the evidence aaaaaaaaaaaa, not bbbbbbbbbbbb',
      'Look at the gate again',
    ],
    ['an answer to evidence that changed meanwhile', { digest: 'c'.repeat(64) }, {}, 'not cccccccccccc', 'Look at the gate again'],
    ['an answer to nothing', {}, { digest: '' }, 'is about the evidence aaaaaaaaaaaa', 'Look at the gate again'],
  ])('%s', (_, given, said, why, mend) => {
    const ruling = rule({ ...standing, ...given }, { ...answer, ...said });
    expect(ruling).toMatchObject({ kind: 'refused', why: expect.stringContaining(why), mend: expect.stringContaining(mend) });
  });

  it('a gate without an expiry that can be read takes nothing', () => {
    expect(rule({ ...standing, gate: { ...gate, expiresAt: 'never' } }, answer).kind).toBe('refused');
    expect(rule({ ...standing, gate: { ...gate, expiresAt: '' } }, answer).kind).toBe('refused');
  });

  it("a gate that stands open to no role is nobody's to answer", () => {
    expect(rule({ ...standing, gate: { ...gate, roles: [] } }, { ...answer, actor: { ...ada, roles: ['*'] } }).kind).toBe('refused');
    expect(rule({ ...standing, gate: { ...gate, digest: '' }, digest: '' }, { ...answer, digest: '' }).kind).toBe('refused');
  });

  it('times are compared as times, whatever zone they are said in', () => {
    expect(rule(standing, { ...answer, at: '2026-01-08T00:30:00.000+01:00' }).kind).toBe('taken');
    expect(rule(standing, { ...answer, at: '2026-01-07T23:30:00.000-01:00' }).kind).toBe('refused');
  });
});

describe('over every mixture of right and wrong', () => {
  const oneOf = <Value>(right: Value, ...wrong: readonly Value[]): fc.Arbitrary<Value> => fc.constantFrom(right, right, ...wrong);
  const mixtures = fc.record({
    kind: oneOf<Actor['kind']>('person', 'agent'),
    roles: oneOf<readonly string[]>(['reviewer'], ['*'], ['architect', 'clerk'], [], ['clerk'], ['Reviewer'], ['reviewer ']),
    closed: oneOf<string | null>(null, 'approved by bob', ''),
    at: oneOf('2026-01-02T00:00:00.000Z', gate.expiresAt, '2026-02-01T00:00:00.000Z', 'now', ''),
    choice: oneOf<Answer['choice']>('approve', 'reject', 'answer'),
    choices: oneOf<OpenedGate['choices']>(['approve', 'reject', 'answer'], ['approve'], ['answer'], []),
    note: oneOf('because', '', '\t'),
    answered: oneOf(gate.digest, 'b'.repeat(64), ''),
    now: oneOf(gate.digest, 'c'.repeat(64), ''),
  });

  it('takes an answer exactly where nothing at all speaks against it', () => {
    const rulings = new Set<string>();
    fc.assert(
      fc.property(mixtures, (given) => {
        const { kind, roles, closed, at, choice, choices, note, answered, now } = given;
        const ruling = rule(
          { gate: { ...gate, choices }, digest: now, closed },
          { choice, note, digest: answered, at, actor: { name: 'ada', kind, roles } },
        );
        const isRight =
          kind === 'person' &&
          roles.some((role) => ['reviewer', 'architect', '*'].includes(role)) &&
          closed === null &&
          at === '2026-01-02T00:00:00.000Z' &&
          choices.includes(choice) &&
          (choice === 'approve' || note === 'because') &&
          answered === gate.digest &&
          now === gate.digest;
        rulings.add(ruling.kind);
        expect(ruling.kind).toBe(isRight ? 'taken' : 'refused');
        expect(ruling.kind === 'taken' || (ruling.why !== '' && ruling.mend !== '')).toBe(true);
      }),
      { numRuns: 5000 },
    );
    expect(rulings).toEqual(new Set(['taken', 'refused']));
  });
});
