import { toJson } from '../../../core/base/json.ts';
import type { ToolReach } from '../../../core/station/role.ts';
import { claudeReader } from './claude-code-reader.ts';
import { deskName, type AgentOrder, type Harness, type PlacedFile } from './harness.ts';

/** Claude Code looks for skills in the folder of its settings, and nowhere else in its home. */
export const claudeSkills = '.claude/skills';

/**
 * Claude Code by its JSON stream. Its settings are those of the scratch home alone: a repository's own settings can start
 * programs. It reads a role from the home's CLAUDE.md.
 */
export const claudeCode: Harness = {
  name: 'claude-code',
  // In a file: on a floor without walls the desk's address is a secret, and arguments are for everybody to see.
  files: (order) => [...claudeFiles(order), { path: deskFile, text: deskConfig(order) }],
  skills: claudeSkills,
  start: (order, session) => ({
    argv: [
      order.program,
      '-p',
      '--output-format',
      'stream-json',
      '--verbose',
      ...(order.model === null ? [] : ['--model', order.model]),
      ...reachOf(order),
      ...budgetOf(order),
      '--setting-sources',
      'user',
      '--strict-mcp-config',
      '--mcp-config',
      `${order.home}/${deskFile}`,
      ...(session === null ? [] : ['--resume', session]),
    ],
    env: claudeEnvironment(order),
  }),
  reader: claudeReader,
};

const deskFile = '.claude/desk.json';

/** Files of Claude Code's home, whoever starts it. */
export function claudeFiles({ instructions }: AgentOrder): readonly PlacedFile[] {
  return [{ path: '.claude/CLAUDE.md', text: instructions }];
}

/**
 * Environment of Claude Code. CLAUDE_CODE_SUBPROCESS_ENV_SCRUB is not among it: it puts a sandbox of its own around
 * commands, which leaves empty files in the tree and asks for permission of everything; and there is no secret to scrub.
 */
export function claudeEnvironment({ home, reach }: AgentOrder): Record<string, string> {
  return {
    HOME: home,
    CLAUDE_CONFIG_DIR: `${home}/.claude`,
    ANTHROPIC_BASE_URL: reach.anthropic,
    ANTHROPIC_API_KEY: reach.key,
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_AUTOUPDATER: '1',
    // The gateway tries again; an agent that does so too only takes longer to say what is wrong.
    CLAUDE_CODE_MAX_RETRIES: '2',
    // It refuses to work unasked as root otherwise; the walls are the floor's.
    IS_SANDBOX: '1',
  };
}

const looking = 'Read,Grep,Glob';
const desk = `mcp__${deskName}`;

/** Its tools, with the one by which it reads a skill where there are any. */
function reachOf({ tools, hasSkills = false }: AgentOrder): readonly string[] {
  const skill = hasSkills ? ',Skill' : '';
  const reaches: Readonly<Record<ToolReach, readonly string[]>> = {
    read: ['--permission-mode', 'dontAsk', '--tools', `${looking}${skill}`, '--allowedTools', `${looking}${skill},${desk}`],
    edit: ['--permission-mode', 'acceptEdits', '--tools', `${looking},Edit,Write${skill}`, '--allowedTools', `${looking}${skill},${desk}`],
    all: ['--permission-mode', 'bypassPermissions', '--tools', `${looking},Edit,Write,Bash${skill}`],
  };
  return reaches[tools];
}

/** It ends with an error of its own where one is used up. */
function budgetOf({ budget = {} }: AgentOrder): readonly string[] {
  const { turns, usd } = budget;
  return [...(turns === undefined ? [] : ['--max-turns', String(turns)]), ...(usd === undefined ? [] : ['--max-budget-usd', String(usd)])];
}

function deskConfig({ reach }: AgentOrder): string {
  return JSON.stringify(toJson({ mcpServers: { [deskName]: { type: 'http', url: reach.report } } }));
}
