import type { GatewayNames } from '../../gateway/config/gateway-names.ts';
import type { LiveSetting, Setting } from '../../gateway/config/setting.ts';

export interface NewSetting {
  readonly what: Setting;
  /** ISO 8601; null for until it is lifted. */
  readonly until: string | null;
  readonly by: string;
}

/** What operators set while gateways run. Each gateway of the factory takes it over within a second. */
export interface ModelSettings {
  /** Sets something, in place of what was set for the same slot, or the same thing taken away, before. */
  set(setting: NewSetting): Promise<void>;
  /** Gives what is in force another end, ISO 8601; false where it was lifted, or its time is over. */
  prolong(what: Setting, until: string): Promise<boolean>;
  /** Lifts it, whatever a swap led to; tells whether there was something to lift. */
  lift(what: Setting, by: string): Promise<boolean>;
  /** What is in force, in the order in which it was set. */
  list(): Promise<readonly LiveSetting[]>;
  /** What each gateway that runs knows by name. */
  known(): Promise<readonly GatewayNames[]>;
}
