import { once } from 'node:events';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { isJidokaError } from './core/base/error.ts';
import type { StorePlace } from './core/ports/gateway/gateway-door.ts';
import { openGateway } from './gateway.ts';
import { readGatewaySettings } from './gateway-settings.ts';

/** What the factory tells the process of its own gateway, in the first line of its input. */
export interface GatewayOrder {
  /** The owner's file, as it was when the factory read it. */
  readonly file: { readonly path: string; readonly text: string };
  /** Where the factory keeps what it shares with gateways. */
  readonly store: Omit<StorePlace, 'env'>;
}

/** Serves until its input ends: whoever started it may be killed at any line. The one line that it writes says where it listens, or why it does not. */
async function main(): Promise<void> {
  const lines = createInterface({ input: process.stdin });
  const [first] = (await once(lines, 'line')) as [string];
  const { file, store } = JSON.parse(first) as GatewayOrder;
  const log = (line: string): void => void process.stderr.write(`${line}\n`);
  const gateway = await openGateway({
    config: readGatewaySettings(file),
    env: process.env,
    folder: dirname(file.path),
    listen: { port: 0 },
    key: null,
    record: null,
    store: { ...store, env: process.env },
    log,
  });
  process.stdout.write(`${JSON.stringify({ url: gateway.url })}\n`);
  await Promise.race([once(lines, 'close'), once(process, 'SIGTERM')]);
  await gateway.close();
}

// What it is called where processes are listed.
process.title = 'jidoka-gateway';
// What a terminal sends to all of a group is for whoever holds the other end of the input.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
try {
  await main();
} catch (error) {
  const why = error instanceof Error ? error.message : String(error);
  process.stdout.write(`${JSON.stringify(isJidokaError(error) ? { why, mend: error.mend } : { why })}\n`);
  process.exitCode = 1;
}
process.exit();
