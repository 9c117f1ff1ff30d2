import { describe, expect, it } from 'vitest';
import { commandStages, sampleRun } from '../../../kit/factory/index.ts';
import { cli } from './cli.ts';

const ms = sampleRun;

const here = commandStages(cli);
const { stage } = here;

describe('runs and show', () => {
  it('an empty ledger says how to begin', async () => {
    const { run, world } = stage();
    expect(await run('runs')).toBe(0);
    expect(world.stdout.text).toContain('jidoka demo');
  });

  it('lists as many runs as asked for, newest first', async () => {
    const { run, world } = stage([ms, { ...ms, run: 'deps-b' }, { ...ms, run: 'deps-c' }]);
    await run('run', 'deps', '--all');
    world.stdout.text = '';
    await run('runs', '--limit', '2');
    expect(world.stdout.text.match(/deps-\S+/g)).toEqual(['deps-c', 'deps-b']);
  });

  it('shows what the ledger says, event by event', async () => {
    const { run, world } = stage();
    await run('run', 'deps', '--package', 'ms');
    world.stdout.text = '';
    expect(await run('show', 'deps-ms-1')).toBe(0);
    expect(world.stdout.text).toMatch(/1 +00:00:00 +run\.started/);
    expect(world.stdout.text).toMatch(/fact\.found +change: install holds\. npm ci succeeded\./);
    expect(world.stdout.text).toMatch(/change\.harvested +change: package\.json \+1 -1/);
  });

  it('shows whether a person found the result right, who and when, and of several the last', async () => {
    const { run, world } = stage();
    await run('run', 'deps', '--package', 'ms');
    const shown = async (...more: string[]): Promise<string> => {
      world.stdout.text = '';
      await run('show', 'deps-ms-1', ...more);
      return world.stdout.text;
    };
    expect(await shown()).not.toMatch(/judged/);
    expect(JSON.parse(await shown('--json'))).toMatchObject({ judged: null });
    await run('judge', 'deps-ms-1', '--right');
    await run('judge', 'deps-ms-1', '--wrong', '--why', 'reverted\u001B[2J');
    expect(await shown()).toContain('  judged  wrong, says cli:tester, 2026-01-01 00:00 UTC: reverted\n');
    expect(JSON.parse(await shown('--json'))).toMatchObject({
      judged: { right: false, by: 'cli:tester', at: '2026-01-01T00:00:00.000Z' },
    });
  });
});
