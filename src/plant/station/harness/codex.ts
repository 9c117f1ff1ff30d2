import type { ToolReach } from '../../../core/station/role.ts';
import { codexReader } from './codex-reader.ts';
import { deskName, type AgentOrder, type Harness, type PlacedFile } from './harness.ts';

/** Codex by `exec --json`. A repository's own settings are not trusted; a role stands in the home's AGENTS.md. */
export const codex: Harness = {
  name: 'codex',
  files: (order) => codexFiles(order, deskConfig(order)),
  start: (order, session) => ({
    argv: [
      order.program,
      ...(session === null ? ['exec'] : ['exec', 'resume', session]),
      '--json',
      '--skip-git-repo-check',
      '--disable',
      'plugins',
      ...reaches[order.tools],
      '-',
    ],
    env: codexEnvironment(order),
  }),
  reader: codexReader,
};

/** Files of Codex's home, whoever starts it; `more` ends its settings. */
export function codexFiles(order: AgentOrder, more: string): readonly PlacedFile[] {
  return [
    { path: '.codex/config.toml', text: `${config(order)}${more}` },
    { path: '.codex/AGENTS.md', text: order.instructions },
  ];
}

export function codexEnvironment({ home, reach }: AgentOrder): Record<string, string> {
  return { HOME: home, CODEX_HOME: `${home}/.codex`, OPENAI_API_KEY: reach.key };
}

const reaches: Readonly<Record<ToolReach, readonly string[]>> = {
  // Its own sandbox: `exec resume` knows no -s.
  read: ['-c', 'sandbox_mode="read-only"', '-c', 'approval_policy="never"'],
  edit: ['-c', 'sandbox_mode="workspace-write"', '-c', 'approval_policy="never"'],
  all: ['--dangerously-bypass-approvals-and-sandbox'],
};

/** A JSON string is a string of TOML too, but for DEL, which no path and no address has. */
const toml = JSON.stringify;

function deskConfig({ reach }: AgentOrder): string {
  return `[mcp_servers.${deskName}]\nurl = ${toml(reach.report)}\n`;
}

function config({ root, reach, model }: AgentOrder): string {
  return `${model === null ? '' : `model = ${toml(model)}\n`}model_provider = "jidoka"
[model_providers.jidoka]
name = "jidoka"
base_url = ${toml(reach.openai)}
env_key = "OPENAI_API_KEY"
wire_api = "responses"
request_max_retries = 1
stream_max_retries = 1
[analytics]
enabled = false
[projects.${toml(root)}]
trust_level = "untrusted"
[shell_environment_policy]
inherit = "core"
`;
}
