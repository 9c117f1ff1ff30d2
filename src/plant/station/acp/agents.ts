import type { ToolReach } from '../../../core/station/role.ts';
import { claudeEnvironment, claudeFiles, claudeSkills } from '../harness/claude-code.ts';
import { codexEnvironment, codexFiles } from '../harness/codex.ts';
import { geminiEnvironment, geminiFiles } from '../harness/gemini.ts';
import type { AgentOrder } from '../harness/harness.ts';
import { opencodeEnvironment, opencodeFiles } from '../harness/opencode.ts';
import type { AcpAgent } from './acp-driver.ts';

/** Claude Code behind `claude-agent-acp`, whose path is the agent's. It asks for leave of everything, and we answer. */
const claudeCode: AcpAgent = {
  name: 'acp:claude-code',
  start: (order) => ({
    argv: [order.program],
    env: { ...claudeEnvironment(order), ...(order.model === null ? {} : { ANTHROPIC_MODEL: order.model }) },
  }),
  files: claudeFiles,
  skills: claudeSkills,
  mode: () => 'default',
  meta: { claudeCode: { options: { settingSources: ['user'] } } },
  countsSession: true,
  resumes: true,
};

const codexModes: Readonly<Record<ToolReach, string>> = { read: 'read-only', edit: 'workspace-write', all: 'agent-full-access' };

/** Codex behind `codex-acp`. It never asks; its own sandbox holds what its mode says. */
const codex: AcpAgent = {
  name: 'acp:codex',
  start: (order) => ({ argv: [order.program], env: { ...codexEnvironment(order), INITIAL_AGENT_MODE: codexModes[order.tools] } }),
  files: (order) => codexFiles(order, ''),
  mode: () => null,
  countsSession: true,
  resumes: true,
};

const gemini: AcpAgent = {
  name: 'acp:gemini',
  start: (order) => ({
    argv: [order.program, '--acp', '--skip-trust', ...(order.model === null ? [] : ['-m', order.model])],
    env: geminiEnvironment(order),
  }),
  files: (order) => geminiFiles(order, {}),
  mode: () => 'default',
  // It counts what came out of a cache as input, and does not tell how much that was.
  countsSession: false,
  // Asked to load one, it erases it: google-gemini/gemini-cli#28775.
  resumes: false,
};

const opencode: AcpAgent = {
  name: 'acp:opencode',
  start: (order) => ({ argv: [order.program, 'acp'], env: opencodeEnvironment(order) }),
  files: (order) => opencodeFiles(order, {}),
  mode: () => null,
  // It tells of its last step alone.
  countsSession: false,
  resumes: true,
};

export const acpAgents: readonly AcpAgent[] = [claudeCode, codex, gemini, opencode];

/** What an owner says of an agent that has no driver of its own. */
export interface AcpConfiguration {
  /** Arguments of its program: ['--acp']. */
  readonly args: readonly string[];
  /** Its environment, where `{home}`, `{key}`, `{openai}`, `{anthropic}` and `{gemini}` stand for what they are in the workspace. */
  readonly env: Readonly<Record<string, string>>;
}

/** Any other agent of the protocol. It reads a role from the first prompt alone: nobody knows where it looks for more. */
export function configuredAgent({ args, env }: AcpConfiguration): AcpAgent {
  return {
    name: 'acp',
    start: (order) => ({
      argv: [order.program, ...args],
      env: { HOME: order.home, ...Object.fromEntries(Object.entries(env).map(([name, value]) => [name, filled(value, order)])) },
    }),
    files: () => [],
    mode: () => null,
    countsSession: false,
    resumes: true,
  };
}

function filled(value: string, { home, reach }: AgentOrder): string {
  const { key, openai, anthropic, gemini: google } = reach;
  const known: Readonly<Record<string, string>> = { home, key, openai, anthropic, gemini: google };
  return value.replaceAll(/\{(\w+)\}/g, (whole, name: string) => (Object.hasOwn(known, name) ? (known[name] ?? whole) : whole));
}
