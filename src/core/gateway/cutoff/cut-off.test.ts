import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CutKind, type GatewayConfig } from '../config/gateway-config.ts';
import type { Model } from '../config/model.ts';
import { cutOff } from './cut-off.ts';
import { namesOf } from './cut.ts';
import { drill } from './drill.ts';
import type { LineUse, StageUse, StationUse } from './line-use.ts';
import { slotFate } from './slot-fate.ts';

const model = (weights: Model['weights'], ...upstreams: string[]): Model => ({
  upstreams,
  price: { asOf: '2026-11-20', input: 1, output: 2 },
  window: 200_000,
  output: 64_000,
  capabilities: ['tools'],
  weights,
});
const provider = (vendor: string, region: string) => ({ protocols: ['messages' as const], base: 'https://x.example', vendor, region });

const config: GatewayConfig = {
  providers: { a: provider('alpha', 'us'), 'a-eu': provider('alpha', 'eu'), b: provider('beta', 'us'), house: provider('self', 'own') },
  models: {
    strong: model('closed', 'a/big-4.5', 'a-eu/big-4.5'),
    other: model('closed', 'b/large'),
    cheap: model('open', 'house/qwen'),
  },
  plans: { careful: ['cheap', 'strong'] },
  slots: { coder: 'careful', reviewer: 'strong', judge: 'other' },
  lines: { deps: { mustSurvive: ['provider', 'vendor', 'region'] }, bug: { mustSurvive: ['provider'] } },
};
const asking = (slot: string, station = 'agent'): StationUse => ({ station, asks: { kind: 'slot', slot } });
const stage = (name: string, stations: readonly StationUse[], isOptional = false): StageUse => ({ stage: name, stations, isOptional });
const uses: LineUse[] = [
  { line: 'deps', stages: [stage('change', [asking('coder')])] },
  {
    line: 'bug',
    stages: [stage('classify', [asking('cheap')]), stage('change', [asking('coder')]), stage('review', [asking('reviewer')])],
  },
  { line: 'docs', stages: [stage('write', [asking('judge')])] },
];
const of = (kind: CutKind, name: string) => cutOff(config, { kind, name }, { uses, open: [] });
const linesOf = (kind: CutKind, name: string) => of(kind, name).lines.map(({ line, kind: fate }) => `${line} ${fate}`);

