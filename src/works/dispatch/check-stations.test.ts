import { expect, test } from 'vitest';
import { changeStage, taskLine, writer } from '../../../kit/house/index.ts';
import type { Line, Stage } from '../../core/line/line.ts';
import type { Station } from '../../core/ports/station.ts';
import type { StationCapabilities } from '../../core/station/capabilities.ts';
import { checkStations } from './check-stations.ts';

const poor = { holds: { read: 'nothing', edit: 'nothing', all: 'nothing' }, budgets: [] } as unknown as StationCapabilities; // no more is looked at
const stations = new Map<string, Station>([
  ['writer', writer()],
  ['poor', { ...writer(), name: 'poor', capabilities: poor }],
]);
const line = (stage: Partial<Stage>): Line =>
  taskLine([changeStage({ role: 'coder', ...stage })], {
    roles: [{ name: 'coder', prompt: 'You mend.', model: null, tools: 'edit', budget: { turns: 3 } }],
  });
const check = (stage: Partial<Stage>): void => checkStations(line(stage), { stations });

test('one station that is here and gives what the role needs is enough', () => {
  expect(() => check({ station: ['nobody', 'poor', 'writer'] })).not.toThrow();
});

test('a line whose stations are not here is refused with those that are', () => {
  expect(() => check({ station: ['nobody', 'no-one'] })).toThrow(
    expect.objectContaining({ code: 'line-invalid', mend: 'Name one of: writer, poor.' }),
  );
});

test('a line whose stations do not give what its role needs is refused before it begins, with what is missing', () => {
  expect(() => check({ station: ['nobody', 'poor'] })).toThrow(
    /stage "change" .* gives what its role needs\. poor: It cannot be the "coder": nothing keeps it to "edit", and nothing of it holds a budget of turns\./,
  );
});

test('a judgement that the line can do without is not asked for', () => {
  expect(() => check({ does: 'judgement', form: 'plan', optional: true, station: 'nobody' })).not.toThrow();
});
