import { isJidokaError } from './core/base/error.ts';
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { assertNever } from './core/base/assert-never.ts';
import { parseDigest } from './core/base/ids.ts';
import { redact } from './core/base/redact.ts';
import type { AdvisorySource } from './core/ports/advisories.ts';
import type { AgentStore } from './core/ports/stations/agents.ts';
import type { Blobs } from './core/ports/blobs.ts';
import type { Clock } from './core/ports/clock.ts';
import type { Control } from './core/ports/control.ts';
import type { Credentials } from './core/ports/credentials.ts';
import type { Egress, GitCapability, Lending } from './core/ports/egress.ts';
import type { Engine } from './core/ports/engine.ts';
import type { EvidenceStore } from './core/ports/evidence-store.ts';
import type { Feed } from './core/ports/feed.ts';
import { presetFloor, type Floor, type FloorSettings, type Limits } from './core/ports/floor.ts';
import type { Forge } from './core/ports/forge.ts';
import type { Ledger } from './core/ports/ledger.ts';
import type { Registry } from './core/ports/registry.ts';
import type { Station, StationFamily } from './core/ports/station.ts';
import type { GatewayConfig } from './core/gateway/config/gateway-config.ts';
import type { LiveSetting } from './core/gateway/config/setting.ts';
import { keyNames, withoutNames } from './core/gateway/config/key-names.ts';
import type { GatewayView } from './core/ports/gateway/gateway-door.ts';
import type { ModelAccess } from './core/ports/gateway/model-access.ts';
import type { Logins } from './core/ports/stations/logins.ts';
import type { ReportDesk, ToolDesk } from './core/ports/stations/report-desk.ts';
import type { Digest } from './core/base/ids.ts';
import { systemClock } from './plant/clock/index.ts';
import { openCredentials } from './plant/credentials/index.ts';
import { openControl, openEngine } from './plant/engine/index.ts';
import { evidenceFolders } from './plant/evidence/index.ts';
import { openEgress } from './plant/egress/index.ts';
import {
  containerFloor,
  enginePlaces,
  firstThatHolds,
  floorRoot,
  hostFloor,
  ownPrograms,
  sandboxFloor,
  sshFloor,
} from './plant/floor/index.ts';
import { gitForge } from './plant/forge/index.ts';
import { openGatewayStore } from './plant/gateway/store/index.ts';
import { blobTable, openBlobs, openFeed, openLedger, type OpenFeed } from './plant/ledger/index.ts';
import { openDatabase, refuseMoved, withFileLock, type Database } from './plant/postgres/index.ts';
import { npmRegistry, npmUpstreams } from './plant/registry/index.ts';
import { agentStore } from './plant/station/agents/index.ts';
import { agentStations } from './plant/station/index.ts';
import { reportDesk } from './plant/station/report/index.ts';
import { lateFloor, type LateFloor } from './late-floor.ts';
import { modelFamily, modelWays, type ModelWays } from './model-ways.ts';

export { builtInLine } from './plant/lines/index.ts';

export interface FactoryConfig {
  /** Absolute folder of database, blobs, mirrors, workspaces and evidence. */
  readonly home: string;
  /** A PostgreSQL to use instead of one of our own. */
  readonly databaseUrl: string | null;
  /** Folder with initdb and postgres, instead of those from npm. */
  readonly postgresBin: string | null;
  /** Where commands of target repositories run; the sandbox where nothing is said. */
  readonly floor?: FloorSettings;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  readonly log: (line: string) => void;
}

