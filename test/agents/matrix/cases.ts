import { createHash } from 'node:crypto';
import { acp } from './acp.ts';
import { cheats } from './cheats.ts';
import { faults } from './faults.ts';
import { handovers } from './handovers.ts';
import { hostile } from './hostile.ts';
import { idOf, type Case } from './case.ts';
import { inputs } from './inputs.ts';
import { kills } from './kills.ts';
import { outcomes } from './outcomes.ts';

/** Agents that are held to every promise. */
export const firstClass = ['claude-code', 'codex', 'gemini', 'opencode'] as const;
/** The same over the Agent Client Protocol. */
export const overAcp = ['acp:claude-code', 'acp:codex', 'acp:gemini', 'acp:opencode'] as const;

/**
 * What is tried over that protocol too, to keep a whole run within an hour: the ways to end, an API that fails for good or
 * falls silent, and who is killed. The other faults reach an agent over the same wire as in its own stream, and the desk, the
 * inspection and the floor do not know which of the two it speaks.
 */
const alsoOverAcp = (id: string): boolean =>
  /^(?:outcomes\/(?:honest-fix|false-report|no-report)|kills\/(?:killed-once|factory-killed)|faults\/(?:login|silent-stream))$/.test(id);

const all: readonly Case[] = [...outcomes, ...cheats, ...faults, ...handovers, ...kills, ...hostile, ...inputs, ...acp];

export interface Trial {
  readonly agent: string;
  readonly of: Case;
}

/** Every trial, agent by agent. */
export const trials: readonly Trial[] = [
  ...firstClass.flatMap((agent) => trialsOf(agent)),
  ...overAcp.flatMap((agent) => trialsOf(agent)),
  ...['acp', 'command'].flatMap((agent) => trialsOf(agent)),
];

/** Tells a trial from one of the same name that was made otherwise. */
export function digestOf({ agent, of }: Trial): string {
  const { expected: _expected, statement: _statement, also, during, factoryDiesAt, ...rest } = of;
  const text = JSON.stringify([agent, rest, String(also), String(during), String(factoryDiesAt)]);
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

function trialsOf(agent: string): readonly Trial[] {
  const named = all.filter(({ agents }) => agents?.includes(agent));
  const isFirst = firstClass.some((name) => name === agent);
  const isAcp = overAcp.some((name) => name === agent);
  const open = all.filter((of) => of.agents === undefined && (isFirst || (isAcp && alsoOverAcp(idOf(of)))));
  return [...open, ...named].map((of) => ({ agent, of }));
}
