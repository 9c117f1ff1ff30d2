import type { GatewayConfig } from '../../gateway/config/gateway-config.ts';
import type { LiveSetting } from '../../gateway/config/setting.ts';
import type { Protocol } from '../../gateway/config/protocol.ts';
import type { Price } from '../../gateway/money/price.ts';
import type { CallLedger } from './call-ledger.ts';
import type { Purge, Purged } from './call-purge.ts';
import type { ModelSettings } from './model-settings.ts';
import type { TracedCall } from './model-trace.ts';
import type { UpstreamRest } from './upstream-health.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** The model gateway, for whoever opens one. */
export interface GatewayDoor {
  /** Reads the settings of a gateway from the file of its owner. Throws `gateway-invalid`. */
  read(file: { readonly path: string; readonly text: string }): GatewayConfig;
  /** Starts a gateway, with one key for its owner. Throws `port-taken`, and `usage` for a key or a record that cannot be had. */
  open(setting: GatewaySetting): Promise<OpenGateway>;
  /** Tells what each slot resolves to, with the keys as they are now and with what is set on top of the configuration. */
  describe(config: GatewayConfig, places: KeyPlaces, settings: readonly LiveSetting[]): Promise<readonly SlotRow[]>;
  /** Opens what gateways keep in the database of a factory. Throws `database-unavailable`, `database-binaries-missing`, `move-refused`. */
  store(place: StorePlace, log: (line: string) => void): Promise<ModelStore>;
}

/** Where a gateway finds keys, and packages that speak to providers. */
export interface KeyPlaces {
  /** Where keys of providers are looked up; nobody else sees them. */
  readonly env: Env;
  /** Absolute folder of the owner's file: packages that are not installed with the gateway may be there. */
  readonly folder: string;
}

/** The database of a factory. */
export interface StorePlace {
  /** Absolute folder of the factory. */
  readonly home: string;
  /** A PostgreSQL to use instead of the embedded one, or null. */
  readonly databaseUrl: string | null;
  /** Folder with its programs for the embedded one, or null for those from npm. */
  readonly postgresBin: string | null;
  readonly env: Env;
}

/** What gateways keep in the database of a factory, for those who look at it and those who set something. */
export interface ModelStore {
  readonly calls: CallLedger;
  readonly settings: ModelSettings;
  /** Upstreams that gateways left alone, and that none of them found well again. */
  rests(): Promise<readonly UpstreamRest[]>;
  /** Milliseconds since 1970, by the clock of the database. */
  now(): Promise<number>;
  /** Removes what is old of the record of calls, of runs that have ended; what is in use elsewhere stays. Goes on where one was killed. */
  purge(purge: Purge): Promise<Purged>;
  /** Tidies up behind gateways that died and runs that are decided. */
  tidy(): Promise<Tidied>;
  /** Rebuilds what was said, call by call. Throws `evidence-invalid` where a part of the record is gone or was changed. */
  trace(filter: TraceFilter): AsyncIterable<TracedCall>;
  /** The record as a tape for a model twin: lines of JSON. */
  tape(filter: TraceFilter): AsyncIterable<string>;
  close(): Promise<void>;
}

/** What was tidied away. */
export interface Tidied {
  /** Slices of processes that are gone; they count as spent, or as given back where they were places for calls under way. */
  readonly slices: number;
  /** Keys of runs that are decided, and those that expired a day ago or longer. */
  readonly keys: number;
  /** Accounts of runs that are decided, of periods that are over since two months, and of minutes that are over since an hour. */
  readonly accounts: number;
  /** Gateways that are gone. */
  readonly gateways: number;
  /** Calls that they had open: they are lost. */
  readonly calls: number;
}

/** Calls of one run, or of one of its stages. */
export interface TraceFilter {
  readonly run: string;
  readonly stage?: string;
}

export interface GatewaySetting extends KeyPlaces {
  readonly config: GatewayConfig;
  readonly listen: { readonly port: number } | { readonly socket: string };
  /** Where the owner's own virtual key lies, `env:NAME` or `file:PATH`; null for one that is made now. */
  readonly key: string | null;
  /** Absolute path of the record of all calls; null for none. */
  readonly record: string | null;
  /** Where keys, budgets, calls and settings are kept that it shares with a factory; null for memory, which ends with it. */
  readonly store: StorePlace | null;
  readonly log: (line: string) => void;
}

export interface OpenGateway {
  /** Base of every API; of a Unix socket, its path. */
  readonly url: string;
  /** The owner's key. */
  readonly token: string;
  readonly slots: readonly SlotRow[];
  close(): Promise<void>;
}

/** The factory's own gateway, for who looks whether it could answer. */
export interface GatewayView {
  /** Absolute path of the owner's file. */
  readonly file: string;
  readonly keys: readonly KeyView[];
  /** What the names lead to that were asked for; one that leads nowhere has no row. */
  readonly rows: readonly SlotRow[];
}

/** Whether a provider can be asked: with its key, with none, or not at all because something is missing. Never a key. */
export interface KeyView {
  readonly provider: string;
  readonly lacks: { readonly what: 'key' | 'package'; readonly why: string } | null;
}

/** What a name that agents say leads to. */
export interface SlotRow {
  readonly slot: string;
  /** Names that led there, the slot first. */
  readonly via: readonly string[];
  readonly plan: string | null;
  /** In the order in which they are tried. */
  readonly models: readonly ModelRow[];
}

export interface ModelRow {
  readonly model: string;
  readonly window: number;
  readonly upstreams: readonly UpstreamRow[];
}

export interface UpstreamRow {
  /** `PROVIDER/NAME`. */
  readonly at: string;
  readonly vendor: string;
  readonly region: string;
  /** Protocols of callers whose requests go there byte for byte; others are translated. */
  readonly passes: readonly Protocol[];
  /** The package that speaks to it, with its version; null where the gateway does. */
  readonly by: string | null;
  readonly price: Price;
  /** Why it is never asked; null where it is. */
  readonly why: string | null;
}