/** Every machine of one process, open. */
export interface Machines {
  readonly engine: Engine;
  readonly control: Control;
  readonly ledger: Ledger;
  readonly feed: Feed;
  readonly blobs: Blobs;
  readonly floor: Floor;
  /** Where stations of this floor hand in their reports. */
  readonly desk: ReportDesk;
  /** Where a floor of containers looks for an engine when the settings name none. */
  readonly enginePlaces: readonly string[];
  /** Coding agents, by the names of their drivers. */
  readonly agentStations: readonly Station[];
  /** Stations that are made for a name: a model of the gateway. */
  readonly stationFamilies: readonly StationFamily[];
  readonly forge: Forge;
  readonly lending: Lending;
  readonly registry: Registry;
  readonly advisories: AdvisorySource;
  readonly evidence: EvidenceStore;
  readonly credentials: Credentials;
  readonly agents: AgentStore;
  readonly logins: Logins;
  /** The factory's own way to models. */
  readonly models: ModelAccess;
  /** What the owner says of the factory's own gateway; null where it has none. */
  readonly gatewayConfig: GatewayConfig | null;
  /** What operators set on top of it, as it is in force. */
  readonly modelSettings: () => Promise<readonly LiveSetting[]>;
  /** Looks up its keys, and what names lead to as it is set at present. Throws `gateway-failed` where the factory has none. */
  readonly lookAtGateway: (names: readonly string[]) => Promise<GatewayView>;
  /** Starts the factory's own gateway, where it has one; else the first request does. Throws `gateway-failed`. */
  readonly startGateway: () => Promise<void>;
  readonly clock: Clock;
  readonly sha256: (content: string | Uint8Array) => Digest;
  readonly pid: number;
  readonly version: string;
  /** Where the database is, for people; without secrets. */
  readonly database: string;
  close(): Promise<void>;
}

/** Opens every machine once, in the order they rest on each other. */
export async function openMachines(config: FactoryConfig): Promise<Machines> {
  const { home, env } = config;
  const log = telling(config);
  await mkdir(home, { recursive: true });
  const clock = systemClock();
  const forge = gitForge({ root: join(home, 'forge'), env, log, lock: withFileLock });
  const settings = config.floor ?? presetFloor;
  const desk = reportDesk({ version: config.version });
  const ways = await modelWays({
    home,
    env,
    database: { databaseUrl: config.databaseUrl, postgresBin: config.postgresBin },
    now: () => clock.epochMs(),
    log,
  });
  const floor = lateFloor(settings.kind, () => within(settings.limits, floorOf(config, settings, { clock, log, git: forge, desk, ways })));
  const database = await openDatabase({ home, url: config.databaseUrl, binDir: config.postgresBin, env, log });
  try {
    await refuseMoved(database);
    return await machinesOn(database, { config, log, clock, floor, forge, desk, ways });
  } catch (error) {
    await floor.close();
    await database.close();
    throw error;
  }
}

interface Around {
  readonly clock: Clock;
  readonly log: (line: string) => void;
  readonly git: GitCapability;
  readonly desk: ToolDesk;
  readonly ways: ModelWays;
}

function floorOf({ home, env: whole }: FactoryConfig, settings: FloorSettings, { clock, log, git, desk, ways }: Around): Floor {
  const { kind, preset, image, engine, host, least, region } = settings;
  // What a floor starts on this machine, as an ssh client, asks no model: keys of providers are not for it.
  const env = withoutNames(whole, keyNames(ways.config));
  const ground = { root: floorRoot(home, process.getuid?.()), clock, env, log, region };
  const model = ways.upstream;
  const egress = (): Egress => {
    const upstreams = npmUpstreams({ cwd: home, env, cacheFolder: join(home, 'registry-cache') });
    return openEgress({ upstreams, git, model, desk, path: env['PATH'] ?? '' });
  };
  const sandbox = (): Floor => sandboxFloor({ ...ground, egress: egress(), least, programs: [agentFolder(home)] });
  const containers = (): Floor => containerFloor({ ...ground, root: join(home, 'containers'), image, engine, egress: egress() });
  // Where the owner named an image, containers stand in for walls that this machine does not give.
  const standsIn = preset && image !== null;
  switch (kind) {
    case 'host':
      return hostFloor({ ...ground, egress: egress(), routes: ways.routesOnHost });
    case 'sandbox':
      return standsIn ? firstThatHolds(sandbox(), containers()) : sandbox();
    case 'ssh':
      return sshFloor({ host: host ?? '', folder: join(home, 'ssh'), env, log, region, egress: egress(), least });
    case 'container':
      return containers();
    default:
      return assertNever(kind);
  }
}

