import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AgentOrder, AgentStore } from '../../src/core/ports/stations/agents.ts';
import { sampleAgents } from './samples.ts';

/** A store that knows the sample agents, of which every agent has the releases 1.0.0, 1.2.0 and 1.10.0, and no other. */
export interface StoreUnderTest {
  readonly store: AgentStore;
  end(): Promise<void>;
}

/** What every store of agents holds to. */
export function agentStoreContract(name: string, make: () => Promise<StoreUnderTest>): void {
  describe(`${name} as a store of agents`, () => {
    let store: AgentStore;
    let end: () => Promise<void>;
    let said: string[];
    const order = (spec: string): AgentOrder => ({ spec, say: (line) => void said.push(line) });
    beforeEach(async () => {
      ({ store, end } = await make());
      said = [];
    });
    afterEach(() => end());

    it('knows its agents and has none of them to begin with', async () => {
      expect(store.known).toEqual(sampleAgents);
      expect(await store.list()).toEqual([]);
      expect(await store.find('parrot')).toBeNull();
    });

    it('installs what was asked for, says its size before, and finds it', async () => {
      const { how, agent } = await store.add(order('parrot@1.0.0'));
      expect(how).toBe('installed');
      expect(agent).toMatchObject({
        agent: 'parrot',
        version: '1.0.0',
        package: '@sample/parrot',
        integrity: expect.stringMatching(/^sha512-/),
      });
      expect(said.join('\n')).toMatch(/about \d+ MB/);
      expect(await store.find('parrot')).toEqual({ agent: 'parrot', path: agent.path, version: '1.0.0', from: 'factory' });
    });

    it('does not install twice', async () => {
      const { agent } = await store.add(order('parrot@1.0.0'));
      expect(await store.add(order('parrot@1.0.0'))).toEqual({ how: 'there', agent });
      expect(await store.list()).toEqual([agent]);
    });

    it('takes the recommended version where no exact one was given, and says so', async () => {
      for (const spec of ['parrot', 'magpie@latest', 'sparrow@^1.0.0']) {
        said = [];
        expect((await store.add(order(spec))).agent.version).toBe('1.2.0');
        expect(said[0]).toMatch(/exact|No version/);
      }
    });

    it('finds the newest, as versions count, and lists it first', async () => {
      for (const version of ['1.2.0', '1.10.0', '1.0.0']) await store.add(order(`parrot@${version}`));
      expect((await store.find('parrot'))?.version).toBe('1.10.0');
      expect((await store.list()).map(({ version }) => version)).toEqual(['1.10.0', '1.2.0', '1.0.0']);
    });

    it('removes one version, or all of an agent, and nothing of another', async () => {
      for (const spec of ['parrot@1.0.0', 'parrot@1.2.0', 'magpie@1.0.0']) await store.add(order(spec));
      expect((await store.remove('parrot@1.2.0')).map(({ version }) => version)).toEqual(['1.2.0']);
      expect((await store.find('parrot'))?.version).toBe('1.0.0');
      await store.add(order('parrot@1.10.0'));
      expect(await store.remove('parrot')).toHaveLength(2);
      expect((await store.list()).map(({ agent }) => agent)).toEqual(['magpie']);
      await expect(store.remove('parrot')).rejects.toMatchObject({ code: 'agent-unknown' });
    });

    it('refuses a name that it does not know, whatever is asked of it', async () => {
      const unknown = { code: 'agent-unknown', mend: expect.stringMatching(/./) };
      await expect(store.add(order('parot@1.0.0'))).rejects.toMatchObject(unknown);
      await expect(store.find('nobody')).rejects.toMatchObject(unknown);
      await expect(store.login('nobody')).rejects.toMatchObject(unknown);
      await expect(store.remove('nobody')).rejects.toMatchObject(unknown);
    });

    it('asks no login of an adapter, and tells how to log in to an agent', async () => {
      expect(await store.login('magpie-acp')).toEqual({ kind: 'not-needed' });
      expect(await store.login('magpie')).toMatchObject({ kind: 'none', how: expect.stringMatching(/./) });
    });
  });
}
