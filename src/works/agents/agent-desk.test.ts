import { beforeEach, describe, expect, it } from 'vitest';
import { memoryAgents, memoryLogins, type MemoryAgents, type MemoryLogins } from '../../../kit/agents/index.ts';
import { MemoryHouse } from '../../../kit/house/index.ts';
import type { Actor } from '../../core/gate/answer.ts';
import type { AgentDesk } from '../../core/ports/factory.ts';
import { factoryChain } from '../../core/ports/ledger.ts';
import { JidokaError } from '../../core/base/error.ts';
import { agentDesk, type AgentNeeds } from './index.ts';

const ada: Actor = { name: 'ada', kind: 'person', roles: [] };
const coder: Actor = { name: 'coder', kind: 'agent', roles: ['*'] };

let house: MemoryHouse;
let store: MemoryAgents;
let logins: MemoryLogins;
let needs: AgentNeeds;
let desk: AgentDesk;

beforeEach(() => {
  const never = (): never => {
    throw new Error('nobody works here');
  };
  house = new MemoryHouse({ hands: { run: never, schedule: never, request: never } });
  store = memoryAgents(() => house.clock.now());
  logins = memoryLogins();
  needs = { ...house.process().needs, agents: store, logins };
  desk = agentDesk(async () => needs);
});

const order = (spec: string) => ({ spec, say: () => undefined });
const chain = async (): Promise<readonly object[]> => (await house.ledger.read(factoryChain)).map(({ body }) => body);

describe('the agents of a factory', () => {
  it('come with who added them, and what was really installed', async () => {
    const { agent } = await desk.add(order('parrot@1.0.0'), ada);
    expect(await chain()).toEqual([
      { type: 'station.added', agent: 'parrot', version: '1.0.0', package: '@sample/parrot', integrity: agent.integrity, by: 'ada' },
      { type: 'station.seen', agent: 'parrot', version: '1.0.0', was: null, from: 'factory' },
    ]);
  });

  it('that are there already leave no second word', async () => {
    await desk.add(order('parrot@1.0.0'), ada);
    await desk.add(order('parrot@1.0.0'), ada);
    expect(await chain()).toHaveLength(2);
  });

  it('that were installed by one who died before he said so are recorded when he asks again', async () => {
    await store.add(order('parrot@1.0.0'));
    await desk.add(order('parrot@1.0.0'), ada);
    expect((await chain())[0]).toMatchObject({ type: 'station.added', agent: 'parrot' });
  });

  it('go with who removed them', async () => {
    await desk.add(order('parrot@1.0.0'), ada);
    await desk.add(order('parrot@1.2.0'), ada);
    expect(await desk.remove('parrot', ada)).toHaveLength(2);
    expect((await chain()).slice(-2)).toEqual([
      { type: 'station.removed', agent: 'parrot', version: '1.2.0', by: 'ada' },
      { type: 'station.removed', agent: 'parrot', version: '1.0.0', by: 'ada' },
    ]);
  });

  it('are a person’s to add and to remove', async () => {
    await expect(desk.add(order('parrot@1.0.0'), coder)).rejects.toMatchObject({ code: 'access-refused' });
    await expect(desk.remove('parrot', coder)).rejects.toMatchObject({ code: 'access-refused' });
    expect(await store.list()).toEqual([]);
    expect(await chain()).toEqual([]);
  });
});

describe('a look at all agents', () => {
  const seen = async (): Promise<readonly object[]> => (await chain()).filter((body) => 'type' in body && body.type === 'station.seen');

  it('records a version that changed since the last one, from wherever it came, and each change once', async () => {
    store.onPath('magpie', '1.0.0');
    await desk.survey();
    await desk.survey();
    store.onPath('magpie', '1.1.0');
    await Promise.all([desk.survey(), desk.survey()]);
    await store.add(order('magpie@1.1.0'));
    await desk.survey();
    store.onPath('magpie', '1.0.0');
    await store.remove('magpie');
    await desk.survey();
    const of = (version: string, was: string | null, from: string): object => ({
      type: 'station.seen',
      agent: 'magpie',
      version,
      was,
      from,
    });
    expect(await seen()).toEqual([
      of('1.0.0', null, 'path'),
      of('1.1.0', '1.0.0', 'path'),
      of('1.1.0', '1.1.0', 'factory'),
      of('1.0.0', '1.1.0', 'path'),
    ]);
  });

  it('says nothing of one that is gone', async () => {
    store.onPath('magpie', '1.0.0');
    await desk.survey();
    store.onPath('magpie', null);
    await desk.survey();
    expect(await seen()).toHaveLength(1);
  });

  it('has all of them, with what is installed, found and logged in', async () => {
    await store.add(order('parrot@1.0.0'));
    store.logIn('parrot', { kind: 'seen', where: 'PARROT_KEY is set' });
    const views = await desk.survey();
    expect(views.map(({ name, found, login }) => [name, found?.version ?? null, login.kind])).toEqual([
      ['parrot', '1.0.0', 'seen'],
      ['magpie', null, 'none'],
      ['magpie-acp', null, 'not-needed'],
      ['sparrow', null, 'none'],
    ]);
  });

  it('is had where no floor opens: what commands see is then not known', async () => {
    store.onPath('parrot', '1.0.0');
    const refuse = async (): Promise<never> => {
      throw new JidokaError('no-sandbox', 'No wall.', { mend: 'Make one.' });
    };
    needs = { ...needs, floor: { ...needs.floor, kind: 'sandbox', open: refuse } };
    expect((await desk.survey()).map(({ onFloor }) => onFloor)).toEqual([null, null, null, null]);
  });
});
