import { describe, expect, it } from 'vitest';
import { JidokaError } from './core/base/error.ts';
import { createFactory } from './factory.ts';
import type { FactoryConfig, Machines } from './machines.ts';

const config: FactoryConfig = { home: '/nowhere', databaseUrl: null, postgresBin: null, env: {}, version: '0', log: () => undefined };

describe('a factory whose machines are opened ahead of it', () => {
  it('closes them though nobody has used them', async () => {
    let closed = 0;
    const machines: Partial<Machines> = { close: async () => void (closed += 1) };
    const factory = await createFactory(config, Promise.resolve(machines as Machines)); // nothing else of them is asked for
    await factory.close();
    await factory.close();
    expect(closed).toBe(1);
  });

  it('tells whoever needs them first why they did not open, and closes without a word', async () => {
    const fault = new JidokaError('disk-full', 'The disk is full.', { mend: 'Make room.' });
    const machines = Promise.reject<Machines>(fault);
    const factory = await createFactory(config, machines);
    await expect(factory.runs({})).rejects.toBe(fault);
    await factory.close();
  });
});
