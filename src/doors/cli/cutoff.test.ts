import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RecordingWorld, ScriptedFactory } from '../../../kit/factory/index.ts';
import type { LiveSetting } from '../../core/gateway/config/setting.ts';
import type { OwingRun } from '../../core/ports/factory.ts';
import { readGatewaySettings } from '../../gateway-settings.ts';
import { describeSlots, openGateway, openModelStore } from '../../gateway.ts';
import { productLines } from '../../product-lines.ts';
import { publicPriors } from '../../shipped.ts';
import { cli } from './cli.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jidoka-cutoff-'));
});
afterEach(() => rm(folder, { recursive: true }));

const config = (upstreams: string, mustSurvive: string, second: string): string => `gateway:
  providers:
    cloud: { protocols: [messages], base: "https://api.example.com", key: env:A_KEY, vendor: a, region: us }
    house: { protocols: [chat], base: "http://10.0.0.5:8000/v1", vendor: self, region: own }
  models:
    strong: { upstreams: [${upstreams}], price: { asOf: 2026-11-20, input: 5, output: 25 }, window: 200000, output: 64000, capabilities: [tools], weights: closed }
    ${second}: { upstreams: [house/qwen], price: { asOf: 2026-11-20, input: 0, output: 0 }, window: 128000, output: 32000, capabilities: [tools], weights: open }
  slots: { default: strong }
  roles: { default: default }
  lines: { bug: { mustSurvive: ${mustSurvive} } }
`;

async function run(
  args: readonly string[],
  {
    upstreams = 'cloud/big',
    mustSurvive = '[provider]',
    second = 'cheap',
    owing = null as readonly OwingRun[] | null,
    settings = [] as readonly LiveSetting[],
  } = {},
) {
  await writeFile(join(folder, 'factory.yaml'), config(upstreams, mustSurvive, second));
  const gateway = { read: readGatewaySettings, open: openGateway, describe: describeSlots, store: openModelStore };
  const factory = owing === null ? {} : { factory: new ScriptedFactory({ folder, owing, settings, runsOf: () => [] }) };
  const home = owing === null ? join(folder, 'no-home') : folder;
  const world = new RecordingWorld({
    cwd: folder,
    env: { JIDOKA_HOME: home },
    gateway,
    shipped: { lines: productLines, priors: publicPriors },
    ...factory,
  });
  const code = await cli(['cutoff', '--config', 'factory.yaml', ...args], world);
  return {
    code,
    out: world.stdout.text,
    err: world.stderr.text,
    document: args.includes('--json') ? (JSON.parse(world.stdout.text) as unknown) : null,
  };
}

