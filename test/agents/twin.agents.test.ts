import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memoryTape, readScenario, startModelTwin } from '../../src/plant/twin/index.ts';
import { agents } from './agents.ts';
import { prepareByHand, runByHand } from './by-hand.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jidoka-agents-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const scenario = `
steps:
  - say: I look first.
    read: greet.js
  - edit: { file: greet.js, old: Helo, new: Hello }
  - write: { file: "notes/it's.txt", text: "a 'quoted' $HOME\\n" }
  - together: [{ run: "cp greet.js one.js" }, { run: "cp greet.js two.js" }]
  - say: Done.
faults:
  - { fault: overloaded, at: 3 }
`;

describe.each(agents.map((agent) => [agent.name, agent] as const))('%s against a model twin', (_, agent) => {
  it('edits, writes and runs commands in a repository by the one script, through a fault', async () => {
    const tape = memoryTape();
    const twin = await startModelTwin({ scenario: readScenario(scenario, 'test'), port: 0, tape, replay: null });
    try {
      const files = { 'greet.js': 'export const greet = (name) => `Helo ${name}`;\n' };
      const place = await prepareByHand(agent, {
        folder: join(folder, agent.name),
        url: twin.url,
        task: 'Spell the greeting right.',
        files,
      });
      expect(await runByHand(agent, place)).toBe(0);
      const read = async (file: string): Promise<string> => readFile(join(place.repository, file), 'utf8');
      const fixed = 'export const greet = (name) => `Hello ${name}`;\n';
      expect([await read('greet.js'), await read('one.js'), await read('two.js')]).toEqual([fixed, fixed, fixed]);
      expect(await read("notes/it's.txt")).toBe("a 'quoted' $HOME\n");
      const main = tape.entries().filter(({ kind }) => kind === 'main');
      expect(main.map(({ step, note }) => [step, note])).toEqual([0, 1, 2, 2, 3, 4].map((step) => [step, null]));
      expect(new Set(main.map(({ conversation }) => conversation)).size).toBe(1);
    } finally {
      await twin.close();
    }
  });
});
