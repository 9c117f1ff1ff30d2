import { describe, expect, it } from 'vitest';
import { GatewayConfig } from './gateway-config.ts';
import { cutBy, type LiveSetting, type Setting, standing, withSettings } from './setting.ts';

const model = (at: string): object => ({
  upstreams: [at],
  price: 'unpriced',
  window: 1000,
  output: 100,
  capabilities: [],
  weights: 'open',
});
const config = GatewayConfig.parse({
  providers: { house: { vendor: 'self', region: 'own' }, cloud: { vendor: 'v', region: 'us' } },
  models: { strong: model('cloud/big'), cheap: model('house/small') },
  plans: { careful: ['cheap', 'strong'] },
  slots: { coder: 'strong', main: 'coder' },
});
const set = (what: Setting, until: string | null = null): LiveSetting => ({ what, until, by: 'ada', at: '2026-11-30T12:00:00.000Z' });
const swap = (slot: string, to: string): LiveSetting => set({ kind: 'swap', slot, to });

describe('a swap', () => {
  it('fills a slot by another model, by a plan, or by another slot', () => {
    expect(withSettings(config, [swap('coder', 'cheap')]).config.slots).toEqual({ coder: 'cheap', main: 'coder' });
    expect(withSettings(config, [swap('main', 'careful'), swap('coder', 'cheap')]).config.slots).toEqual({
      coder: 'cheap',
      main: 'careful',
    });
  });

  it('that names nothing here, or leads in a circle, changes nothing and is told', () => {
    const swaps = [swap('coder', 'none'), swap('nobody', 'cheap'), swap('coder', 'main'), swap('strong', 'cheap')];
    const { config: after, idle } = withSettings(config, swaps);
    expect([after.slots, idle]).toEqual([config.slots, swaps]);
  });
});

it('a cut takes away what it names and nothing else, with who and until when', () => {
  const inForce = withSettings(config, [
    set({ kind: 'cut', cut: { kind: 'vendor', name: 'v' } }, '2026-11-30T13:00:00.000Z'),
    set({ kind: 'cut', cut: { kind: 'model', name: 'none' } }),
  ]);
  expect(cutBy(inForce, { model: 'strong', at: 'cloud/big' })).toBe('is cut off: ada took vendor "v" away until 2026-11-30T13:00:00.000Z');
  expect(cutBy(inForce, { model: 'cheap', at: 'house/small' })).toBeNull();
  expect(inForce.config.slots).toEqual(config.slots);
});

it('a configuration as it stands has what is swapped in, and no upstream that is cut off', () => {
  const settings = [swap('coder', 'careful'), set({ kind: 'cut', cut: { kind: 'vendor', name: 'v' } })];
  const { slots, models } = standing(config, settings);
  expect([slots['coder'], models['strong']?.upstreams, models['cheap']?.upstreams]).toEqual(['careful', [], ['house/small']]);
  expect(standing(config, [])).toEqual(config);
});
