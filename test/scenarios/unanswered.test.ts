import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MadeRepository } from '../../kit/forge/index.ts';
import { openScene, type Scene } from './scene.ts';

/** A line of nothing but a question. */
const line = `apiVersion: jidoka/v1
kind: Line
name: question
summary: Ask a person.
seed: task
nonGoals: []
scope: { paths: ["**"], protectedPaths: [] }
stages:
  - { id: applicability, does: applicability }
  - { id: ask, does: gate, gate: { question: Shall we?, roles: [maintainer], expires: 7d, choices: [approve, reject] } }
inspection:
  - { check: person, demand: must-hold }
noOpRules:
  - { code: all-stages-hold, statement: Every stage holds and there is nothing to change here., proof: what each stage came to }
policy: { baselineRuns: 2, minimumReleaseAgeDays: 0, reuseBaseline: 6h }
`;

let scene: Scene;
let repository: MadeRepository;
let file: string;
beforeAll(async () => {
  scene = await openScene([]);
  repository = await scene.project({ dependencies: {}, lock: false });
  file = await scene.write('question.yaml', line);
});
afterAll(() => scene.close());

async function untilGate(title: string): Promise<string> {
  const asked = ['run', 'task', '--line', file, '--title', title, '--repo', repository.path, '--until-gate', '--json'];
  const { code, stdout, stderr } = await scene.ask(asked);
  expect(code, stdout + stderr).toBe(5);
  return (JSON.parse(stdout) as { readonly run: string }).run;
}

describe('a run that waits for a person whom nobody waits for', () => {
  it('keeps no later run of the same process from being told that it waits, whatever becomes of it', async () => {
    const first = await untilGate('one');
    await untilGate('two');
    // What is told of its end is told to those who asked for it: that was the first command, and it is over.
    expect((await scene.ask(['cancel', first])).code).toBe(0);
    await untilGate('three');
  });

  it('is followed by nobody after the command: one that was answered goes on by the next one that asks', async () => {
    const run = await untilGate('four');
    const gate = (JSON.parse((await scene.ask(['gates', '--json'])).stdout) as { gates: { gate: string; run: string }[] }).gates.find(
      (open) => open.run === run,
    );
    expect((await scene.ask(['approve', gate?.gate ?? ''])).code).toBe(0);
    const { stdout } = await scene.ask(['resume', run, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'NO_OP' });
  });
});
