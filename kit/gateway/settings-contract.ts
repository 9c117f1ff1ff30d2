import { beforeEach, describe, expect, it } from 'vitest';
import type { LiveSetting, Setting } from '../../src/core/gateway/config/setting.ts';
import type { ModelSettings } from '../../src/core/ports/gateway/model-settings.ts';

/** Settings that are empty, and the clock of whoever uses them. */
export interface SettingsInUse {
  readonly settings: ModelSettings;
  /** Milliseconds since 1970. */
  setNow(ms: number): void;
}

const noon = Date.parse('2026-11-30T12:00:00.000Z');
const later = (minutes: number): string => new Date(noon + minutes * 60_000).toISOString();
const swap = (slot: string, to: string): Setting => ({ kind: 'swap', slot, to });
const cloud: Setting = { kind: 'cut', cut: { kind: 'provider', name: 'cloud' } };

/** What every store of settings promises. */
export function modelSettingsContract(name: string, open: () => Promise<SettingsInUse>): void {
  describe(name, () => {
    let settings: ModelSettings;
    let setNow: (ms: number) => void;
    beforeEach(async () => {
      ({ settings, setNow } = await open());
      setNow(noon);
    });
    const whats = async (): Promise<readonly Setting[]> => (await settings.list()).map(({ what }: LiveSetting) => what);

    it('tell what is in force, with who set it and when, in the order in which it was set', async () => {
      await settings.set({ what: swap('coder', 'cheap'), until: later(60), by: 'ada' });
      setNow(noon + 1_000);
      await settings.set({ what: cloud, until: null, by: 'bob' });
      expect(await settings.list()).toEqual([
        { what: swap('coder', 'cheap'), until: later(60), by: 'ada', at: '2026-11-30T12:00:00.000Z' },
        { what: cloud, until: null, by: 'bob', at: '2026-11-30T12:00:01.000Z' },
      ]);
    });

    it('have one swap for a slot, the last', async () => {
      await settings.set({ what: swap('coder', 'cheap'), until: null, by: 'ada' });
      await settings.set({ what: swap('reviewer', 'cheap'), until: null, by: 'ada' });
      await settings.set({ what: swap('coder', 'strong'), until: null, by: 'bob' });
      expect((await whats()).toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)))).toEqual([
        swap('coder', 'strong'),
        swap('reviewer', 'cheap'),
      ]);
    });

    it('end at their time', async () => {
      await settings.set({ what: cloud, until: later(1), by: 'ada' });
      setNow(noon + 59_999);
      expect(await whats()).toEqual([cloud]);
      setNow(noon + 60_000);
      expect(await whats()).toEqual([]);
      expect(await settings.lift(cloud, 'ada')).toBe(false);
    });

    it('are prolonged while they are in force, and not after', async () => {
      await settings.set({ what: cloud, until: later(1), by: 'ada' });
      expect(await settings.prolong(cloud, later(2))).toBe(true);
      setNow(noon + 90_000);
      expect(await settings.list()).toMatchObject([{ what: cloud, until: later(2), by: 'ada', at: '2026-11-30T12:00:00.000Z' }]);
      setNow(noon + 120_000);
      expect(await settings.prolong(cloud, later(9))).toBe(false);
      expect(await whats()).toEqual([]);
      await settings.set({ what: cloud, until: later(9), by: 'ada' });
      await settings.lift(cloud, 'bob');
      expect(await settings.prolong(cloud, later(9))).toBe(false);
    });

    it('are lifted once, a swap whatever it led to', async () => {
      await settings.set({ what: swap('coder', 'cheap'), until: null, by: 'ada' });
      await settings.set({ what: cloud, until: null, by: 'ada' });
      expect(await settings.lift(swap('coder', ''), 'bob')).toBe(true);
      expect(await whats()).toEqual([cloud]);
      expect(await settings.lift(swap('coder', 'cheap'), 'bob')).toBe(false);
      await settings.set({ what: swap('coder', 'cheap'), until: null, by: 'ada' });
      expect(await whats()).toEqual([cloud, swap('coder', 'cheap')]);
    });
  });
}
