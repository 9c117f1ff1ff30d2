import type { ToolReach } from '../../../core/station/role.ts';
import { deskName, type AgentOrder, type Harness, type PlacedFile } from './harness.ts';
import { opencodeReader } from './opencode-reader.ts';

/** OpenCode by `run --format json`. Its configuration is one file of ours; that of a repository can start programs and is not read. */
export const opencode: Harness = {
  name: 'opencode',
  files: (order) => opencodeFiles(order, { [deskName]: { type: 'remote', url: order.reach.report, enabled: true } }),
  start: (order, session) => ({
    argv: [order.program, 'run', '--format', 'json', '-m', modelOf(order), '--auto', ...(session === null ? [] : ['-s', session])],
    env: opencodeEnvironment(order),
  }),
  reader: opencodeReader,
};

/** Files of OpenCode's home, whoever starts it. */
export function opencodeFiles(order: AgentOrder, mcp: object): readonly PlacedFile[] {
  return [
    { path: configPath, text: JSON.stringify({ ...config(order), mcp }, null, 2) },
    { path: '.config/opencode/AGENTS.md', text: order.instructions },
  ];
}

/** Its configuration by file: what it has by a variable, its shell commands see. */
export function opencodeEnvironment({ home }: AgentOrder): Record<string, string> {
  return {
    HOME: home,
    XDG_CONFIG_HOME: `${home}/.config`,
    XDG_DATA_HOME: `${home}/.local/share`,
    XDG_STATE_HOME: `${home}/.local/state`,
    XDG_CACHE_HOME: `${home}/.cache`,
    OPENCODE_CONFIG: `${home}/${configPath}`,
    OPENCODE_DISABLE_PROJECT_CONFIG: '1',
    OPENCODE_DISABLE_MODELS_FETCH: '1',
    OPENCODE_DISABLE_AUTOUPDATE: '1',
    OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
    OPENCODE_DISABLE_DEFAULT_PLUGINS: '1',
    OPENCODE_DISABLE_SHARE: '1',
  };
}

const configPath = 'opencode/opencode.json';

/** It works with no model that it was not told of; `default` leaves the choice to the gateway. */
function modelOf({ model }: AgentOrder): string {
  return `jidoka/${model ?? 'default'}`;
}

const permissions: Readonly<Record<ToolReach, object>> = {
  read: { edit: 'deny', bash: 'deny', webfetch: 'deny' },
  edit: { edit: 'allow', bash: 'deny', webfetch: 'deny' },
  all: { edit: 'allow', bash: 'allow', webfetch: 'allow' },
};

function config(order: AgentOrder): object {
  const { reach, tools, model } = order;
  const name = model ?? 'default';
  const options = { baseURL: reach.openai, apiKey: reach.key };
  const models = { [name]: { name, limit: { context: 200_000, output: 32_000 } } };
  return {
    $schema: 'https://opencode.ai/config.json',
    autoupdate: false,
    share: 'disabled',
    enabled_providers: ['jidoka'],
    model: modelOf(order),
    small_model: modelOf(order),
    provider: { jidoka: { npm: '@ai-sdk/openai-compatible', name: 'jidoka', options, models } },
    permission: permissions[tools],
  };
}
