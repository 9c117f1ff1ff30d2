import { describe, expect, test } from 'vitest';
import { capabilities } from '../capabilities.ts';
import { claudeCode } from './claude-code.ts';
import { codex } from './codex.ts';
import { gemini } from './gemini.ts';
import type { AgentOrder } from './harness.ts';
import { opencode } from './opencode.ts';

const order: AgentOrder = {
  program: '/agent',
  version: '1',
  root: '/tree',
  home: '/home',
  reach: { anthropic: 'http://a', openai: 'http://o', gemini: 'http://g', key: 'jidoka-job', report: 'http://r' },
  model: null,
  tools: 'read',
  instructions: 'You read.',
};
const harnesses = [claudeCode, codex, gemini, opencode];

describe.each(harnesses)('$name', (harness) => {
  const argvOf = (more: Partial<AgentOrder>): string => harness.start({ ...order, ...more }, null).argv.join(' ');

  test('is started with the budget of its role where its row says that it holds one, and never with one that it does not', () => {
    const { budgets = [] } = capabilities.find(({ driver }) => driver === harness.name) ?? {};
    const [plain, limited] = [argvOf({}), argvOf({ budget: { turns: 17, usd: 2.5 } })];
    expect(limited.includes('17')).toBe(budgets.includes('turns'));
    expect(limited.includes('2.5')).toBe(budgets.includes('usd'));
    expect(plain).not.toMatch(/budget|max-turns/);
  });

  test('may use what reads skills where there are any, and finds none of them in its arguments', () => {
    const [without, having] = [argvOf({}), argvOf({ hasSkills: true })];
    // All others look into their home by themselves.
    expect(having === without).toBe(harness.name !== 'claude-code');
    expect(having.includes('Skill')).toBe(harness.name === 'claude-code');
  });

  test('is told of no key and no desk in its arguments, which everybody can read', () => {
    expect(argvOf({})).not.toMatch(/jidoka-job|http:/);
  });
});
