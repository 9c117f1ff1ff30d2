import type { LiveSetting } from '../../../core/gateway/config/setting.ts';
import type { ModelSettings } from '../../../core/ports/gateway/model-settings.ts';
import { follow, usualLookMs } from './follow.ts';
import type { StoreDatabase } from './store-database.ts';

export interface StandingSettingsOptions {
  readonly settings: Pick<ModelSettings, 'list'>;
  readonly database: Pick<StoreDatabase, 'listen'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** How often it looks, whether or not it heard of something; null for only when it heard. */
  readonly lookEveryMs?: number | null;
}

/** Settings as this process knows them. */
export interface StandingSettings {
  /** Those in force. The same list again while nothing changed. */
  now(): readonly LiveSetting[];
  close(): Promise<void>;
}

/** Follows what operators set. While the database cannot be reached, what was set last stays in force until its end. */
export async function standingSettings({
  settings,
  database,
  now,
  lookEveryMs = usualLookMs,
}: StandingSettingsOptions): Promise<StandingSettings> {
  let known = await settings.list();
  const look = async (): Promise<void> => {
    const found = await settings.list();
    if (JSON.stringify(found) !== JSON.stringify(known)) known = found;
  };
  const following = await follow({ database, channel: 'jidoka_model_setting', look, lookEveryMs });
  return {
    now() {
      const at = now();
      const isOver = ({ until }: LiveSetting): boolean => until !== null && Date.parse(until) <= at;
      if (known.some(isOver)) known = known.filter((setting) => !isOver(setting));
      return known;
    },
    close: () => following.close(),
  };
}
