import { expect, it } from 'vitest';
import { builtInLine } from '../../../plant/lines/index.ts';
import { parseLine } from '../../../works/line-file/index.ts';
import type { Line } from '../../line/line.ts';
import { lineUse } from './line-use.ts';

const lineOf = async (name: string): Promise<Line> => {
  const { text, path, roles } = await builtInLine(name);
  return parseLine(text, path, roles);
};

it('agents ask by the slot that the owner gave their role, models by their own names, and the mechanic asks nobody', async () => {
  const { stages } = lineUse(await lineOf('bug'), { slots: { reviewer: 'x' }, roles: { coder: 'auto', default: 'small' } });
  const asked = Object.fromEntries(
    stages.map(({ stage, stations }) => [stage, stations.map(({ asks }) => (asks.kind === 'slot' ? asks.slot : asks.kind))]),
  );
  expect(asked).toMatchObject({
    change: ['auto', 'auto', 'auto', 'auto'],
    classify: ['cheap'],
    review: ['reviewer', 'reviewer', 'reviewer', 'reviewer'],
    reproduce: ['small', 'small', 'small', 'small'],
  });
  expect(stages.filter(({ isOptional }) => isOptional).map(({ stage }) => stage)).toEqual(['classify', 'plan']);
  expect(lineUse(await lineOf('deps'), { slots: {} }).stages).toEqual([
    { stage: 'change', isOptional: false, stations: [{ station: 'mechanic', asks: { kind: 'nothing' } }] },
  ]);
});

it('what a role names in its line goes before what the owner gave it', async () => {
  const line = await lineOf('bug');
  const named = { ...line, roles: (line.roles ?? []).map((role) => ({ ...role, model: role.name === 'coder' ? 'strong' : null })) };
  const change = lineUse(named, { slots: {}, roles: { coder: 'auto' } }).stages.find(({ stage }) => stage === 'change');
  expect(change?.stations[0]).toEqual({ station: 'claude-code', asks: { kind: 'slot', slot: 'strong' } });
});

it('of a run, goes by the plan that was chosen for a stage, or by a person for all changes, those of sub-runs too', async () => {
  const line = await lineOf('bug');
  const asked = (ofStages: Readonly<Record<string, string>>, of: Line = line) =>
    lineUse(of, { slots: {}, roles: { default: 'small' } }, { ofChanges: 'small,big', ofStages }).stages.flatMap(({ stage, stations }) =>
      stations[0]?.asks.kind === 'slot' ? [[stage, stations[0].asks.slot]] : [],
    );
  expect(asked({ review: 'other' })).toEqual(
    expect.arrayContaining([
      ['change', 'small,big'],
      ['review', 'other'],
      ['reproduce', 'small'],
    ]),
  );
  expect(asked({ change: 'big' })).toContainEqual(['change', 'big']);
  const outer: Line = { ...line, stages: [{ id: 'parts', does: 'runs', runs: { line: 'bug', items: ['a'], join: 'all' } }], lines: [line] };
  expect(asked({ change: 'big' }, outer)).toContainEqual(['parts/change', 'small,big']);
});

it('says what to write where nobody said what a station asks', async () => {
  const line = await lineOf('bug');
  const change = lineUse(line, { slots: {} }).stages.find(({ stage }) => stage === 'change');
  expect(change?.stations[0]?.asks).toEqual({
    kind: 'unsaid',
    why: 'It asks models by names of its own: give its role a slot, as in "roles: { coder: SLOT }".',
  });
});

it.each(['command', 'acp'])('of a program of the owner (%s) nobody can say what it asks, whatever slot its role has', async (station) => {
  const line = await lineOf('deps');
  const own: Line = { ...line, stages: line.stages.map((stage) => (stage.id === 'change' ? { ...stage, station } : stage)) };
  expect(lineUse(own, { slots: { main: 'strong' }, roles: { default: 'main' } }).stages[0]?.stations[0]?.asks).toEqual({
    kind: 'unsaid',
    why: 'It is a program of yours, and may ask for any slot, plan and model of the configuration, whatever slot its role has.',
  });
});

it('looks into the lines of sub-runs', async () => {
  const [deps, bug] = [await lineOf('deps'), await lineOf('bug')];
  const outer: Line = { ...deps, stages: [{ id: 'parts', does: 'runs', runs: { line: 'bug', items: ['a'], join: 'all' } }], lines: [bug] };
  expect(lineUse(outer, { slots: {} }).stages.map(({ stage }) => stage)).toContain('parts/change');
});