/** Beside the workspaces: the user that commands run as must be able to pass all folders above. */
function agentFolder(home: string): string {
  return join(dirname(floorRoot(home, process.getuid?.())), 'agents');
}

/** The floor with the owner's limits for workspaces that nobody set others for. */
function within(limits: Partial<Limits>, floor: Floor): Floor {
  return {
    ...floor,
    get kind() {
      return floor.kind;
    },
    open: (name, options = {}) => floor.open(name, { ...options, limits: { ...limits, ...options.limits } }),
    prepare: (order) => floor.prepare({ ...order, limits: { ...limits, ...order.limits } }),
  };
}

interface Ground {
  readonly config: FactoryConfig;
  readonly forge: Forge & Lending;
  readonly log: (line: string) => void;
  readonly clock: Clock;
  readonly floor: LateFloor;
  readonly desk: ReportDesk & ToolDesk;
  readonly ways: ModelWays;
}

async function machinesOn(database: Database, { config, log, clock, floor, forge, desk, ways }: Ground): Promise<Machines> {
  const { home, env, version } = config;
  const registry = npmRegistry({ cwd: home, env, log, clock });
  const feed = leavingWith(openFeed(database), database);
  const store = openGatewayStore({ database, clock, log });
  ways.connect(store);
  const engine = await openEngine({ database, log });
  const agents = agentStore({
    folder: agentFolder(home),
    drafts: `${agentFolder(home)}-drafts`,
    settings: home,
    env,
    withheld: keyNames(ways.config),
    clock,
    run: ownPrograms(clock),
    log,
    lock: withFileLock,
  });
  const blobs = openBlobs(join(home, 'blobs'), redact, blobTable(database));
  return {
    engine,
    enginePlaces: enginePlaces(env),
    agentStations: agentStations({ agents, desk, blobs, clock, missing: (agent) => ways.missing(agent) }),
    stationFamilies: [modelFamily(ways, env, { desk, blobs, clock })],
    feed,
    control: openControl(database),
    ledger: openLedger(database, redact),
    blobs,
    floor,
    desk,
    forge,
    lending: forge,
    registry,
    advisories: registry,
    evidence: evidenceFolders(join(home, 'evidence')),
    credentials: openCredentials(database),
    agents,
    logins: ways.logins,
    models: ways.access,
    gatewayConfig: ways.config,
    modelSettings: () => store.settings.list(),
    lookAtGateway: async (names) => await ways.look(names, await store.settings.list()),
    startGateway: () => ways.start(),
    clock,
    sha256: (content) => parseDigest(createHash('sha256').update(content).digest('hex')),
    pid: process.pid,
    version,
    database: database.where,
    close: async () => {
      for (const one of [agents, engine, ways, store, feed]) await one.close();
      await closeFloor(floor, log);
      await database.close();
    },
  };
}

async function closeFloor(floor: LateFloor, log: (line: string) => void): Promise<void> {
  // A machine that is out of reach is tidied up by whoever reaches it next.
  const untidy = (error: unknown): void => {
    // Where nothing can be confined nothing was opened.
    if (!isJidokaError(error) || error.code !== 'no-sandbox') log(`The floor was not tidied up: ${String(error)}`);
  };
  // Who did not need it leaves it as it is.
  if (floor.isUsed) await floor.reap().catch(untidy);
  await floor.close();
}

/** A feed of a factory that may be moved to another database meanwhile: whoever waits at the old one learns where it is. */
function leavingWith(feed: OpenFeed, database: Database): OpenFeed {
  return {
    ...feed,
    wait: async (maxMs, signal) => {
      await feed.wait(maxMs, signal);
      if (!signal.aborted) await refuseMoved(database);
    },
  };
}

/** What machines say of their everyday is for those who debug; the rest is for everybody. */
function telling({ env, log }: FactoryConfig): (line: string) => void {
  if (env['JIDOKA_DEBUG'] !== undefined) return log;
  return (line) => (line.startsWith('starting PostgreSQL') ? undefined : log(line));
}
