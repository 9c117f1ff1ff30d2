import { JidokaError } from '../../src/core/base/error.ts';
import type { AgentLogin, AgentStore, FoundAgent, InstalledAgent, KnownAgent } from '../../src/core/ports/stations/agents.ts';
import { sampleAgents } from './samples.ts';

/** A store of agents in this process, with hands on the world around it. */
export interface MemoryAgents extends AgentStore {
  /** Puts a program on PATH, or takes it away. */
  onPath(agent: string, version: string | null): void;
  logIn(agent: string, login: AgentLogin): void;
}

/** Keeps what would be installed as a list; every version that looks like one exists. */
export function memoryAgents(now: () => string = () => '2026-01-01T00:00:00.000Z'): MemoryAgents {
  const installed = new Map<string, InstalledAgent>();
  const path = new Map<string, FoundAgent>();
  const logins = new Map<string, AgentLogin>();
  const newest = (): readonly InstalledAgent[] => [...installed.values()].toSorted(byNameAndVersion);
  return {
    known: sampleAgents,
    add: async ({ spec, say }) => {
      const { known, version } = pinOf(spec);
      const place = `${known.name}@${version ?? known.recommended}`;
      if (version === null) say(`No exact version was given: ${known.recommended} is taken.`);
      const there = installed.get(place);
      if (there !== undefined) return { how: 'there', agent: there };
      say(`${known.title} takes about ${known.megabytes} MB.`);
      const agent = installedOf(known, version ?? known.recommended, now());
      installed.set(place, agent);
      return { how: 'installed', agent };
    },
    list: async () => newest(),
    remove: async (spec) => {
      const [name = '', version] = spec.split('@');
      const known = knownOf(name);
      const gone = newest().filter((one) => one.agent === known.name && (version === undefined || one.version === version));
      if (gone.length === 0) throw new JidokaError('agent-unknown', `${spec} is not installed.`, { mend: 'jidoka station list' });
      for (const one of gone) installed.delete(`${one.agent}@${one.version}`);
      return gone;
    },
    find: async (name) => {
      const known = knownOf(name);
      const first = newest().find(({ agent }) => agent === known.name);
      if (first === undefined) return path.get(name) ?? null;
      return { agent: name, path: first.path, version: first.version, from: 'factory' };
    },
    login: async (name) => {
      const { adapterOf, program } = knownOf(name);
      if (adapterOf !== null) return { kind: 'not-needed' };
      return logins.get(name) ?? { kind: 'none', how: `Run \`${program} login\`.` };
    },
    close: async () => undefined,
    onPath: (agent, version) => {
      const { program } = knownOf(agent);
      if (version === null) path.delete(agent);
      else path.set(agent, { agent, path: `/usr/local/bin/${program}`, version, from: 'path' });
    },
    logIn: (agent, login) => void logins.set(agent, login),
  };
}

function pinOf(spec: string): { readonly known: KnownAgent; readonly version: string | null } {
  const [name = '', version = ''] = spec.split('@');
  return { known: knownOf(name), version: /^\d+\.\d+\.\d+$/.test(version) ? version : null };
}

function knownOf(name: string): KnownAgent {
  const known = sampleAgents.find((one) => one.name === name);
  if (known !== undefined) return known;
  throw new JidokaError('agent-unknown', `"${name}" is no agent.`, { mend: 'Name one of them.' });
}

function installedOf({ name, package: from, program }: KnownAgent, version: string, at: string): InstalledAgent {
  const path = `/factory/agents/${name}@${version}/node_modules/.bin/${program}`;
  return { agent: name, version, package: from, integrity: `sha512-${name}${version}`, path, said: version, bytes: 3_000_000, at };
}

function byNameAndVersion(a: InstalledAgent, b: InstalledAgent): number {
  if (a.agent !== b.agent) return a.agent < b.agent ? -1 : 1;
  return b.version.localeCompare(a.version, 'en', { numeric: true });
}
