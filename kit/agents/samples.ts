import type { KnownAgent } from '../../src/core/ports/stations/agents.ts';

const agent = {
  class: 'first',
  adapterOf: null,
  acp: { kind: 'own' },
  recommended: '1.2.0',
  megabytes: 3,
  licence: 'MIT',
} as const satisfies Partial<KnownAgent>;

/** Agents that nobody makes: one that speaks the Agent Client Protocol by itself, one with an adapter, and that adapter. */
export const sampleAgents: readonly KnownAgent[] = [
  { ...agent, name: 'parrot', title: 'Parrot', package: '@sample/parrot', program: 'parrot' },
  {
    ...agent,
    name: 'magpie',
    title: 'Magpie',
    acp: { kind: 'adapter', name: 'magpie-acp' },
    package: 'magpie',
    program: 'magpie',
    licence: 'proprietary',
  },
  { ...agent, name: 'magpie-acp', title: 'ACP adapter of Magpie', adapterOf: 'magpie', package: 'magpie-acp', program: 'magpie-acp' },
  { ...agent, name: 'sparrow', title: 'Sparrow', class: 'other', package: 'sparrow', program: 'sparrow' },
];
