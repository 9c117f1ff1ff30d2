import { describe, expect, it } from 'vitest';
import { sampleLine } from '../../../kit/evidence/index.ts';
import type { EventBody, StageOutcome } from '../evidence/event.ts';
import type { Verdict } from '../verdict/verdict.ts';
import type { Line, Stage } from './line.ts';
import { joinedRuns, next, type Command } from './next.ts';
import { fold } from './state.ts';

const lineOf = (...stages: readonly Stage[]): Line => ({ ...sampleLine, stages: [...stages] });

const completed = (stage: string, outcome: StageOutcome = 'done', { attempt = 1, summary = '' } = {}): EventBody => ({
  type: 'stage.completed',
  stage,
  attempt,
  outcome,
  summary,
  durationMs: 1,
  output: {},
});
const decided: EventBody = {
  type: 'verdict.decided',
  verdict: 'NO_OP',
  reason: { code: 'c', message: 'm' },
  metric: { name: 'jidoka_runs_total', labels: { line: 'deps', verdict: 'NO_OP', reason: 'c' } },
};
const sealed: EventBody = { type: 'evidence.sealed', bundle: '', report: '', ledgerHead: '' };
const ended: EventBody = { type: 'run.ended', verdict: 'NO_OP' };
const cancelled: EventBody = { type: 'run.cancelled', by: 'ada', why: 'wrong seed' };
const forgone = (stage: string, attempt = 1): EventBody => ({ type: 'stage.forgone', stage, attempt, why: '' });
const rework = (from: string, objection: string, voids: readonly [string, number][]): EventBody => ({
  type: 'rework.ordered',
  from,
  to: voids[0]?.[0] ?? '',
  objection,
  voids: voids.map(([stage, attempt]) => ({ stage, attempt })),
});
const opened = (stage: string, attempt = 1): EventBody => ({
  type: 'gate.opened',
  stage,
  attempt,
  gate: `r/${stage}/${attempt}`,
  question: 'May it?',
  digest: 'd',
  roles: ['reviewer'],
  choices: ['approve', 'reject'],
  openedAt: '2026-01-01T00:00:00.000Z',
  expiresAt: '2026-01-02T00:00:00.000Z',
});
const answered = (stage: string, attempt = 1, gate = `r/${stage}/${attempt}`): EventBody => ({
  type: 'gate.answered',
  stage,
  attempt,
  gate,
  choice: 'approve',
  note: '',
  digest: 'd',
  by: 'ada',
  role: 'reviewer',
  at: '2026-01-01T01:00:00.000Z',
});
const expired = (stage: string): EventBody => ({
  type: 'gate.expired',
  stage,
  attempt: 1,
  gate: `r/${stage}/1`,
  at: '2026-01-02T00:00:00.000Z',
});
const started = (stage: string, runs: readonly string[]): EventBody => ({ type: 'children.started', stage, attempt: 1, runs });
const child = (run: string, verdict: Verdict): EventBody => ({ type: 'child.ended', stage: 'fan', attempt: 1, run, verdict });

/** What comes next, in short: 'lint@2', 'wait:review', 'forgo:lint', 'rework:tests>change', 'decide'. */
function after(line: Line, events: readonly EventBody[]): string {
  return next(line, fold(events)).map(inShort).join(' ');
}

function inShort(command: Command): string {
  switch (command.kind) {
    case 'stage':
      return command.attempt === 1 ? command.stage.id : `${command.stage.id}@${command.attempt}`;
    case 'wait':
    case 'conclude':
      return `${command.kind}:${command.stage.id}`;
    case 'rework':
      return `rework:${command.rework.from}>${command.rework.to}`;
    case 'forgo':
      return `forgo:${command.stage}`;
    default:
      return command.kind;
  }
}

describe('a line of stages one after the other', () => {
  it.each<[string, EventBody[], string]>([
    ['nothing', [], 'baseline'],
    ['a done stage', [completed('baseline')], 'change'],
    ['the last stage', [completed('baseline'), completed('change')], 'decide'],
    ['a stage that settled the run', [completed('baseline', 'settled')], 'decide'],
    ['a stage that failed', [completed('baseline', 'failed')], 'decide'],
    ['a stage that objected', [completed('baseline', 'objected')], 'decide'],
    ['a cancellation', [cancelled], 'decide'],
    ['a cancellation after the last stage', [completed('baseline'), completed('change'), cancelled], 'decide'],
    ['the verdict', [completed('baseline', 'settled'), decided], 'seal'],
    ['a cancellation after the verdict', [completed('baseline', 'settled'), decided, cancelled], 'seal'],
    ['the seal', [completed('baseline', 'settled'), decided, sealed], 'deliver'],
    ['the delivery', [completed('baseline', 'settled'), decided, sealed, ended], 'end'],
  ])('after %s comes the right command', (_, events, command) => {
    expect(after(sampleLine, events)).toBe(command);
  });
});

