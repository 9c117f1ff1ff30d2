import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { laneProtocols } from '../../kit/gateway/index.ts';
import { memoryTape, readScenario, startModelTwin } from '../../src/plant/twin/index.ts';
import { agents } from '../agents/agents.ts';
import { prepareByHand, runByHand } from '../agents/by-hand.ts';
import { modelAt, providerKey, serve } from './served.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jidoka-served-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const scenario = `
steps:
  - say: I look first.
    read: greet.js
  - edit: { file: greet.js, old: Helo, new: Hello }
  - together: [{ run: "cp greet.js one.js" }, { run: "cp greet.js two.js" }]
  - say: Done.
`;
const sick = '{ steps: [{ say: Never. }], faults: [{ fault: overloaded, of: all, times: forever }] }';
/** Names by which the agents ask, for their work and beside it. */
const asked = [
  'claude-sonnet-4-5',
  'claude-haiku-4-5-20251001',
  'gpt-5',
  'gemini-2.5-pro',
  'gemini-2.5-flash',
  'gemini-2.5-flash-lite',
  'twin',
];
const slots = Object.fromEntries(asked.map((name) => [name, 'main']));
const cells = agents.flatMap((agent) => laneProtocols.map((to) => [agent.name, to, agent] as const));

describe.each(cells)('%s, through the gateway to a provider of %s', (name, to, agent) => {
  it('does its work, though the first provider is overloaded, and knows no key of a provider', async () => {
    const tape = memoryTape();
    const well = await startModelTwin({ scenario: readScenario(scenario, 'test'), port: 0, tape, replay: null });
    const ill = await startModelTwin({ scenario: readScenario(sick, 'test'), port: 0, tape: null, replay: null });
    const providers = { ill: { base: ill.url, protocols: [to] }, well: { base: well.url, protocols: [to] } };
    const served = await serve(providers, { models: { main: modelAt(['ill/one', 'well/two']) }, slots });
    try {
      const files = { 'greet.js': 'export const greet = (name) => `Helo ${name}`;\n' };
      const place = await prepareByHand(agent, {
        folder: join(folder, `${name}-${to}`),
        url: served.keyed,
        task: 'Spell the greeting right.',
        files,
      });
      const ended = await runByHand(agent, place);
      const main = tape.entries().filter(({ kind }) => kind === 'main');
      expect([ended, main.map(({ step }) => step)]).toEqual([0, [0, 1, 2, 3]]);
      expect(main.every(({ model, protocol }) => model === 'two' && protocol === (to === 'generate-content' ? 'gemini' : to))).toBe(true);
      const read = async (file: string): Promise<string> => readFile(join(place.repository, file), 'utf8');
      const fixed = 'export const greet = (name) => `Hello ${name}`;\n';
      expect([await read('greet.js'), await read('one.js'), await read('two.js')]).toEqual([fixed, fixed, fixed]);
      const worked = served.calls.filter(({ tries }) => tries.some(({ outcome }) => outcome === 'content'));
      expect(worked.length).toBeGreaterThanOrEqual(4);
      // Its work is one session, whatever it says beside it and wherever it moves its marks.
      const sessions = worked.map(({ tries }) => tries[0]?.session?.id);
      const [longest = []] = [...new Set(sessions)]
        .map((id) => worked.filter((_, at) => sessions[at] === id))
        .toSorted((left, right) => right.length - left.length);
      expect(longest.length).toBeGreaterThanOrEqual(4);
      expect(longest.slice(1).map(({ tries }) => tries.map(({ at }) => at))).toEqual(longest.slice(1).map(() => ['well/two']));
      expect(JSON.stringify(served.calls)).not.toContain(providerKey);
    } finally {
      await served.close();
      await Promise.all([well.close(), ill.close()]);
    }
  });
});
