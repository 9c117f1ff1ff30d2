import { randomBytes } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Factory, ServeOffer } from '../../core/ports/factory.ts';
import { claimDaemon, releaseDaemon } from './claim.ts';
import { type Daemon, databaseName, findDaemon, removeDaemon, writeDaemon } from './daemon-file.ts';
import { type Living, lifeOf } from './life.ts';
import { boundLog } from './log-file.ts';
import { type DaemonPlace, daemonPlace } from './place.ts';
import { daemonRunning } from './refusals.ts';
import { serveUntilStopped } from './serve.ts';
import { stopOrders, type StopOrders } from './stop-orders.ts';

/** Starts the server that the daemon hosts. Throws `port-taken`. */
export type StartApi = (setting: {
  readonly factory: Factory;
  readonly host: string;
  readonly port: number;
  readonly version: string;
  readonly log: (line: string) => void;
  readonly access: { readonly localToken: string };
}) => Promise<{ readonly url: string; close(): Promise<void> }>;

export interface DaemonSetting {
  readonly home: string;
  readonly databaseUrl: string | null;
  readonly host: string;
  /** 0 takes any that is free. */
  readonly port: number;
  /** What `jidoka up` was given beside the port, so that it can be given again; null where something else started this. */
  readonly options: readonly string[] | null;
  readonly offer: ServeOffer;
  readonly version: string;
  openFactory(): Promise<Factory>;
  readonly startApi: StartApi;
  /** Calls back with the name of each signal until the returned function is called. */
  onSignal(listen: (signal: string) => void): () => void;
  say(line: string): void;
  /** Called once, when the daemon answers. */
  ready(daemon: Daemon): void;
}

const logCheckMs = 600_000;

/**
 * Is the daemon of a home until a signal ends it: SIGTERM and SIGINT at once, SIGQUIT when what is in hand is done.
 * Throws `daemon-running`, `port-taken`, what the factory throws, and `database-unavailable` when it can serve no more.
 */
export async function runDaemon(setting: DaemonSetting): Promise<void> {
  const place = daemonPlace(setting.home);
  await mkdir(place.folder, { recursive: true, mode: 0o700 });
  const me = await becomeDaemon(setting.home, place);
  const orders = stopOrders(setting);
  const boundingLog = setInterval(() => void boundLog(place.log).catch((error: unknown) => setting.say(String(error))), logCheckMs);
  try {
    await hostUntilStopped(setting, place, { me, orders });
  } finally {
    clearInterval(boundingLog);
    orders.forget();
    await removeDaemon(place, me);
    await releaseDaemon(place.folder, me);
  }
}

async function becomeDaemon(home: string, { folder }: DaemonPlace): Promise<Living> {
  const me = await lifeOf(process.pid);
  if (me === null) throw new Error('this process cannot be seen by itself');
  const other = await claimDaemon(folder, me);
  if (other !== null) throw daemonRunning(other.pid, (await findDaemon(home))?.url ?? null);
  return me;
}

interface Begun {
  readonly me: Living;
  readonly orders: StopOrders;
}

async function hostUntilStopped(setting: DaemonSetting, place: DaemonPlace, { me, orders }: Begun): Promise<void> {
  const token = await makeToken(place);
  const factory = await setting.openFactory();
  const { startApi, host, port, version, say } = setting;
  try {
    const api = await startApi({ factory, host, port, version, log: say, access: { localToken: token } });
    try {
      const ready = async (): Promise<void> => {
        const daemon = describe(setting, me, { url: api.url, token: basename(place.token) });
        await writeDaemon(place, daemon);
        say(`Serves ${api.url} as process ${me.pid}.`);
        setting.ready(daemon);
      };
      await serveUntilStopped({ factory, offer: setting.offer, orders, say, ready });
    } finally {
      await api.close();
    }
  } finally {
    await factory.close();
  }
}

function describe({ version, databaseUrl, options }: DaemonSetting, me: Living, api: Pick<Daemon, 'url' | 'token'>): Daemon {
  return { ...me, ...api, startedAt: new Date().toISOString(), version, database: databaseName(databaseUrl), options };
}

/** Made anew at each start: whoever read an old one has nothing in hand. */
async function makeToken({ token }: DaemonPlace): Promise<string> {
  const text = randomBytes(32).toString('base64url');
  await rm(token, { force: true });
  await writeFile(token, `${text}\n`, { flag: 'wx', mode: 0o600 });
  return text;
}
