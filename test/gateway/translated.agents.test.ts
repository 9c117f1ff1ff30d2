import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { laneUpstream } from '../../kit/gateway/index.ts';
import { type Protocol, protocols } from '../../src/plant/gateway/translate/index.ts';
import { memoryTape, readScenario, startModelTwin } from '../../src/plant/twin/index.ts';
import { agents } from '../agents/agents.ts';
import { prepareByHand, runByHand } from '../agents/by-hand.ts';
import { startLaneServer } from './lane-server.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jidoka-translated-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const scenario = `
steps:
  - think: The greeting lacks a letter.
    say: I look first.
    read: greet.js
  - edit: { file: greet.js, old: Helo, new: Hello }
  - together: [{ run: "cp greet.js one.js" }, { run: "cp greet.js two.js" }]
  - say: Done.
faults:
  - { fault: cut-in-call, at: 2 }
`;

const speaks: Readonly<Record<string, Protocol>> = {
  'claude-code': 'messages',
  codex: 'responses',
  gemini: 'generate-content',
  opencode: 'chat',
};
/** How keepsakes begin on their way through callers: no upstream ever sees one. */
const keptByCallers = Buffer.from('jidoka-keep:').toString('base64');
/** Where the agent asks for thoughts and hands them back, and the upstream's API tells of what it wants back. */
const handsBack = ['claude-code chat', 'codex chat', 'gemini messages', 'gemini chat'];
const cells = agents.flatMap((agent) => protocols.filter((to) => to !== speaks[agent.name]).map((to) => [agent.name, to, agent] as const));

describe.each(cells)('%s, answered by a server of %s', (name, to, agent) => {
  it('edits and runs two commands at once, through a stream that is cut in a call', async () => {
    const tape = memoryTape();
    const twin = await startModelTwin({ scenario: readScenario(scenario, 'test'), port: 0, tape, replay: null });
    const lane = await startLaneServer(twin.url, to, laneUpstream({ model: 'twin' }));
    try {
      const files = { 'greet.js': 'export const greet = (name) => `Helo ${name}`;\n' };
      const place = await prepareByHand(agent, {
        folder: join(folder, `${name}-${to}`),
        url: lane.url,
        task: 'Spell the greeting right.',
        files,
      });
      const ended = await runByHand(agent, place);
      const main = tape.entries().filter(({ kind }) => kind === 'main');
      expect([ended, lane.refused, main.map(({ step }) => step)]).toEqual([0, [], [0, 1, 1, 2, 3]]);
      const told = JSON.stringify(main.map(({ body }) => body));
      expect([told.includes(keptByCallers), told.includes('lacks a letter')]).toEqual([false, handsBack.includes(`${name} ${to}`)]);
      const read = async (file: string): Promise<string> => readFile(join(place.repository, file), 'utf8');
      const fixed = 'export const greet = (name) => `Hello ${name}`;\n';
      expect([await read('greet.js'), await read('one.js'), await read('two.js')]).toEqual([fixed, fixed, fixed]);
      expect(main.every(({ note, protocol }) => note === null && protocol === (to === 'generate-content' ? 'gemini' : to))).toBe(true);
    } finally {
      await lane.close();
      await twin.close();
    }
  });
});
