import { expect, it } from 'vitest';
import { specimenRunners } from '../../kit/repository/index.ts';
import { cheats } from '../../kit/station/index.ts';
import { cheatsTriedUnder } from './tried-under.ts';

it('every cheat is tried under two runners, and for the proof under all', () => {
  const tried = (extent: 'every-runner' | 'two-runners'): readonly number[] =>
    cheats.map((cheat) => specimenRunners.filter((runner) => cheatsTriedUnder(runner, extent).includes(cheat)).length);
  expect(new Set(tried('two-runners'))).toEqual(new Set([2]));
  expect(new Set(tried('every-runner'))).toEqual(new Set([specimenRunners.length]));
});
