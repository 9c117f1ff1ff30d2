import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LedgerEvent } from '../../src/core/evidence/event.ts';
import { readResult } from '../scenarios/read-result.ts';
import { failsWhen, impatientLine, openDesk, testFile, type Desk } from './desk.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());

const calm = testFile({ 'is calm': 'assert.equal(1 + 1, 2);', 'adds up': '' });

describe('a triage that finds nothing flaky', () => {
  it('owes nothing where no mode brings about a failure, and says how often it looked', async () => {
    const repository = await desk.repository({ 'test/calm.test.js': calm, 'test/other.test.js': calm });
    const { end, result, report } = await desk.triage(repository, ['--test', 'test/calm.test.js > is calm', '--rate', '50%']);
    expect(end, result.reason.message).toBe('NO_OP never-fails');
    for (const mode of ['suite', 'shuffled', 'load', 'zone', 'date', 'parallel', 'file', 'alone'])
      expect(report).toMatch(new RegExp(`${mode}: 0 of 6 runs failed, so that a rate above 39 % is excluded at 95 %`));
    expect(report).toContain('a test that must fail was reported as failed in this suite at the base');
    const opened = (await desk.events(result)).filter((body) => body.type === 'workspace.opened');
    const [ofBaseline, ...ofModes] = opened.map(({ base }) => base);
    expect(ofModes).toHaveLength(8);
    // Installed for the baseline, and once more for all modes.
    expect(new Set(ofModes).size).toBe(1);
    expect(ofModes).not.toContain(ofBaseline);
  });

  it('does not say so where the time was over before', async () => {
    const slow = testFile({ 'takes its time': 'await new Promise((done) => setTimeout(done, 600));' });
    const repository = await desk.repository({ 'test/slow.test.js': slow });
    const { end, result, flakiness } = await desk.triage(repository, ['--rate', '1%', '--modes', 'suite', '--budget', '2s']);
    expect(end, result.reason.message).toBe('ESCALATE not-excluded');
    expect(flakiness?.data.modes[0]).toMatchObject({ mode: 'suite', end: 'budget', why: 'the 2 s for it were over' });
    expect(result.reason.message).toMatch(/suite \d of 300/);
    expect(flakiness?.data.notReached[0]).toMatch(/mode suite: 29\d of 300 runs/);
  });
});

describe('a triage that needs a person', () => {
  it('because no test of that name ran does not pass, and names those that come near', async () => {
    const repository = await desk.repository({ 'test/calm.test.js': calm });
    const { end, result } = await desk.triage(repository, ['--test', 'ads up']);
    expect(end).toBe('ESCALATE test-absent');
    expect(result.reason.message).toContain('No test named "ads up" ran at ');
    expect(result.reason.message).toContain('none of the 2 that reported has this name, in 2 runs of the suite');
    expect(result.reason.message).toContain('Names that come near: test/calm.test.js > adds up.');
  });

  it('because the name fits several tests lists them', async () => {
    const repository = await desk.repository({ 'test/calm.test.js': calm, 'test/other.test.js': calm });
    const { end, result } = await desk.triage(repository, ['--test', 'is calm']);
    expect(end).toBe('ESCALATE test-ambiguous');
    expect(result.reason.message).toContain('test/calm.test.js > is calm; test/other.test.js > is calm');
  });

  it('because the test always fails calls it broken, and says where it passes', async () => {
    const full = testFile(
      { 'takes the only place': 'places -= 1;', 'wants a place': "assert.ok(places > 0, 'no place is left');" },
      'node:test',
      'let places = 1;',
    );
    const repository = await desk.repository({ 'test/full.test.js': full });
    const { end, result, quarantine } = await desk.triage(repository, [
      '--test',
      'wants a place',
      '--rate',
      '50%',
      '--modes',
      'suite,zone,alone',
    ]);
    expect(end, result.reason.message).toBe('ESCALATE always-fails');
    expect(result.reason.message).toContain('no place is left');
    expect(result.reason.message).toContain('alone: 0 of 6 failed');
    expect(result.reason.message).toContain('jidoka run bug');
    expect(quarantine).toBeNull();
  });

  it('because the suite hangs does not take that for absence', async () => {
    const hang = testFile({ 'never ends': 'await new Promise(() => setInterval(() => {}, 1000));' });
    const repository = await desk.repository({ 'test/calm.test.js': calm, 'test/hang.test.js': hang });
    const line = await impatientLine(desk.scene, '4s');
    const { end, result } = await desk.triage(repository, ['--test', 'never ends', '--line', line]);
    expect(end).toBe('ESCALATE test-unseen');
    expect(result.reason.message).toContain('hung in test/hang.test.js');
  });
});

describe('a triage whose process is killed', () => {
  it('goes on from what was counted', async () => {
    const flip = testFile({ flips: failsWhen('flip', 'n === 2') });
    const repository = await desk.repository({ 'test/flip.test.js': flip });
    const args = ['run', 'flaky', '--repo', repository.path, '--test', 'flips', '--rate', '10%', '--modes', 'suite', '--json'];
    const env = { JIDOKA_HOME: `${desk.scene.folder}/killed` };
    const running = desk.scene.start(args, { env });
    await running.says((line) => /suite: \d+ runs/.test(line));
    running.kill('SIGKILL');
    await running.ended;
    const ended = await desk.scene.jidoka(args, { env });
    const result = readResult(ended);
    expect(ended.stderr).toMatch(/suite: going on after [1-9]\d* runs/);
    expect(`${result.verdict} ${result.reason.code}`).toBe('ESCALATE flaky');
    const shown = JSON.parse((await desk.scene.jidoka(['show', result.run, '--json'], { env })).stdout) as {
      readonly events: readonly LedgerEvent[];
    };
    const counted = shown.events.flatMap(({ body }) => (body.type === 'repetition.counted' ? [body.runs] : []));
    expect(counted).toEqual([...counted].sort((left, right) => left - right));
    expect(new Set(counted).size).toBe(counted.length);
    // The second tree begins to count anew, so that its second run fails, too.
    expect(result.reason.message).toContain('2 failure(s) in 30 runs');
    await desk.scene.forget(env.JIDOKA_HOME);
  });
});
