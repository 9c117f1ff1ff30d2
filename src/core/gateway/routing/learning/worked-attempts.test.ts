import { describe, expect, it } from 'vitest';
import type { EventBody, LedgerEvent } from '../../../evidence/event.ts';
import { fact, type Claim } from '../../../evidence/fact.ts';
import { parseRunId } from '../../../base/ids.ts';
import type { Seed } from '../../../packet/seed.ts';
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
const sentBack: EventBody = {
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
  return workedAttempts(events).map(({ model, passed, right, ended }) => ({ model, passed, right, ended }));
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
      [made(1), rejected, decided('ESCALATE', 'rejected')],
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