describe('branches', () => {
  const plan: Stage = { id: 'plan', does: 'applicability' };
  const left: Stage = { id: 'left', does: 'command', after: ['plan'], run: ['true'] };
  const right: Stage = { id: 'right', does: 'command', after: ['plan'], run: ['true'] };
  const third: Stage = { id: 'third', does: 'command', after: ['right'], run: ['true'] };
  const all = lineOf(plan, left, right, { id: 'end', does: 'inspection', after: ['left', 'right'] });
  const any = lineOf(plan, left, right, { id: 'end', does: 'inspection', after: ['left', 'right'], join: 'any' });
  const deep = lineOf(plan, left, right, third, { id: 'end', does: 'inspection', after: ['left', 'third'], join: 'any' });

  it.each<[string, Line, EventBody[], string]>([
    ['both are owed at once', all, [completed('plan')], 'left right'],
    ['all: one done, the other is owed', all, [completed('plan'), completed('left')], 'right'],
    ['all: both done, the join holds', all, [completed('plan'), completed('left'), completed('right')], 'end'],
    ['all: one failed, nothing is left to do', all, [completed('plan'), completed('left', 'failed')], 'decide'],
    ['any: one done, the other is forgone', any, [completed('plan'), completed('left')], 'forgo:right'],
    ['any: the other forgone, the join holds', any, [completed('plan'), completed('left'), forgone('right')], 'end'],
    ['any: one failed, it is forgone', any, [completed('plan'), completed('left', 'failed')], 'forgo:left'],
    ['any: the failed one forgone, the other is owed', any, [completed('plan'), completed('left', 'failed'), forgone('left')], 'right'],
    [
      'any: both failed, the run is decided',
      any,
      [completed('plan'), completed('left', 'failed'), forgone('left'), completed('right', 'failed')],
      'decide',
    ],
    ['any: a whole branch is forgone', deep, [completed('plan'), completed('left')], 'forgo:third'],
    ['any: back to where it parted', deep, [completed('plan'), completed('left'), forgone('third')], 'forgo:right'],
    ['any: a branch that fails at its root is forgone', deep, [completed('plan'), completed('right', 'failed')], 'forgo:right'],
    ['and with it what could not be done any more', deep, [completed('plan'), completed('right', 'failed'), forgone('right')], 'left'],
    [
      'a late end of a forgone stage is no end',
      any,
      [completed('plan'), completed('left'), forgone('right'), completed('right', 'failed')],
      'end',
    ],
    ['what settles decides, whatever the other does', any, [completed('plan'), completed('left', 'settled')], 'decide'],
  ])('%s', (_, line, events, commands) => {
    expect(after(line, events)).toBe(commands);
  });

  it('a gate that a branch left open is not waited for, and not concluded when somebody answers', () => {
    const review: Stage = { id: 'review', does: 'gate', after: ['plan'] };
    const line = lineOf(
      plan,
      left,
      review,
      { id: 'notes', does: 'command', run: ['true'] },
      {
        id: 'end',
        does: 'inspection',
        after: ['left', 'notes'],
        join: 'any',
      },
    );
    const events = [completed('plan'), opened('review'), completed('left')];
    expect(after(line, [...events, answered('review')])).toBe('forgo:notes');
    expect(after(line, [...events, forgone('notes'), answered('review')])).toBe('forgo:review');
    expect(after(line, [...events, forgone('notes'), forgone('review'), answered('review')])).toBe('end');
  });
});

describe('rework', () => {
  const line = lineOf(
    { id: 'change', does: 'change', station: 'command', run: ['true'] },
    { id: 'tests', does: 'inspection', onFail: { stage: 'change', atMost: 2 } },
  );
  const first = [completed('change'), completed('tests', 'objected', { summary: 'a fails' })];
  const again = [
    ...first,
    rework('tests', 'a fails', [
      ['change', 1],
      ['tests', 1],
    ]),
  ];
  const second = [...again, completed('change', 'done', { attempt: 2 })];
  const other = [...second, completed('tests', 'objected', { attempt: 2, summary: 'b fails' })];
  const thrice = [
    ...other,
    rework('tests', 'b fails', [
      ['change', 2],
      ['tests', 2],
    ]),
    completed('change', 'done', { attempt: 3 }),
  ];

  it.each<[string, EventBody[], string]>([
    ['an objection sends back', first, 'rework:tests>change'],
    ['the work is done in its next attempt', again, 'change@2'],
    ['and all that comes after it', second, 'tests@2'],
    ['another objection sends back again', other, 'rework:tests>change'],
    [
      'the same objection twice in a row does not',
      [...second, completed('tests', 'objected', { attempt: 2, summary: 'a fails' })],
      'decide',
    ],
    ['what an earlier attempt still says is too late', [...again, completed('change', 'failed')], 'change@2'],
    ['a rework that is recorded twice is one', [...again, ...again.slice(-1)], 'change@2'],
    ['the limit ends it', [...thrice, completed('tests', 'objected', { attempt: 3, summary: 'c fails' })], 'decide'],
    ['a failure of the surroundings does not send back', [completed('change'), completed('tests', 'failed')], 'decide'],
  ])('%s', (_, events, commands) => {
    expect(after(line, events)).toBe(commands);
  });

  it('the same objection twice in a row sends back where another station takes the work up, and not once more after that', () => {
    const stages = line.stages.map((stage) => (stage.id === 'change' ? { ...stage, station: ['one', 'two'] } : stage));
    const shared = { ...line, stages };
    const same = [...second, completed('tests', 'objected', { attempt: 2, summary: 'a fails' })];
    expect(after(shared, same)).toBe('rework:tests>change');
    const third = rework('tests', 'a fails', [
      ['change', 2],
      ['tests', 2],
    ]);
    expect(after(shared, [...same, third])).toBe('change@3');
    const more = [...same, third, completed('change', 'done', { attempt: 3 })];
    expect(after(shared, [...more, completed('tests', 'objected', { attempt: 3, summary: 'a fails' })])).toBe('decide');
  });

  it('names every attempt that no longer counts', () => {
    const [command] = next(line, fold(other));
    expect(command).toEqual({
      kind: 'rework',
      rework: { from: 'tests', to: 'change', objection: 'b fails' },
      voids: [
        { stage: 'change', attempt: 2 },
        { stage: 'tests', attempt: 2 },
      ],
    });
  });

  it('is not ordered where another branch has already made the end impossible', () => {
    const forked = lineOf(
      ...line.stages,
      { id: 'docs', does: 'command', after: [], run: ['true'] },
      { id: 'end', does: 'command', after: ['tests', 'docs'], run: ['true'] },
    );
    expect(after(forked, [completed('docs', 'failed'), ...first])).toBe('decide');
  });
});

