import { readFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AgentScript } from '../../kit/agent/index.ts';
import { memoryTape, readScenario, startModelTwin, type TapeEntry } from '../../src/plant/twin/index.ts';
import { readResult } from '../scenarios/read-result.ts';
import { openDesk, type Desk, type Worked } from './desk.ts';
import { agentScript, ticket } from './slugs.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());

const report = async (dir: string): Promise<string> => readFile(`${dir}/REPORT.md`, 'utf8');

/** Works on the ticket by stations that play or ask, with the command line of a user. */
async function work(key: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Worked> {
  const { scene, repository, told } = desk;
  const file = await scene.write(`${key}.md`, `${ticket}\nReported as ${key}.\n`);
  const asked = ['run', 'bug', '--ticket', file, '--repo', repository.path, '--key', key, '--json', ...args];
  return await told(readResult(await scene.jidoka(asked, { env })));
}

async function scriptFile(script: AgentScript): Promise<string> {
  return await desk.scene.write('slugs.yaml', stringify(script));
}

describe('a machine without any key', () => {
  it('sees a ticket come to its end by a script, which is named as one, and plays that run back, which never goes out', async () => {
    const { plan: _, ...script } = agentScript();
    const file = await scriptFile(script);
    const scripted = await work('P-1', ['--station', `script:${file}`]);
    expect(scripted.end).toBe('PR_READY validated');
    expect(scripted.result.cost).toEqual({ usd: 0, basis: 'no model was called; script:slugs was played' });
    expect(await report(scripted.result.evidence.dir)).toContain('The station script:slugs was played from a script');
    // The script has no plan: the run goes on without.
    expect(scripted.events.flatMap((body) => (body.type === 'observed' && body.what === 'gone on without' ? [body.stage] : []))).toEqual([
      'plan',
    ]);

    const replayed = await work('P-2', ['--station', `replay:${scripted.result.evidence.dir}`]);
    expect(replayed.end).toBe('ESCALATE replayed');
    expect(replayed.result.branch).toBeNull();
    expect(['reproduction', 'fixed', 'tests', 'review'].map((check) => replayed.fact(check as 'fixed'))).toEqual([
      'holds reproduced',
      'holds fixed',
      'holds tests-hold',
      'holds review-approves',
    ]);
    expect(await report(replayed.result.evidence.dir)).toContain('is not to be merged on this evidence');
    const verified = await desk.scene.jidoka(['evidence', 'verify', replayed.result.evidence.dir, '--head', replayed.result.evidence.head]);
    expect(verified.code).toBe(0);
  });

  it('is told what cannot be played', async () => {
    const bad = await desk.scene.write('bad.yaml', 'change: [{ flies: {} }]\n');
    const refused = await desk.scene.jidoka(['run', 'bug', '--ticket', bad, '--station', `script:${bad}`, '--repo', desk.repository.path]);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('bad.yaml is nothing that a station can play')]);
    const none = await desk.scene.jidoka(['run', 'bug', '--ticket', bad, '--station', 'replay:nowhere', '--repo', desk.repository.path]);
    expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('No evidence could be read from')]);
  });
});