describe('a cut-off', () => {
  it.each<[CutKind, string, readonly string[]]>([
    ['provider', 'a', ['deps falls-back', 'bug falls-back', 'docs untouched']],
    ['vendor', 'alpha', ['deps falls-back', 'bug stops', 'docs untouched']],
    ['region', 'us', ['deps falls-back', 'bug falls-back', 'docs stops']],
    ['provider', 'house', ['deps falls-back', 'bug stops', 'docs untouched']],
    ['provider', 'b', ['deps untouched', 'bug untouched', 'docs stops']],
    ['model', 'strong', ['deps falls-back', 'bug stops', 'docs untouched']],
    ['model', 'big-4.5', ['deps falls-back', 'bug stops', 'docs untouched']],
  ])('of the %s %s leaves', (kind, name, fates) => {
    expect(linesOf(kind, name)).toEqual(fates);
  });

  it.each([
    ['coder', 'a', 'Slot "coder" falls back: strong goes from a/big-4.5 to a-eu/big-4.5; cheap, then strong would do it.'],
    ['coder', 'house', 'Slot "coder" falls back: cheap is lost; strong would do it.'],
    ['judge', 'b', 'Slot "judge" stops: other would be nowhere.'],
    ['judge', 'a', 'Slot "judge" stays as it is.'],
    ['nobody', 'a', 'Slot "nobody" is filled by nothing, whatever is cut.'],
  ])('says of %s without %s: %s', (slot, name, sentence) => {
    expect(slotFate(config, slot, { kind: 'provider', name }).sentence).toBe(sentence);
  });

  it('is a fault only for lines that must survive it', () => {
    expect(of('provider', 'house').faults).toEqual([
      'Line "bug" must survive without provider "house" and does not, at stage "classify". Slot "cheap" stops: cheap would be nowhere.',
    ]);
    expect(of('vendor', 'alpha').faults).toEqual([]);
    expect(of('provider', 'b').faults).toEqual([]);
  });

  it('tells which open runs would go on, by the stages that they have still to do', () => {
    const open = [
      { run: 'bug-1', line: 'bug', owed: [stage('review', [asking('reviewer')])] },
      { run: 'bug-2', line: 'bug', owed: [] },
      { run: 'deps-1', line: 'deps', owed: [stage('change', [asking('coder')])] },
      { run: 'old-1', line: 'gone', owed: null },
    ];
    const { runs } = cutOff(config, { kind: 'vendor', name: 'alpha' }, { uses, open });
    expect(runs.map(({ run, kind }) => `${run} ${kind}`)).toEqual(['bug-1 stops', 'bug-2 untouched', 'deps-1 falls-back', 'old-1 unknown']);
    expect(runs[0]?.sentence).toBe('At stage "review". Slot "reviewer" stops: strong would be nowhere.');
  });

  it.each<[string, readonly StationUse[], boolean, string, string]>([
    [
      'is handed to the next station',
      [asking('reviewer', 'codex'), asking('judge', 'opencode')],
      false,
      'falls-back',
      '"opencode" goes on where "codex" may not. Slot "judge" stays as it is.',
    ],
    [
      'is done without where it is optional',
      [asking('reviewer')],
      true,
      'falls-back',
      'It is optional: a run goes on without it. Slot "reviewer" stops: strong would be nowhere.',
    ],
    [
      'stops where all its stations do',
      [asking('reviewer', 'codex'), asking('reviewer', 'opencode')],
      false,
      'stops',
      'Slot "reviewer" stops: strong would be nowhere.',
    ],
    [
      'stays as it is where it is optional and nothing fills its slot anyhow',
      [asking('nobody')],
      true,
      'untouched',
      'It is optional: a run goes on without it anyhow. Slot "nobody" is filled by nothing, whatever is cut.',
    ],
    [
      'stays as it is where another station does it anyhow',
      [asking('nobody', 'codex'), asking('judge', 'opencode')],
      false,
      'untouched',
      'Slot "judge" stays as it is. Slot "nobody" is filled by nothing, whatever is cut.',
    ],
    [
      'falls back where the stations stop that are not without a model anyhow',
      [asking('nobody', 'codex'), asking('reviewer', 'opencode'), asking('judge', 'gemini')],
      false,
      'falls-back',
      '"gemini" goes on where "opencode" may not. Slot "judge" stays as it is. Slot "nobody" is filled by nothing, whatever is cut.',
    ],
    [
      'stops where nothing fills its slot, whatever is cut',
      [asking('nobody')],
      false,
      'stops',
      'Slot "nobody" is filled by nothing, whatever is cut.',
    ],
    [
      'is not known to go on where nobody says what it asks',
      [{ station: 'codex', asks: { kind: 'unsaid', why: 'Who knows.' } }],
      false,
      'unknown',
      'Who knows.',
    ],
    [
      'goes on with a station that asks nobody',
      [{ station: 'mechanic', asks: { kind: 'nothing' } }],
      false,
      'untouched',
      'It asks no model.',
    ],
  ])('a stage %s', (_, stations, isOptional, kind, sentence) => {
    const [line] = cutOff(
      config,
      { kind: 'vendor', name: 'alpha' },
      { uses: [{ line: 'x', stages: [stage('s', stations, isOptional)] }], open: [] },
    ).lines;
    expect(line?.stages[0]).toMatchObject({ kind, sentence });
    expect(line?.kind).toBe(kind);
  });

  it('is a fault where a line must survive and nobody can say whether it does', () => {
    const use: LineUse = { line: 'deps', stages: [stage('change', [{ station: 'codex', asks: { kind: 'unsaid', why: 'Who knows.' } }])] };
    expect(cutOff(config, { kind: 'provider', name: 'a' }, { uses: [use, ...uses.slice(1)], open: [] }).faults).toEqual([
      'Line "deps" must survive without provider "a" and is not known to, at stage "change". Who knows.',
    ]);
  });

  it('leaves a slot that any model may fill while one of them is somewhere', () => {
    const auto = { ...config, slots: { ...config.slots, coder: 'auto' } };
    expect(slotFate(auto, 'coder', { kind: 'vendor', name: 'alpha' })).toMatchObject({ kind: 'falls-back' });
    const lone = { ...auto, models: { strong: model('closed', 'a/big-4.5') } };
    expect(slotFate(lone, 'coder', { kind: 'vendor', name: 'alpha' })).toMatchObject({ kind: 'stops' });
  });

  it('of what is in no part of the configuration is refused, for nothing would stop', () => {
    expect(() => of('provider', 'hause')).toThrow('No provider is named "hause".');
  });

  it('finds a slot that nothing fills, and a promise for a line that nobody knows', () => {
    const lost = { ...config, lines: { depz: { mustSurvive: ['provider' as const] }, deps: { mustSurvive: ['provider' as const] } } };
    const { faults, lines } = cutOff(
      lost,
      { kind: 'provider', name: 'b' },
      { uses: [{ line: 'deps', stages: [stage('s', [asking('nobody')])] }], open: [] },
    );
    expect(lines.map(({ kind }) => kind)).toEqual(['stops']);
    expect(faults).toEqual([
      'Line "deps" must survive without provider "b" and does not, at stage "s". Slot "nobody" is filled by nothing, whatever is cut.',
      'Line "depz" must survive, and no line of that name is known.',
    ]);
  });
});

