import { hostname } from 'node:os';
import type { GatewayConfig } from '../../../core/gateway/config/gateway-config.ts';
import { gatewayNames } from '../../../core/gateway/config/gateway-names.ts';
import type { UpstreamHealth } from '../../../core/ports/gateway/upstream-health.ts';
import type { LiveSetting } from '../../../core/gateway/config/setting.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import type { CallRecorder } from '../../../core/ports/gateway/call-recorder.ts';
import type { ModelStore, Tidied } from '../../../core/ports/gateway/gateway-door.ts';
import type { ModelBudgets } from '../../../core/ports/gateway/model-budgets.ts';
import type { KeyGrant, VirtualKeys } from '../../../core/ports/gateway/virtual-keys.ts';
import { threadRecorder } from '../record/thread-recorder.ts';
import type { RecordPlace } from '../record/without-keys.ts';
import { standingRests } from './health/standing-rests.ts';
import { standingHealth } from './health/standing-health.ts';
import { ledgerBudgets } from './ledger-budgets.ts';
import { ledgerCalls } from './ledger-calls.ts';
import { ledgerKeys } from './ledger-keys.ts';
import { ledgerSettings, tellNames } from './ledger-settings.ts';
import { standingSettings } from './standing-settings.ts';
import type { StoreDatabase } from './store-database.ts';
import { purgeCalls } from './purge/purge-calls.ts';
import { tidyStore } from './tidy.ts';
import { databaseTime } from './time/database-time.ts';

export interface GatewayStoreOptions {
  readonly database: StoreDatabase;
  readonly clock: Clock;
  /** Keys that this process knows and nobody else, such as its owner's. */
  readonly given?: readonly { readonly token: string; readonly grant: KeyGrant }[];
  readonly log: (line: string) => void;
}

/** What the factory and its model gateways have in common, in the database of the factory. */
export interface GatewayStore extends Omit<ModelStore, 'trace' | 'tape'> {
  readonly keys: VirtualKeys;
  /** Makes this process one of the gateways, until the store is closed. `keys` are kept out of the record, whatever they look like. */
  join(config: GatewayConfig, keys?: readonly string[]): Promise<Joined>;
  /** Gives back what is left of slices. */
  close(): Promise<void>;
}

/** What one gateway process works with, beside keys. */
export interface Joined {
  /** Budgets by the rules of its configuration, which it spends in slices. */
  readonly budgets: ModelBudgets;
  /** Closed by whoever serves. */
  readonly recorder: CallRecorder;
  readonly settings: () => readonly LiveSetting[];
  /** What this gateway and the others found of upstreams. */
  readonly health: UpstreamHealth;
  /** The clock by which all of them go, in milliseconds since 1970. */
  readonly now: () => number;
}

/** A slice that nobody uses is closed to the others for so long. */
const giveBackMs = 10_000;
/** So often it is looked what others did: of soft limits, and of places that those who died had. */
const lookMs = 1_000;
const clockMs = 10_000;
const tidyMs = 60 * 60_000;

/**
 * Opens what the factory and its model gateways have in common.
 *
 * @example
 * const store = openGatewayStore({ database, clock, log });
 * const token = await store.keys.mint({ caller, slots: ['coder'], caps: null, limits: {}, expiresAt: null });
 */
export function openGatewayStore({ database, clock, given = [], log }: GatewayStoreOptions): GatewayStore {
  const monotonicMs = (): number => clock.monotonicMs();
  const time = databaseTime({ database, monotonicMs, now: () => clock.epochMs() });
  const now = (): number => time.now();
  const keys = ledgerKeys({ database, given, now, monotonicMs });
  const settings = ledgerSettings({ database, now: () => time.known() });
  const tidy = async (): Promise<Tidied> => tidyStore(database, { isLive: (holder) => database.isLive(holder), now: await time.known() });
  const closing: (() => Promise<void>)[] = [() => keys.close()];
  const join = async (config: GatewayConfig, providerKeys: readonly string[] = []): Promise<Joined> => {
    await time.learn();
    // What keeps the database from answering is told by the calls that need it.
    const executor = await database.enlist(() => undefined);
    closing.push(() => executor.leave());
    const tell = () => tellNames(database, executor.id, gatewayNames(config));
    const told = await tell();
    closing.push(() => told.forget());
    const standing = await standingSettings({ settings, database, now });
    closing.push(() => standing.close());
    const health = await standingHealth({ database, holder: executor.id, by: `${hostname()} ${process.pid}`, now });
    closing.push(() => health.close());
    const budgets = ledgerBudgets({ database, rules: config.budgets ?? [], holder: executor.id, now });
    closing.push(() => budgets.giveBack());
    closing.push(
      regularly(giveBackMs, () => budgets.giveBack(), log),
      regularly(lookMs, () => budgets.look(), log),
      regularly(clockMs, () => time.learn(), log),
      // Whoever took this one for dead took its names away.
      regularly(tidyMs, () => tell().then(tidy), log),
    );
    return {
      budgets,
      recorder: await callRecorder({ place: database.url, keys: providerKeys, holder: executor.id }, log),
      settings: () => standing.now(),
      health,
      now,
    };
  };
  return {
    keys,
    settings,
    calls: ledgerCalls(database),
    now: () => time.known(),
    rests: () => standingRests(database),
    purge: (purge) => purgeCalls(database, purge),
    join,
    tidy,
    async close() {
      for (const close of closing.splice(0).toReversed()) {
        // It ends all the same: what was not given back is forfeited, what was not taken away tidied up by others.
        await close().catch((error: unknown) => log(`the store of the model gateway was not left as it should be: ${String(error)}`));
      }
    },
  };
}

async function callRecorder(data: RecordPlace, log: (line: string) => void): Promise<CallRecorder> {
  const recorder = threadRecorder({
    thread: 'store/calls-thread',
    data,
    failed: (why) => log(`calls are no longer taken down: ${why}`),
    lost: (why) => log(`a call was not taken down: ${why}`),
  });
  // What is taken before would be lost with a process that is killed.
  await recorder.ready;
  return recorder;
}

function regularly(ms: number, work: () => Promise<unknown>, log: (line: string) => void): () => Promise<void> {
  let last: Promise<unknown> = Promise.resolve();
  const again = (): void =>
    void (last = work().catch((error: unknown) => log(`the store of the model gateway was not kept: ${String(error)}`)));
  const timer = setInterval(again, ms).unref();
  return async () => {
    clearInterval(timer);
    await last;
  };
}