describe('waits', () => {
  const gated = lineOf({ id: 'review', does: 'gate' });
  const fan = (join: NonNullable<Stage['runs']>['join']): Line =>
    lineOf({ id: 'fan', does: 'runs', runs: { line: 'l', items: ['a', 'b', 'c'], join } });
  const three = started('fan', ['a', 'b', 'c']);

  it.each<[string, Line, EventBody[], string]>([
    ['a gate is opened', gated, [], 'review'],
    ['and waited for', gated, [opened('review')], 'wait:review'],
    ['an answer concludes it', gated, [opened('review'), answered('review')], 'conclude:review'],
    ['so does its expiry', gated, [opened('review'), expired('review')], 'conclude:review'],
    ['an answer to another gate does not', gated, [opened('review'), answered('review', 1, 'r/other/1')], 'wait:review'],
    ['nor one to an earlier attempt', gated, [opened('review'), answered('review', 2)], 'wait:review'],
    ['nor one before it was opened', gated, [answered('review')], 'review'],
    ['a cancelled run waits for nobody', gated, [opened('review'), cancelled], 'decide'],
    ['runs are waited for', fan('all'), [three], 'wait:fan'],
    ['all: until the last has ended', fan('all'), [three, child('a', 'NO_OP'), child('b', 'PR_READY')], 'wait:fan'],
    ['all: the last concludes', fan('all'), [three, child('a', 'NO_OP'), child('b', 'PR_READY'), child('c', 'NO_OP')], 'conclude:fan'],
    ['all: one that ended badly concludes', fan('all'), [three, child('b', 'ESCALATE')], 'conclude:fan'],
    ['all: a run that is named twice is one', fan('all'), [started('fan', ['a', 'a']), child('a', 'NO_OP')], 'conclude:fan'],
    ['any: the first concludes', fan('any'), [three, child('b', 'NO_OP')], 'conclude:fan'],
    ['any: a bad one does not', fan('any'), [three, child('b', 'RETRYABLE_FAILURE')], 'wait:fan'],
    ['so many: one ended twice is one', fan({ atLeast: 2 }), [three, child('b', 'NO_OP'), child('b', 'NO_OP')], 'wait:fan'],
    ['so many: one of another stage does not count', fan({ atLeast: 2 }), [three, child('b', 'NO_OP'), child('z', 'NO_OP')], 'wait:fan'],
    ['one that ended before the record named it counts', fan('any'), [child('b', 'NO_OP'), three], 'conclude:fan'],
    ['the first verdict of a run stands', fan('any'), [three, child('b', 'ESCALATE'), child('b', 'NO_OP')], 'wait:fan'],
  ])('%s', (_, line, events, commands) => {
    expect(after(line, events)).toBe(commands);
  });

  it('a join over runs breaks as soon as it cannot hold any more, and not before', () => {
    const [stage] = fan({ atLeast: 2 }).stages;
    if (stage === undefined) throw new Error('the line has no stage');
    const join = (...verdicts: Verdict[]): string =>
      joinedRuns(stage, ['a', 'b', 'c'], new Map(verdicts.map((verdict, at) => ['abc'[at] ?? '', verdict])));
    expect([join(), join('ESCALATE'), join('ESCALATE', 'ESCALATE'), join('ESCALATE', 'NO_OP'), join('ESCALATE', 'NO_OP', 'NO_OP')]).toEqual(
      ['open', 'open', 'broken', 'open', 'holds'],
    );
  });
});
