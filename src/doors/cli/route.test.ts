import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RecordingWorld } from '../../../kit/factory/index.ts';
import { chanceSource } from '../../core/gateway/evaluation/chance-source.ts';
import { cli } from './cli.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jidoka-route-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Jobs on which a dear model is better, and a cheap one right half of the time. */
function outcomes(tasks: number): string {
  const next = chanceSource(5);
  const lines = Array.from({ length: tasks }, (_, at) => [
    { task: `t${at}`, model: 'cheap', right: next() < 0.5, usd: 0.1 },
    { task: `t${at}`, model: 'strong', right: next() < 0.8, usd: 1 },
  ]);
  return lines
    .flat()
    .map((record) => JSON.stringify(record))
    .join('\n');
}

async function run(args: readonly string[], stdin: string | Uint8Array = '') {
  const world = new RecordingWorld({ cwd: folder, stdin });
  const code = await cli(['route', 'eval', ...args], world);
  return { code, out: world.stdout.text, err: world.stderr.text };
}

describe('route eval', () => {
  it('tells of every policy quality, cost and wrong deliveries with their intervals, and how it came by them', async () => {
    await writeFile(join(folder, 'o.jsonl'), `${outcomes(80)}\n`);
    const { code, out } = await run(['o.jsonl', '--json', '--seed', '7']);
    expect(code).toBe(0);
    const found = JSON.parse(out) as { policies: { policy: string; right: { value: number; low: number; high: number } }[] };
    expect(found).toMatchObject({
      models: ['cheap', 'strong'],
      tasks: { chosenOn: 40, judgedOn: 40, leftOut: 0 },
      settings: { seed: 7, splitBy: 'task' },
    });
    expect(found.policies.map(({ policy }) => policy)).toEqual(['always-best', 'best-static', 'router']);
    for (const { right } of found.policies) expect(right.low <= right.value && right.value <= right.high).toBe(true);
    const text = (await run(['o.jsonl'])).out;
    expect(text).toMatch(/best-static +cheap > strong|best-static +strong/);
    expect(text).toContain('40 tasks to choose on, 40 others to judge on');
    expect(text).toMatch(/against the best static plan/);
  });

  it('takes what is piped in, in whatever pieces, and exits 3 where a saving is demanded and not shown', async () => {
    const piped = await run(['-', '--must-save'], new TextEncoder().encode(outcomes(30)));
    expect(piped.code).toBe(piped.out.includes('is not shown to save') ? 3 : 0);
  });

  it.each([
    ['an empty file', '', [], 'stdin: It holds no outcome.'],
    ['a bad line, by its number', `${outcomes(2)}\n\n{"task":`, [], 'stdin:6: This is not JSON.'],
    ['an unknown member', '{"task":"t","model":"m","right":true,"usd":1,"cost":2}', [], 'stdin:1: Unrecognized key: "cost".'],
    [
      'a trial told twice',
      '{"task":"t","model":"m","right":true,"usd":1,"trial":1}\n{"task":"t","model":"m","right":true,"usd":1,"trial":1}',
      [],
      'stdin:2: Trial 1 of m at t was told before.',
    ],
    ['a line without end', 'x'.repeat(200_000), [], 'stdin:1: This line has more than 100000 characters.'],
    ['too few tasks', outcomes(1), [], 'Nothing can be judged'],
    ['a share that is none', outcomes(4), ['--wrong-cap', '5'], '--wrong-cap 5 is not a share from 0 to 1'],
  ])('refuses %s', async (_, text, more, told) => {
    const { code, err } = await run(['-', ...more], text);
    expect(code).toBe(2);
    expect(err).toContain(told);
  });

  it('refuses a file that is not there', async () => {
    const { code, err } = await run(['none.jsonl']);
    expect(code).toBe(2);
    expect(err).toContain('none.jsonl cannot be read');
  });
});