describe('a drill', () => {
  it('takes away everything in turn', () => {
    const { cutOffs, faults, closedOnly } = drill(config, { uses, open: [] });
    expect(cutOffs.map(({ cut }) => `${cut.kind} ${cut.name}`)).toEqual(
      CutKind.options.flatMap((kind) => namesOf(config, kind).map((name) => `${kind} ${name}`)),
    );
    expect(cutOffs).toHaveLength(4 + 3 + 3 + 6);
    expect(faults).toHaveLength(1);
    expect(closedOnly).toEqual(['bug', 'docs']);
  });

  it('finds no fault where every must has two providers that share nothing', () => {
    const twice = {
      ...config,
      models: { ...config.models, strong: model('closed', 'a/big', 'house/big'), cheap: model('open', 'house/q', 'a-eu/q') },
    };
    expect(drill(twice, { uses, open: [] }).faults).toEqual([]);
  });

  it('never says of a slot that it stops while one of its models is somewhere', () => {
    const names = fc.constantFrom('a/x', 'a-eu/x', 'b/x', 'house/x');
    fc.assert(
      fc.property(
        fc.uniqueArray(names, { minLength: 1 }),
        fc.uniqueArray(names, { minLength: 1 }),
        fc.constantFrom('alpha', 'beta', 'self'),
        (one, two, vendor) => {
          const made = {
            ...config,
            models: { one: model('open', ...one), two: model('open', ...two) },
            plans: { both: ['one', 'two'] },
            slots: { coder: 'both' },
          };
          const left = [...one, ...two].filter((at) => made.providers[at.slice(0, at.indexOf('/'))]?.vendor !== vendor);
          const fate = slotFate(made, 'coder', { kind: 'vendor', name: vendor });
          expect(fate.kind === 'stops').toBe(left.length === 0);
          expect(left).toEqual(expect.arrayContaining(fate.ways.flatMap(({ now }) => now ?? [])));
        },
      ),
    );
  });
});
