import { join } from 'node:path';

/** How a real agent is started by hand against a model twin, with what it brings itself. */
export interface Agent {
  /** As lines name it. */
  readonly name: string;
  argv(setting: Setting): readonly [string, ...string[]];
  env(setting: Setting): Readonly<Record<string, string>>;
  /** Files below its home, by path. */
  files(setting: Setting): Readonly<Record<string, string>>;
}

export interface Setting {
  readonly program: string;
  readonly home: string;
  readonly repository: string;
  /** Address of the twin. */
  readonly url: string;
  readonly task: string;
}

/** Agents that a scenario must play with unchanged; what phones home is switched off. */
export const agents: readonly Agent[] = [
  {
    name: 'claude-code',
    argv: ({ program, task }) => [
      program,
      '-p',
      task,
      ...words('--output-format stream-json --verbose --model claude-sonnet-4-5 --setting-sources project'),
      ...words('--permission-mode bypassPermissions --strict-mcp-config'),
    ],
    env: ({ url, home }) => ({
      ANTHROPIC_BASE_URL: url,
      ANTHROPIC_API_KEY: 'key-of-the-twin',
      CLAUDE_CONFIG_DIR: join(home, '.claude'),
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      IS_SANDBOX: '1',
    }),
    files: () => ({}),
  },
  {
    name: 'codex',
    argv: ({ program, repository, task }) => [
      program,
      ...words('exec --json --skip-git-repo-check --dangerously-bypass-approvals-and-sandbox --disable plugins -C'),
      repository,
      task,
    ],
    env: ({ home }) => ({ CODEX_HOME: join(home, '.codex'), TWIN_KEY: 'key-of-the-twin' }),
    files: ({ url, repository }) => ({
      '.codex/config.toml': `model = "gpt-5"
model_provider = "twin"
[analytics]
enabled = false
[model_providers.twin]
name = "twin"
base_url = "${url}/v1"
env_key = "TWIN_KEY"
wire_api = "responses"
[projects."${repository}"]
trust_level = "trusted"
`,
    }),
  },
  {
    name: 'gemini',
    argv: ({ program, task }) => [program, '-p', task, ...words('-o stream-json --skip-trust -m gemini-2.5-pro --approval-mode yolo')],
    env: ({ url, home }) => ({ GEMINI_API_KEY: 'key-of-the-twin', GOOGLE_GEMINI_BASE_URL: url, GEMINI_CLI_HOME: home }),
    files: () => ({
      '.gemini/settings.json': JSON.stringify({
        security: { auth: { selectedType: 'gemini-api-key' }, folderTrust: { enabled: false } },
        general: { enableAutoUpdate: false },
        privacy: { usageStatisticsEnabled: false },
      }),
    }),
  },
  {
    name: 'opencode',
    argv: ({ program, task }) => [program, ...words('run --format json -m twin/twin'), task],
    env: ({ home }) => ({
      OPENCODE_CONFIG: join(home, 'opencode.json'),
      OPENCODE_DISABLE_MODELS_FETCH: '1',
      OPENCODE_DISABLE_AUTOUPDATE: '1',
      OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
      OPENCODE_DISABLE_DEFAULT_PLUGINS: '1',
      OPENCODE_DISABLE_SHARE: '1',
    }),
    files: ({ url }) => ({
      'opencode.json': JSON.stringify({
        provider: {
          twin: {
            npm: '@ai-sdk/openai-compatible',
            options: { baseURL: `${url}/v1`, apiKey: 'key-of-the-twin' },
            models: { twin: { limit: { context: 128_000, output: 8_000 } } },
          },
        },
        enabled_providers: ['twin'],
        permission: { edit: 'allow', bash: 'allow' },
        autoupdate: false,
      }),
    }),
  },
];

function words(text: string): readonly string[] {
  return text.split(' ');
}
