import { GatewayConfig } from '../../src/core/gateway/config/gateway-config.ts';
import type { RecordedCall } from '../../src/core/ports/gateway/call-recorder.ts';
import type { KeyGrant } from '../../src/core/ports/gateway/virtual-keys.ts';
import { systemClock } from '../../src/plant/clock/index.ts';
import { type GatewayOptions, memoryBudgets, memoryKeys, readProviderKeys, startGateway } from '../../src/plant/gateway/index.ts';

/** A gateway of a test: where it is, a key for it, and what it took down. */
export interface Served {
  readonly url: string;
  /** Address with the key in it. */
  readonly keyed: string;
  readonly token: string;
  readonly calls: readonly RecordedCall[];
  mint(grant: Partial<KeyGrant>): Promise<string>;
  endRun(run: string): Promise<number>;
  close(): Promise<void>;
}

export const providerKey = 'key-of-the-provider-0001';

export const anybody: KeyGrant = {
  caller: { line: 'deps', fleet: null, run: 'deps-ms-1', stage: 'change', station: 'coder' },
  slots: null,
  caps: null,
  limits: {},
  expiresAt: null,
};

export const price = { asOf: '2026-11-20', input: 3, output: 15 };

/** Settings of one model, as an owner writes them. */
export function modelAt(upstreams: readonly unknown[], more: object = {}): object {
  return { upstreams, price, window: 200_000, output: 8_000, capabilities: ['tools', 'thinking', 'images'], weights: 'closed', ...more };
}

type Env = Readonly<Record<string, string>>;

/** Starts a gateway with providers by their address and what they speak, and the models of a slot `coder`. */
export async function serve(
  providers: Readonly<Record<string, { readonly [setting: string]: unknown }>>,
  { models, env = {}, ...more }: { readonly models?: object; readonly env?: Env; readonly [more: string]: unknown } = {},
  options: Partial<GatewayOptions> = {},
): Promise<Served> {
  const names = Object.keys(providers);
  const config = GatewayConfig.parse({
    providers: Object.fromEntries(
      Object.entries(providers).map(([name, provider]) => [name, { vendor: name, region: 'own', key: 'env:PROVIDER_KEY', ...provider }]),
    ),
    models: models ?? { strong: modelAt(names.map((name) => `${name}/twin`)) },
    slots: { coder: 'strong' },
    ...more,
  });
  const now = (): number => Date.now();
  const virtualKeys = memoryKeys({ now });
  const token = await virtualKeys.mint(anybody);
  const calls: RecordedCall[] = [];
  const faults: unknown[] = [];
  const gateway = await startGateway({
    config,
    keys: await readProviderKeys(config, { env: { PROVIDER_KEY: providerKey, ...env }, folder: '' }),
    virtualKeys,
    budgets: memoryBudgets({ rules: config.budgets ?? [], now }),
    recorder: { take: (call) => void calls.push(call), note: () => undefined, dropped: () => 0, close: async () => undefined },
    listen: { port: 0 },
    clock: systemClock(),
    fault: (error) => void faults.push(error),
    ...options,
  });
  return {
    url: gateway.url,
    keyed: `${gateway.url}/g/${token}`,
    token,
    calls,
    mint: (grant) => virtualKeys.mint({ ...anybody, ...grant }),
    endRun: (run) => virtualKeys.endRun(run),
    async close() {
      await gateway.close();
      if (faults.length > 0) throw faults[0];
    },
  };
}