describe('cutoff', () => {
  it('exits 3 where a line that must survive has no fallback, and 0 where it has one', async () => {
    const lost = await run(['--provider', 'cloud']);
    expect(lost.code).toBe(3);
    expect(lost.out).toContain(
      '✗ Line "bug" must survive without provider "cloud" and does not, at stage "change". Slot "default" stops: strong would be nowhere.',
    );
    expect(lost.out).toContain('no runs, as there is no ledger yet');
    const kept = await run(['--provider', 'cloud'], { upstreams: 'cloud/big, house/big' });
    expect(kept.code).toBe(0);
    expect(kept.out).toContain('strong goes from cloud/big to house/big');
    expect(kept.out).toContain('✓ Every line that must survive does.');
  });

  it('goes by what a line must survive: of a region that it need not, the loss is told and is no fault', async () => {
    const told = await run(['--region', 'us', '--json']);
    expect(told.code).toBe(0);
    expect((await run(['--region', 'us'])).out).toContain('No line must survive it: say so of those that must');
    expect(told.document).toMatchObject({ cut: { kind: 'region', name: 'us' }, faults: [], runs: null });
    expect(told.document).toMatchObject({
      lines: expect.arrayContaining([expect.objectContaining({ line: 'bug', kind: 'stops', mustSurvive: false })]),
    });
    expect(told.document).toMatchObject({ lines: expect.arrayContaining([expect.objectContaining({ line: 'deps', kind: 'untouched' })]) });
  });

  it('tells of a line that it changes nothing for as that, and of a slot of it that is filled by nothing anyhow', async () => {
    const { code, document } = await run(['--provider', 'house', '--json'], { second: 'own' });
    expect([code, document]).toMatchObject([
      0,
      { lines: expect.arrayContaining([expect.objectContaining({ line: 'bug', kind: 'untouched' })]) },
    ]);
    const { out } = await run(['--provider', 'house'], { second: 'own' });
    expect(out).toMatch(/classify +untouched +It is optional: a run goes on without it anyhow\. Slot "cheap" is filled by nothing/);
  });

  it('refuses a time where nothing is taken away, rather than to leave it out silently', async () => {
    for (const named of [['--provider', 'cloud'], []]) {
      const { code, out, err } = await run([...named, '--for', '1m']);
      expect([code, out, err]).toEqual([2, '', expect.stringContaining('--for was given without --live')]);
    }
  });

  it('takes everything away in turn where nothing is named, as a check in CI asks', async () => {
    const all = await run(['--json'], { upstreams: 'cloud/big, house/big', mustSurvive: '[provider, vendor, region]' });
    expect(all.code).toBe(0);
    expect(all.document).toMatchObject({
      faults: [],
      cutOffs: expect.arrayContaining([expect.objectContaining({ cut: { kind: 'vendor', name: 'a' } })]),
    });
    expect((await run([], { mustSurvive: '[vendor]' })).code).toBe(3);
  });

  it('tells of runs that have not ended, by the stages that they have still to do', async () => {
    const lines = await productLines([]);
    const bug = lines.find(({ name }) => name === 'bug');
    if (bug === undefined) throw new Error('There is a line "bug".');
    const owed = { ...bug, stages: bug.stages.filter(({ id }) => id === 'inspection' || id === 'review') };
    const [plans, change] = [{ ofChanges: null, ofStages: {} }, bug.stages.filter(({ id }) => id === 'change')];
    const owing: OwingRun[] = [
      { run: 'bug-1', line: 'bug', owed, plans },
      { run: 'bug-2', line: 'bug', owed: { ...bug, stages: [] }, plans },
      { run: 'bug-3', line: 'bug', owed: { ...bug, stages: change }, plans: { ...plans, ofChanges: 'strong,cheap' } },
    ];
    const { document } = await run(['--provider', 'cloud', '--json'], { owing });
    expect(document).toMatchObject({
      runs: [
        { run: 'bug-1', kind: 'stops' },
        { run: 'bug-2', kind: 'untouched' },
        {
          run: 'bug-3',
          kind: 'falls-back',
          sentence: 'At stage "change". Plan "strong, cheap" falls back: strong is lost; cheap would do it.',
        },
      ],
    });
    expect((await run(['--provider', 'cloud'], { owing })).out).toMatch(/bug-1 +stops +At stage "review"/);
  });

  it('goes by the slots that are swapped now, and by what is cut off already', async () => {
    const set = (what: LiveSetting['what']): LiveSetting => ({ what, until: null, by: 'ada', at: '2026-11-30T12:00:00.000Z' });
    const swapped = { owing: [], settings: [set({ kind: 'swap', slot: 'default', to: 'cheap' })] };
    expect(await run(['--provider', 'cloud'], swapped)).toMatchObject({
      code: 0,
      out: expect.stringContaining('It goes by what is set now: swapped: default -> cheap'),
    });
    expect((await run(['--provider', 'house'], swapped)).out).toContain('Slot "default" stops: cheap would be nowhere.');
    const twoPlaces = {
      upstreams: 'cloud/big, house/big',
      owing: [],
      settings: [set({ kind: 'cut', cut: { kind: 'provider', name: 'house' } })],
    };
    expect((await run(['--provider', 'cloud'], twoPlaces)).code).toBe(3);
  });

  it('looks at lines of files too', async () => {
    const yaml = `apiVersion: jidoka/v1
kind: Line
name: own
summary: A line of one's own.
seed: task
nonGoals: []
scope: { paths: ["**"], protectedPaths: [] }
stages:
  - { id: applicability, does: applicability }
  - { id: baseline, does: baseline }
  - { id: change, does: change, station: [codex, opencode] }
  - { id: inspection, does: inspection }
inspection: [{ check: tests, demand: must-hold }, { check: canary, demand: must-not-break }]
noOpRules: []
policy: { baselineRuns: 1, minimumReleaseAgeDays: 0, reuseBaseline: 1h }
`;
    await writeFile(join(folder, 'own.yaml'), yaml);
    const { document } = await run(['own.yaml', '--provider', 'cloud', '--json']);
    expect(document).toMatchObject({ lines: expect.arrayContaining([expect.objectContaining({ line: 'own', kind: 'stops' })]) });
  });

  it('refuses what is nowhere, and two things at once', async () => {
    const misspelt = await run(['--provider', 'clowd']);
    expect(misspelt.code).toBe(2);
    expect(misspelt.err).toContain('Did you mean "cloud"?');
    expect((await run(['--provider', 'cloud', '--region', 'us'])).code).toBe(2);
  });
});
