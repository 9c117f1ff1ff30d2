import { buggy, mended, sourcePath } from '../../../kit/repository/index.ts';
import { agentScript, mends, slugFiles } from '../../bug/slugs.ts';
import type { Case } from './case.ts';
import { changeBy, everyPartBy, stepsOf } from './steps.ts';

/** Agents that have no driver of their own, as their owner names them: `acp:WORDS`. */
export const configured: Readonly<Record<string, readonly string[]>> = {
  qwen: [
    'OPENAI_MODEL={model}',
    // It waits five seconds for a server of tools that it is told of over the protocol, and while it starts it does not listen for four.
    '~/.qwen/settings.json={"mcpServers":{"desk":{"httpUrl":"{report}","discoveryTimeoutMs":120000}}}',
    'qwen',
    '--acp',
    '--auth-type',
    'openai',
  ],
  copilot: [
    'COPILOT_PROVIDER_BASE_URL={openai}',
    'COPILOT_PROVIDER_TYPE=openai',
    'COPILOT_PROVIDER_API_KEY={key}',
    'COPILOT_MODEL={model}',
    'COPILOT_OFFLINE=true',
    'copilot',
    '--acp',
    '--no-auto-update',
    '--disable-builtin-mcps',
  ],
  droid: [
    'FACTORY_AIRGAP_ENABLED=1',
    'FACTORY_API_KEY={key}',
    '~/.factory/settings.json={"customModels":[{"model":"{model}","displayName":"jidoka","baseUrl":"{openai}","apiKey":"{key}","provider":"generic-chat-completion-api"}]}',
    'droid',
    'exec',
    '--output-format',
    'acp',
    '-m',
    'custom:{model}',
  ],
};

const { files: _, ...lies } = mends;
/** Some write no file that is there already: they are to edit it. */
const edits = [{ edit: { file: sourcePath, old: buggy[0] ?? '', new: mended[0] ?? '' } }, ...stepsOf(lies, slugFiles)];
const whole = everyPartBy(agentScript(), slugFiles, { change: edits });

/** Real agents of the protocol that are driven by their configuration alone. */
export const acp: readonly Case[] = Object.entries(configured).flatMap(([name, run]): readonly Case[] => {
  const of = { group: 'acp', agents: ['acp'], run, limits: { stall: '60s', timeout: '180s' } } as const;
  return [
    {
      ...of,
      name: `${name}-honest-fix`,
      statement: `${name} shows the fault, mends it, and reads the change`,
      parts: 'all',
      expected: ['PR_READY validated'],
      scenario: whole,
    },
    {
      ...of,
      name: `${name}-false-report`,
      statement: `${name} says that it changed what it did not`,
      expected: ['ESCALATE false-report'],
      scenario: changeBy(stepsOf(lies, slugFiles)),
    },
    {
      ...of,
      name: `${name}-login`,
      statement: `the key of ${name} is refused`,
      // Droid tells of an internal error, and not of which.
      expected: ['ESCALATE login', 'ESCALATE station-failed', ...(name === 'droid' ? ['RETRYABLE_FAILURE provider'] : [])],
      scenario: changeBy(edits, [{ fault: 'login', at: 2, times: 'forever' }]),
    },
  ];
});
