import type { GatewayConfig } from '../../gateway/config/gateway-config.ts';
import type { Protocol } from '../../gateway/config/protocol.ts';
import type { Price } from '../../gateway/money/price.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** The model gateway, for whoever opens one. */
export interface GatewayDoor {
  /** Reads the settings of a gateway from the file of its owner. Throws `gateway-invalid`. */
  read(file: { readonly path: string; readonly text: string }): GatewayConfig;
  /** Starts a gateway, with one key for its owner. Throws `port-taken`, and `usage` for a key or a record that cannot be had. */
  open(setting: GatewaySetting): Promise<OpenGateway>;
  /** Tells what each slot resolves to, with the keys as they are now. */
  describe(config: GatewayConfig, env: Env): Promise<readonly SlotRow[]>;
}

export interface GatewaySetting {
  readonly config: GatewayConfig;
  /** Where keys of providers are looked up; nobody else sees them. */
  readonly env: Env;
  readonly listen: { readonly port: number } | { readonly socket: string };
  /** Where the owner's own virtual key lies, `env:NAME` or `file:PATH`; null for one that is made now. */
  readonly key: string | null;
  /** Absolute path of the record of all calls; null for none. */
  readonly record: string | null;
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
  readonly price: Price;
  /** Why it is never asked; null where it is. */
  readonly why: string | null;
}
