import { afterAll, beforeAll, expect, it } from 'vitest';
import { commitFiles } from '../../kit/forge/index.ts';
import { gate, script } from './line-of.ts';
import { openPlant, type Plant } from './plant.ts';

let plant: Plant;
beforeAll(async () => {
  plant = await openPlant();
});
afterAll(() => plant.close());

it('requests whose runs rest at gates hold nothing, and are not made anew of a repository that moved on', async () => {
  const { path: repository } = await plant.project();
  const resting = await plant.line('resting', [gate('ok')]);
  const quick = await plant.line('quick', [script('work', '0')]);
  await plant.up();
  // More than the 32 that one process takes up at once.
  const titles = Array.from({ length: 34 }, (_, at) => `Rest ${at}`);
  const runs = await Promise.all(titles.map((title) => plant.leave({ line: resting, title, repository })));
  const passing = await plant.leave({ line: quick, title: 'Pass', repository });
  await plant.event(({ run, body }) => run === passing && body.type === 'run.ended');
  for (const each of runs) await plant.event(({ run, body }) => run === each && body.type === 'gate.opened');
  const drained = await plant.jidoka(['down', '--drain']);
  expect(drained.code, drained.stderr).toBe(0);

  await commitFiles(repository, { 'index.js': '0;\n' }, 'second');
  await plant.up();
  const after = await plant.leave({ line: quick, title: 'Pass', repository });
  await plant.event(({ run, body }) => run === after && body.type === 'run.ended');
  expect(after).not.toBe(passing);
  const listed = await plant.factory.runs({ line: 'resting', limit: 100 });
  expect(listed.map(({ run }) => run).toSorted()).toEqual([...runs].toSorted());
  expect((await plant.factory.gates.open()).length).toBe(titles.length);
  expect((await plant.factory.operations.status()).open.filter(({ kind }) => kind === 'request')).toEqual([]);
});
