import { existsSync } from 'node:fs';
import type { GatewayConfig } from '../../../../core/gateway/config/gateway-config.ts';
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

/** Runs that have not ended; null where there is no ledger, and none is made to look into it. */
export async function openRunsOf(call: Call): Promise<readonly OwingRun[] | null> {
  return hasLedger(call) ? await withFactory(call, (factory) => factory.routing.openRuns()) : null;
}

/** A factory makes its home when it is opened for the first time. */
export function hasLedger({ settings }: Call): boolean {
  return settings.databaseUrl !== null || existsSync(settings.home);
}