describe('a model of the gateway', () => {
  interface Asked extends Worked {
    readonly calls: readonly TapeEntry[];
  }

  /** The built-in line with a script in place of its agents, and its judgements by a model that plays these reports. */
  async function judged(key: string, reports: Readonly<Record<string, object>>): Promise<Asked> {
    const text = await readFile(new URL('../../lines/bug/line.yaml', import.meta.url), 'utf8');
    for (const role of ['architect', 'clerk', 'coder', 'reviewer', 'tester'])
      await desk.scene.write(
        `judged/roles/${role}.md`,
        await readFile(new URL(`../../lines/bug/roles/${role}.md`, import.meta.url), 'utf8'),
      );
    const scripts = JSON.stringify([{ station: 'script:slugs', deeds: agentScript() }]);
    const line = `${text.replaceAll(/station: \[claude-code.*\]/g, 'station: script:slugs').replaceAll(/station: \[codex.*\]/g, 'station: model:judge')}\nscripts: ${scripts}\n`;
    const file = await desk.scene.write('judged/line.yaml', line);
    const says = { classification: 'You sort tickets', plan: 'You find where a fault', review: 'You read a change' } as const;
    const played = Object.entries(says).map(([form, words]) => ({ name: form, when: { says: words }, steps: [{ report: reports[form] }] }));
    const tape = memoryTape();
    const twin = await startModelTwin({
      scenario: readScenario(JSON.stringify({ scripts: played }), key),
      port: 0,
      tape,
      replay: null,
    });
    try {
      const env = { JIDOKA_MODEL_URL: twin.url, JIDOKA_MODEL_KEY: 'sk-of-the-owner', JIDOKA_MODELS: 'cheap=qwen3:8b, judge=claude-judge' };
      return { ...(await work(key, ['--line', file], env)), calls: tape.entries() };
    } finally {
      await twin.close();
    }
  }

  const bug = { state: 'DONE', summary: 'A fault of the code.', kind: 'bug' };
  const plan = { state: 'DONE', summary: 'Take the accents off.', steps: ['Normalise the text in src/slug.js.'] };
  const approves = { state: 'DONE', summary: 'It mends the cause.', verdict: 'approve' };

  it('sorts the ticket, plans and reviews by one call each, with the change in view, and is counted', async () => {
    const { end, result, events, calls } = await judged('M-1', { classification: bug, plan, review: approves });
    expect(end).toBe('PR_READY validated');
    expect(calls.map(({ model, protocol }) => `${model} ${protocol}`)).toEqual(['qwen3:8b chat', 'qwen3:8b chat', 'claude-judge messages']);
    expect(JSON.stringify(calls[1]?.body)).toContain('src/slug.js');
    expect(JSON.stringify(calls[2]?.body)).toContain('diff --git a/src/slug.js');
    const models = events.flatMap((body) => (body.type === 'stage.started' && body.where.model ? [[body.stage, body.where.model]] : []));
    expect(models).toEqual([
      ['classify', 'qwen3:8b'],
      ['plan', 'qwen3:8b'],
      ['review', 'claude-judge'],
    ]);
    const input = calls.reduce((sum, { usage }) => sum + (usage?.input ?? 0) + (usage?.cacheWrite ?? 0) + (usage?.cacheRead ?? 0), 0);
    const told = events.flatMap((body) => (body.type === 'claim.made' && body.claim.usage !== undefined ? [body.claim.usage] : []));
    expect(told.reduce((sum, usage) => sum + usage.input + usage.cacheWrite + usage.cacheRead, 0)).toBe(input);
    expect(result.cost).toEqual({
      usd: null,
      basis: expect.stringMatching(/^model:cheap \(qwen3:8b\): \d+ tokens in.*script:slugs was played$/),
    });
    expect(await report(result.evidence.dir)).toContain('| review | model:judge | claude-judge |');
    expect(JSON.stringify(events)).not.toContain('sk-of-the-owner');
  });

  it('ends the run where the ticket is none for this line, before a suite is run', async () => {
    const { end, events } = await judged('M-2', {
      plan,
      review: approves,
      classification: { ...bug, kind: 'feature', summary: 'A wish.' },
    });
    expect(end).toBe('ESCALATE not-a-bug');
    expect(events.flatMap((body) => (body.type === 'stage.started' ? [body.stage] : []))).toEqual(['applicability', 'classify']);
  });

  it('sends the change back with what it objects to', async () => {
    const findings = [{ file: 'src/slug.js', line: 3, weight: 'blocks', message: 'ß is lost.' }];
    const { end, events } = await judged('M-3', { classification: bug, plan, review: { ...approves, verdict: 'object', findings } });
    expect(end).toBe('ESCALATE review-objects');
    expect(events.filter(({ type }) => type === 'rework.ordered')).toMatchObject([{ from: 'review', to: 'change' }]);
  });
});
