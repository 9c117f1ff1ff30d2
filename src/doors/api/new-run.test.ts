import { expect, it } from 'vitest';
import { NewRun } from './new-run.ts';

const asked = (subject: object) => NewRun.safeParse({ line: 'review', repository: '/repos/shop', subject });

it('a branch is asked for by the heads that it may have, and a base where it is not for the default branch', () => {
  expect(asked({ kind: 'branch', heads: ['refs/pull/1/head'] }).data?.subject).toEqual({
    kind: 'branch',
    heads: ['refs/pull/1/head'],
    base: null,
  });
  expect(asked({ kind: 'branch', heads: ['a'], base: 'main' }).success).toBe(true);
  for (const wrong of [{ heads: [] }, { heads: [''] }, { heads: ['a'], base: '' }, { head: 'a' }, {}])
    expect(asked({ kind: 'branch', ...wrong }).success).toBe(false);
});
