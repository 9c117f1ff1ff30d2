import { beforeEach, describe, expect, it } from 'vitest';
import {
  changeStage,
  commandStage,
  gateStage,
  MemoryHouse,
  onlyRuns,
  runInput,
  taskLine,
  writer,
  type HouseProcess,
} from '../../../kit/house/index.ts';
import type { RunId } from '../../core/base/ids.ts';
import { verifyEvidence } from '../../core/evidence/verify.ts';
import type { Actor } from '../../core/gate/answer.ts';
import type { Line } from '../../core/line/line.ts';
import type { Entered, FloorDesk } from '../../core/ports/factory.ts';
import { newEvents, performRunStep, submitRun } from '../run/index.ts';
import { floorDesk, whereabouts } from './index.ts';

const ada: Actor = { name: 'ada', kind: 'person', roles: [] };
const coder: Actor = { name: 'coder', kind: 'agent', roles: ['*'] };
let house: MemoryHouse;
let process: HouseProcess;
let desk: FloorDesk;

beforeEach(() => {
  house = new MemoryHouse({
    files: { 'package.json': '{"name":"shop"}', 'src/index.js': '1\n' },
    hands: onlyRuns((step, signal, { needs }) => performRunStep(step, signal, needs)),
  });
  house.stations.set('writer', writer());
  process = house.process();
  desk = floorDesk(async () => process.needs);
});

async function begun(line: Line): Promise<RunId> {
  const input = runInput(line);
  await process.engine.transaction((tx) => submitRun(input, process.needs, tx));
  process.serve();
  return input.run;
}

function enter(run: string, stage: string | null = null, actor: Actor = ada): Promise<Entered> {
  return desk.enter(run, { actor, stage });
}

/** As a stage says that it has a workspace. */
async function open(run: RunId, stage: string): Promise<string> {
  const { ledger, floor } = process.needs;
  const workspace = await floor.open(`${run}-${stage}-x`);
  await workspace.files.write('half-done.js', stage);
  const body = { type: 'workspace.opened', stage, attempt: 1, ref: workspace.ref, base: 'b'.repeat(64) } as const;
  await ledger.append(run, newEvents([[`${stage}/1/opened`, body]], house.clock.now()));
  return workspace.name;
}

const treeOf = (entered: Entered): ReadonlyMap<string, string> => house.ground.at(entered.workspace).tree;

