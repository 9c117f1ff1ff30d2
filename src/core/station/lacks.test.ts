import { expect, test } from 'vitest';
import { lacks } from './lacks.ts';
import type { Role } from './role.ts';

const role = (more: Partial<Role>): Role => ({ name: 'coder', prompt: 'You mend.', model: null, tools: 'edit', ...more });
const held = { holds: { read: 'tools', edit: 'sandbox', all: 'nothing' }, budgets: ['turns'] } as const;

test.each<readonly [string, Role | null, number]>([
  ['no role', null, 0],
  ['what it keeps to', role({}), 0],
  ['everything, to which nothing need keep it', role({ tools: 'all' }), 0],
  ['a budget that it holds', role({ budget: { turns: 5 } }), 0],
  ['a budget that it does not hold', role({ budget: { turns: 5, usd: 1 } }), 1],
])('a role that needs %s', (_, needed, count) => {
  expect(lacks(held, needed)).toHaveLength(count);
});

test('a reach that nothing keeps it to is named', () => {
  expect(lacks({ ...held, holds: { ...held.holds, read: 'nothing' } }, role({ tools: 'read' }))).toEqual(['nothing keeps it to "read"']);
});
