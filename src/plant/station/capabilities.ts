import type { StationCapabilities } from '../../core/station/capabilities.ts';

const stream = { protocol: 'stream', adapter: null, resume: 'new-process', cancel: false, instructions: 'file' } as const;
const acp = {
  ...({ protocol: 'acp', adapter: null, resume: 'same-process', cancel: true, cost: false } as const),
  ...({ budgets: [], structuredOutput: false, instructions: 'file' } as const),
} as const;

const ownSandbox = 'Where it may only look or edit, its own sandbox must work inside of ours, and its home must not be below /tmp.';
const itsSettings = 'Settings that a repository brings for it come on top of ours; what they start runs behind the walls.';

/** What a model without an agent gives; it is no driver. */
export const modelCapabilities: StationCapabilities = {
  driver: 'model:NAME',
  protocol: 'call',
  adapter: null,
  resume: 'same-process',
  cancel: false,
  usage: 'call',
  cost: false,
  budgets: ['turns'],
  structuredOutput: true,
  instructions: 'prompt',
  errors: 'status',
  holds: { read: 'tools', edit: 'tools', all: 'tools' },
  caveats: ['It judges, and changes nothing: it has no tool but that for its report, and is asked twice at most.'],
};

/** What each driver gives, as the slow tests of this room see it in the real programs. */
export const capabilities: readonly StationCapabilities[] = [
  {
    ...stream,
    driver: 'claude-code',
    usage: 'session',
    cost: true,
    budgets: ['turns', 'usd'],
    structuredOutput: true,
    errors: 'status',
    holds: { read: 'tools', edit: 'tools', all: 'nothing' },
    caveats: [],
  },
  {
    ...stream,
    driver: 'codex',
    usage: 'session',
    cost: false,
    budgets: [],
    structuredOutput: true,
    errors: 'words',
    holds: { read: 'sandbox', edit: 'sandbox', all: 'nothing' },
    caveats: [ownSandbox, 'Where it may edit, it may run commands too.'],
  },
  {
    ...stream,
    driver: 'gemini',
    usage: 'turn',
    cost: false,
    budgets: [],
    structuredOutput: false,
    errors: 'status',
    holds: { read: 'tools', edit: 'tools', all: 'nothing' },
    caveats: ['It calls a command that failed a success.', itsSettings],
  },
  {
    ...stream,
    driver: 'opencode',
    usage: 'call',
    cost: true,
    budgets: [],
    structuredOutput: false,
    errors: 'status',
    holds: { read: 'tools', edit: 'tools', all: 'nothing' },
    caveats: [
      'It looks for plugins at a package registry, and does without.',
      'It knows no model by itself: a role that names none gets the one called `default`.',
    ],
  },
  {
    ...acp,
    driver: 'acp:claude-code',
    adapter: 'claude-agent-acp',
    usage: 'session',
    cost: true,
    errors: 'words',
    holds: { read: 'asks', edit: 'asks', all: 'asks' },
    caveats: [],
  },
  {
    ...acp,
    driver: 'acp:codex',
    adapter: 'codex-acp',
    usage: 'session',
    errors: 'words',
    holds: { read: 'sandbox', edit: 'sandbox', all: 'nothing' },
    caveats: [ownSandbox, 'It ends a turn in which the model refused the request like any other.'],
  },
  {
    ...acp,
    driver: 'acp:gemini',
    usage: null,
    errors: 'status',
    holds: { read: 'asks', edit: 'asks', all: 'asks' },
    caveats: ['It calls a command that failed completed.', itsSettings],
  },
  {
    ...acp,
    driver: 'acp:opencode',
    usage: null,
    errors: 'hardly',
    holds: { read: 'tools', edit: 'tools', all: 'nothing' },
    caveats: ['It calls a command that failed completed.', 'It counts the tokens of its last step alone.'],
  },
  {
    ...acp,
    driver: 'acp',
    usage: null,
    instructions: 'prompt',
    errors: 'words',
    holds: { read: 'asks', edit: 'asks', all: 'asks' },
    caveats: ['Any other agent of the protocol, from configuration: whether it asks before it acts is its own affair.'],
  },
  modelCapabilities,
];
