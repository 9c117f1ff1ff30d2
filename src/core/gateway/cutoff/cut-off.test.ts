import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CutKind, type GatewayConfig } from '../config/gateway-config.ts';
import type { Model } from '../config/model.ts';
import { cutOff, type LineUse } from './cut-off.ts';
import { namesOf } from './cut.ts';
import { drill } from './drill.ts';
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
const uses: LineUse[] = [
  { line: 'deps', stations: [{ station: 'change', slots: ['coder'] }] },
  {
    line: 'bug',
    stations: [
      { station: 'change', slots: ['coder', 'cheap'] },
      { station: 'review', slots: ['reviewer'] },
    ],
  },
  { line: 'docs', stations: [{ station: 'write', slots: ['judge'] }] },
];
const of = (kind: CutKind, name: string) => cutOff(config, { kind, name }, { uses, parked: [] });
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
      'Line "bug" must survive without provider "house" and does not, at station "change". Slot "cheap" stops: cheap would be nowhere.',
    ]);
    expect(of('vendor', 'alpha').faults).toEqual([]);
    expect(of('provider', 'b').faults).toEqual([]);
  });

  it('tells which parked runs would go on', () => {
    const parked = [
      { run: 'bug-1', line: 'bug', station: 'review' },
      { run: 'deps-1', line: 'deps', station: 'change' },
      { run: 'old-1', line: 'gone', station: 'x' },
    ];
    expect(cutOff(config, { kind: 'vendor', name: 'alpha' }, { uses, parked }).runs.map(({ run, kind }) => `${run} ${kind}`)).toEqual([
      'bug-1 stops',
      'deps-1 falls-back',
      'old-1 unknown',
    ]);
  });

  it('of what is in no part of the configuration is refused, for nothing would stop', () => {
    expect(() => of('provider', 'hause')).toThrow('No provider is named "hause".');
  });

  it('finds a slot that nothing fills, and a promise for a line that nobody knows', () => {
    const lost = { ...config, lines: { depz: { mustSurvive: ['provider' as const] }, deps: { mustSurvive: ['provider' as const] } } };
    const { faults, lines } = cutOff(
      lost,
      { kind: 'provider', name: 'b' },
      { uses: [{ line: 'deps', stations: [{ station: 's', slots: ['nobody'] }] }], parked: [] },
    );
    expect(lines.map(({ kind }) => kind)).toEqual(['stops']);
    expect(faults).toEqual([
      'Line "deps" must survive without provider "b" and does not, at station "s". Slot "nobody" is filled by nothing, whatever is cut.',
      'Line "depz" must survive, and no line of that name is known.',
    ]);
  });
});

describe('a drill', () => {
  it('takes away everything in turn', () => {
    const { cutOffs, faults, closedOnly } = drill(config, uses);
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
    expect(drill(twice, uses).faults).toEqual([]);
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