describe('entering a run', () => {
  it('that no stage works on gives the base with its newest change, which goes when the visitor leaves', async () => {
    const run = await begun(taskLine([changeStage(), gateStage('review')]));
    await house.quiet();
    const before = house.ground.names();
    const entered = await enter(run);
    expect(entered).toMatchObject({ how: 'rebuilt', stage: null, workspace: { name: `shell-${run}-1` } });
    expect(Object.fromEntries(treeOf(entered))).toMatchObject({ 'src/index.js': '1\n', 'src/made.js': '// 1\n' });
    const other = await enter(run.slice(0, 8));
    expect(other.workspace.name).toBe(`shell-${run}-2`);
    await entered.leave();
    await other.leave();
    expect(house.ground.names()).toEqual(before);
  });

  it('leaves out a change that was sent back', async () => {
    const run = await begun(taskLine([changeStage(), gateStage('review')]));
    await house.quiet();
    const body = {
      type: 'rework.ordered',
      from: 'review',
      to: 'change',
      objection: 'no',
      voids: [{ stage: 'change', attempt: 1 }],
    } as const;
    await process.needs.ledger.append(run, newEvents([['sent-back', body]], house.clock.now()));
    const entered = await enter(run);
    expect([...treeOf(entered).keys()]).toEqual(['package.json', 'src/index.js']);
    await entered.leave();
  });

  it('leaves nothing where the change does not apply', async () => {
    const run = await begun(taskLine([changeStage(), gateStage('review')]));
    await house.quiet();
    const patch = await house.blobs.put('no patch', { label: 'patch', mediaType: 'text/x-patch' });
    const body = { type: 'change.harvested', stage: 'change', patch, files: [] } as const;
    await process.needs.ledger.append(run, newEvents([['spoilt', body]], house.clock.now()));
    const before = house.ground.names();
    await expect(enter(run)).rejects.toMatchObject({ code: 'git-failed' });
    expect(house.ground.names()).toEqual(before);
  });

  it('with a stage under way visits its workspace as it is, says so in the ledger, and leaves it there', async () => {
    const halt = house.programs.halt('lint');
    const run = await begun(taskLine([commandStage('lint')]));
    await halt.begun;
    const name = await open(run, 'lint');
    const entered = await enter(run);
    expect(entered).toMatchObject({ how: 'live', stage: 'lint', workspace: { name } });
    expect(treeOf(entered).get('half-done.js')).toBe('lint');
    expect(await house.told(run, 'observed')).toMatchObject([
      { stage: 'lint', what: 'visit', summary: expect.stringMatching(/^ada entered/) },
    ]);
    await entered.leave();
    expect(house.ground.names()).toContain(name);
    halt.go();
    await house.ended(run);
    const files = house.folders.get(run) ?? new Map<string, Uint8Array>();
    const text = [...files].find(([path]) => path.endsWith('ledger.jsonl'))?.[1];
    expect(new TextDecoder().decode(text)).toContain('ada entered');
    const host = { sha256: process.needs.sha256, decode: (bytes: Uint8Array) => new TextDecoder().decode(bytes) };
    expect(verifyEvidence(files, {}, host)).toMatchObject({ kind: 'intact' });
  });

  it('with several under way wants to know which, and says which there are', async () => {
    const halts = ['lint', 'types'].map((id) => house.programs.halt(id));
    const run = await begun(taskLine([commandStage('lint', { after: [] }), commandStage('types', { after: [] })]));
    await Promise.all(halts.map((halt) => halt.begun));
    for (const stage of ['lint', 'types']) await open(run, stage);
    await expect(enter(run)).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining('lint, types') });
    expect(await enter(run, 'types')).toMatchObject({ how: 'live', stage: 'types' });
    await expect(enter(run, 'build')).rejects.toMatchObject({ code: 'usage', mend: expect.stringContaining('lint, types') });
    for (const halt of halts) halt.go();
    await house.ended(run);
    await expect(enter(run, 'types')).rejects.toMatchObject({ code: 'usage', mend: expect.stringContaining('Leave --stage out') });
  });

  it('whose workspace is gone by now gives the base', async () => {
    const halt = house.programs.halt('lint');
    const run = await begun(taskLine([commandStage('lint')]));
    await halt.begun;
    await open(run, 'lint');
    const { floor } = process.needs;
    Object.assign(floor, { attach: async () => ({ kind: 'gone' }) });
    expect(await enter(run)).toMatchObject({ how: 'rebuilt' });
    Object.assign(floor, { attach: async () => ({ kind: 'unreachable', why: 'no route to host' }) });
    await expect(enter(run)).rejects.toMatchObject({ code: 'floor-unreachable', message: expect.stringContaining('no route to host') });
    halt.go();
    await house.ended(run);
  });

  it('is for people, and for runs there are', async () => {
    await expect(enter('x', null, coder)).rejects.toMatchObject({ code: 'access-refused' });
    await expect(enter('tasks-nothing')).rejects.toMatchObject({ code: 'run-unknown' });
  });
});

describe('where', () => {
  it('of a run is each start of each stage with the workspace and base it had', async () => {
    const run = await begun(taskLine([commandStage('lint'), commandStage('types')]));
    await house.ended(run);
    await open(run, 'types');
    const rows = await whereabouts(run, process.needs);
    expect(rows.map(({ stage, attempt }) => [stage, attempt])).toEqual([
      ['lint', 1],
      ['types', 1],
    ]);
    expect(rows[1]).toMatchObject({ run, base: 'b'.repeat(64), workspace: `${run}-types-x`, where: { floor: 'memory', tier: 'T0' } });
    await expect(whereabouts('nothing', process.needs)).rejects.toMatchObject({ code: 'run-unknown' });
  });

  it('without a run is what the floor proves now, and what open runs are at', async () => {
    expect(await whereabouts(null, process.needs)).toMatchObject([{ run: '', stage: 'here', where: { host: 'memory', wall: 'none' } }]);
    const halt = house.programs.halt('types');
    const run = await begun(taskLine([commandStage('lint'), commandStage('types')]));
    await halt.begun;
    expect((await whereabouts(null, process.needs)).map((row) => [row.run, row.stage])).toEqual([
      ['', 'here'],
      [run, 'types'],
    ]);
    halt.go();
    await house.ended(run);
    expect(await whereabouts(null, process.needs)).toHaveLength(1);
  });
});

it('the desk prepares the base of a repository once, and lists and reaps what the floor tells', async () => {
  const first = await desk.prepare('/repos/shop');
  expect(first).toMatchObject({ repository: '/repos/shop', base: { floor: 'memory' } });
  const dead = house.process();
  await dead.needs.floor.open('old');
  await dead.engine.die();
  expect((await desk.list()).filter(({ state }) => state === 'stray')).toMatchObject([{ ref: { name: 'old' } }]);
  expect(await desk.reap({ dryRun: true })).toMatchObject({ removed: [{ ref: { name: 'old' } }] });
  expect(house.ground.names()).toContain('old');
  await desk.reap({ dryRun: false });
  expect(house.ground.names()).not.toContain('old');
});
