import { describe, expect, it } from 'vitest';
import { changeStage, commandStage, gateStage, runInput, taskLine, writer } from '../../../../kit/house/index.ts';
import { next } from '../../../core/line/next.ts';
import { fold } from '../../../core/line/state.ts';
import type { Stage } from '../../../core/line/line.ts';
import type { EventBody } from '../../../core/evidence/event.ts';
import type { NewStep } from '../../../core/ports/engine.ts';
import { stepsOf } from './steps-of.ts';

const stations = new Map([
  ['writer', writer()],
  ['paid', { ...writer(), name: 'paid', provider: 'acme' }],
]);

function planned(stages: readonly Stage[], events: readonly EventBody[] = []): readonly NewStep[] {
  const line = taskLine(stages);
  return stepsOf(next(line, fold(events)), runInput(line), stations);
}

const done = (stage: string): EventBody => ({
  type: 'stage.completed',
  stage,
  attempt: 1,
  outcome: 'done',
  summary: '',
  durationMs: 0,
  output: {},
});
const ofRun = ['global', 'line:tasks', 'repository:r1'];

describe('the step of', () => {
  it.each<[string, Stage, Partial<NewStep>]>([
    [
      'the first stage starts the run, and its start counts for every rate',
      commandStage('a'),
      {
        id: 'stage/a/1',
        queue: 'stages',
        slots: [...ofRun, 'queue:stages'],
        rates: [...ofRun, 'queue:stages'],
        starts: true,
        priority: 100,
      },
    ],
    [
      'a stage with a queue and labels waits there for a worker that has them',
      commandStage('a', { queue: 'slow', labels: ['gpu'] }),
      { queue: 'slow', labels: ['gpu'], scopes: ['factory', 'line:tasks', 'queue:slow'], slots: [...ofRun, 'queue:slow'] },
    ],
    ['a change takes a slot of its station', changeStage(), { slots: [...ofRun, 'queue:stages', 'station:writer'] }],
    [
      'a change by a paid station takes one of its provider too',
      changeStage({ station: 'paid' }),
      { slots: [...ofRun, 'queue:stages', 'station:paid', 'provider:acme'] },
    ],
    [
      'a gate costs nothing, and still starts the run where it comes first',
      gateStage('a'),
      { queue: 'control', slots: [], rates: [], starts: true },
    ],
  ])('%s', (_what, stage, step) => {
    expect(planned([stage])).toMatchObject([step]);
  });

  it('a later stage goes before new runs, and counts for the rates of its own station alone', () => {
    expect(planned([commandStage('a'), changeStage({ station: 'paid' })], [done('a')])).toMatchObject([
      { id: 'stage/change/1', starts: false, priority: 99, rates: ['queue:stages', 'station:paid', 'provider:acme'] },
    ]);
  });

  it('a run that begins with two branches starts once', () => {
    const steps = planned([commandStage('a', { after: [] }), commandStage('b', { after: [] })]);
    expect(steps.map(({ id, starts }) => [id, starts])).toEqual([
      ['stage/a/1', true],
      ['stage/b/1', false],
    ]);
  });

  it('a stage that is done again does not start the run again', () => {
    const voids = [{ stage: 'a', attempt: 1 }];
    const events: EventBody[] = [done('a'), { type: 'rework.ordered', from: 'b', to: 'a', objection: '', voids }];
    expect(planned([commandStage('a'), commandStage('b')], events)).toMatchObject([{ id: 'stage/a/2', starts: false, priority: 99 }]);
  });

  it('an open gate is its expiry, and of a run that waits for others there is none', () => {
    const opened = { question: '', digest: 'd', roles: [], choices: [], openedAt: '2026-01-01T00:00:00.000Z' } as const;
    const gate: EventBody = {
      type: 'gate.opened',
      stage: 'a',
      attempt: 1,
      gate: 'r/a/1',
      ...opened,
      expiresAt: '2026-01-02T00:00:00.000Z',
    };
    expect(planned([gateStage('a')], [gate])).toMatchObject([
      { id: 'expire/a/1', queue: 'control', notBefore: '2026-01-02T00:00:00.000Z' },
    ]);
    const runs: Stage = { id: 'a', does: 'runs', runs: { line: 'part', items: ['x'], join: 'all' } };
    expect(planned([runs], [{ type: 'children.started', stage: 'a', attempt: 1, runs: ['x'] }])).toEqual([]);
  });

  it('a run that is done with its stages is to decide, to seal, to deliver, and then none', () => {
    const metric = { name: 'jidoka_runs_total', labels: { line: 'tasks', verdict: 'NO_OP', reason: '' } } as const;
    const rest: readonly EventBody[] = [
      { type: 'verdict.decided', verdict: 'NO_OP', reason: { code: '', message: '' }, metric },
      { type: 'evidence.sealed', bundle: '', report: '', ledgerHead: '' },
      { type: 'run.ended', verdict: 'NO_OP' },
    ];
    const ids = [0, 1, 2, 3].map((told) => planned([commandStage('a')], [done('a'), ...rest.slice(0, told)]).map(({ id }) => id));
    expect(ids).toEqual([['decide'], ['seal'], ['deliver'], []]);
  });
});
