import { existsSync } from 'node:fs';
import type { GatewayConfig } from '../../../../core/gateway/config/gateway-config.ts';
import type { LiveSetting } from '../../../../core/gateway/config/setting.ts';
import type { Line } from '../../../../core/line/line.ts';
import type { OwingRun } from '../../../../core/ports/factory.ts';
import type { Call } from '../../command.ts';
import { readLineFile } from '../../input-files.ts';
import { withFactory } from '../../with-factory.ts';
import { configOf } from '../gateway/settings.ts';

/** The owner's settings of the gateway. Throws `usage`, `gateway-invalid`. */
export async function gatewayConfigOf(call: Call): Promise<GatewayConfig> {
  return await configOf(call, await call.world.loadGateway());
}

/** The lines that come with jidoka, and those of the files that were named. Throws `line-invalid`. */
export async function linesOf({ world, arguments: paths }: Call): Promise<readonly Line[]> {
  const files = await Promise.all(paths.map((path) => readLineFile(path, world.cwd)));
  return (await world.loadShipped()).lines(files);
}

/** What a ledger tells of the moment. */
export interface Moment {
  /** Runs that have not ended. */
  readonly owing: readonly OwingRun[];
  /** What is set on the gateways. */
  readonly settings: readonly LiveSetting[];
}

/** Null where there is no ledger, and none is made to look into it. */
export async function momentOf(call: Call): Promise<Moment | null> {
  if (!hasLedger(call)) return null;
  return await withFactory(call, async ({ routing }) => ({ owing: await routing.openRuns(), settings: await routing.settings() }));
}

/** A factory makes its home when it is opened for the first time. */
export function hasLedger({ settings }: Call): boolean {
  return settings.databaseUrl !== null || existsSync(settings.home);
}
