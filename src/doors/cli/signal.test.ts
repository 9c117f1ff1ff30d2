import { describe, expect, it } from 'vitest';
import { commandStages, sampleRun, type ScriptedRun } from '../../../kit/factory/index.ts';
import { cli } from './cli.ts';

const ms = sampleRun;

const here = commandStages(cli);
const { stage } = here;

describe('a signal', () => {
  const held: ScriptedRun = { ...ms, held: true };

  it('closes the factory, ends with 130 and says how the run goes on', async () => {
    const { run, world, factory } = stage([held]);
    const ending = run('run', 'deps', '--package', 'ms');
    await world.stderr.wrote('baseline');
    expect(world.send('SIGINT')).toBe(true);
    expect(await ending).toBe(130);
    expect(factory.closed).toBe(true);
    expect(world.stderr.text).toContain('Run deps-ms-1 goes on with `node main.js resume deps-ms-1`.');
    expect(world.stdout.text).toBe('');
  });

  it('names the home again where the command line gave one', async () => {
    const { run, world } = stage([held]);
    const ending = run('--home', 'my home', 'run', 'deps', '--package', 'ms');
    await world.stderr.wrote('baseline');
    world.send('SIGINT');
    await ending;
    expect(world.stderr.text).toContain("`node main.js --home 'my home' resume deps-ms-1`");
  });

  it('a second one finds nobody listening, so that the process ends at once', async () => {
    const { run, world } = stage([held]);
    const ending = run('run', 'deps', '--package', 'ms');
    await world.stderr.wrote('baseline');
    world.send('SIGINT');
    expect(world.send('SIGINT')).toBe(false);
    await ending;
  });

  it('SIGTERM ends with 143, as one JSON document where asked', async () => {
    const { run, world } = stage([held]);
    const ending = run('run', 'deps', '--package', 'ms', '--json');
    await world.stderr.wrote('baseline');
    world.send('SIGTERM');
    expect(await ending).toBe(143);
    expect(JSON.parse(world.stdout.text).error).toMatchObject({ code: 'interrupted', mend: expect.stringContaining('resume deps-ms-1') });
  });

  it('an interrupted run is listed as such and ends with resume', async () => {
    const { run, world } = stage([held]);
    const ending = run('run', 'deps', '--package', 'ms');
    await world.stderr.wrote('baseline');
    world.send('SIGINT');
    await ending;
    await run('runs');
    expect(world.stdout.text).toContain('‖ interrupted');
    await run('show', 'deps-ms-1');
    expect(world.stdout.text).toContain('goes on');
    expect(await run('resume', 'deps-ms-1')).toBe(0);
    expect(world.stdout.text).toContain('✓ PR_READY  ms 2.1.2 -> 2.1.3');
  });

  it('while the factory opens waits for it, closes it and promises nothing', async () => {
    const { world, factory } = stage();
    let open = (): void => undefined;
    const opening = new Promise<typeof factory>((resolve) => {
      open = () => resolve(factory);
    });
    Object.assign(world, { openFactory: () => opening });
    const ending = cli(['runs'], world);
    expect(world.send('SIGINT')).toBe(true);
    open();
    expect(await ending).toBe(130);
    expect(factory.closed).toBe(true);
    expect(world.stderr.text).toContain('No run was under way.');
  });
});
