import type { ToolReach } from '../../../core/station/role.ts';
import { deskName, type AgentOrder, type Harness, type PlacedFile } from './harness.ts';
import { geminiReader } from './gemini-reader.ts';

/**
 * Gemini CLI by its JSON stream. Settings of a repository come on top of ours: it reads none of an untrusted folder, but asks
 * for everything there; and ours cannot stand above them, because it takes system settings from nobody but root.
 */
export const gemini: Harness = {
  name: 'gemini',
  files: (order) => geminiFiles(order, { [deskName]: { httpUrl: order.reach.report, trust: true } }),
  start: (order, session) => ({
    argv: [
      order.program,
      '-o',
      'stream-json',
      '--skip-trust',
      '--approval-mode',
      approvalModes[order.tools],
      '--allowed-mcp-server-names',
      deskName,
      ...(order.model === null ? [] : ['-m', order.model]),
      ...(session === null ? [] : ['--resume', session]),
    ],
    env: geminiEnvironment(order),
  }),
  reader: geminiReader,
};

/** Without a terminal, tools that would have to ask are taken from the model altogether. */
const approvalModes: Readonly<Record<ToolReach, string>> = { read: 'default', edit: 'auto_edit', all: 'yolo' };

/** Files of Gemini's home, whoever starts it. */
export function geminiFiles(order: AgentOrder, mcpServers: object): readonly PlacedFile[] {
  return [
    { path: '.gemini/settings.json', text: JSON.stringify(settings(mcpServers), null, 2) },
    { path: '.gemini/GEMINI.md', text: order.instructions },
  ];
}

export function geminiEnvironment({ home, reach }: AgentOrder): Record<string, string> {
  return {
    HOME: home,
    GEMINI_CLI_HOME: home,
    GEMINI_API_KEY: reach.key,
    GOOGLE_GEMINI_BASE_URL: reach.gemini,
  };
}

function settings(mcpServers: object): object {
  return {
    security: { auth: { selectedType: 'gemini-api-key' }, folderTrust: { enabled: false } },
    general: { enableAutoUpdate: false },
    privacy: { usageStatisticsEnabled: false },
    mcpServers,
  };
}
