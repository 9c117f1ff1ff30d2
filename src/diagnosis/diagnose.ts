import { access, constants, mkdir, statfs } from 'node:fs/promises';
import { isJidokaError } from '../core/base/error.ts';
import type { AgentDesk, Finding } from '../core/ports/factory.ts';
import type { GatewayConfig } from '../core/gateway/config/gateway-config.ts';
import type { GatewayView } from '../core/ports/gateway/gateway-door.ts';
import type { AdvisorySource } from '../core/ports/advisories.ts';
import { presetFloor, type Floor, type FloorSettings } from '../core/ports/floor.ts';
import type { Forge } from '../core/ports/forge.ts';
import type { Registry } from '../core/ports/registry.ts';
import type { Station } from '../core/ports/station.ts';
import { agentFindings } from './agent-findings.ts';
import { broken, finding } from './finding.ts';
import { floorFindings } from './floor-findings.ts';
import { modelGateways } from './model-gateways.ts';
import { ownGatewaySeen } from './own-gateway.ts';
import { otherFloors } from './other-floors.ts';

interface Diagnosed {
  readonly home: string;
  readonly floor?: FloorSettings;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The machines that are looked at. */
interface Machines {
  readonly engine: { readonly executor: string };
  readonly floor: Floor;
  readonly agentStations: readonly Pick<Station, 'capabilities'>[];
  readonly enginePlaces: readonly string[];
  readonly forge: Pick<Forge, 'open'>;
  readonly registry: Registry;
  readonly advisories: AdvisorySource;
  /** What the owner says of the factory's own gateway; null where it has none. */
  readonly gatewayConfig: GatewayConfig | null;
  readonly lookAtGateway: (names: readonly string[]) => Promise<GatewayView>;
}

const leastFreeBytes = 1024 ** 3;

/** Looks at everything a run needs, each with what to do where it is missing. */
export async function diagnose(
  config: Diagnosed,
  open: () => Promise<Machines>,
  desk: Pick<AgentDesk, 'survey'>,
): Promise<readonly Finding[]> {
  const place = [nodeVersion(), await home(config.home), await disk(config.home)];
  const opened = await open().then(
    (needs) => ({ needs }),
    (error: unknown) => ({ error }),
  );
  if (!('needs' in opened)) return [...place, broken('required', whatFailed(opened.error), opened.error)];
  const { needs } = opened;
  const settings = config.floor ?? presetFloor;
  const looked = await Promise.all([
    floorFindings(needs.floor, settings),
    git(needs),
    registry(needs),
    advisories(needs),
    otherFloors(needs.floor.kind, settings.engine === null ? needs.enginePlaces : [settings.engine], config.env),
    agents(desk, needs, config),
  ]);
  return [...place, finding('required', 'database and engine', true, `open, executor ${needs.engine.executor}`), ...looked.flat()];
}

/** A file that cannot be honoured keeps a factory from opening before its database is looked at. */
function whatFailed(error: unknown): string {
  return isJidokaError(error) && error.code === 'gateway-invalid' ? 'factory file' : 'database and engine';
}

function nodeVersion(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const ok = major > 20 || (major === 20 && minor >= 19);
  return finding('required', 'node', ok, process.versions.node, 'Install Node 20.19 or newer.');
}

async function home(folder: string): Promise<Finding> {
  const writable = await mkdir(folder, { recursive: true })
    .then(() => access(folder, constants.W_OK))
    .then(
      () => true,
      () => false,
    );
  return finding('required', 'home', writable, folder, 'Name a folder you may write with --home or JIDOKA_HOME.');
}

async function disk(folder: string): Promise<Finding> {
  const free = await statfs(folder).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => 0,
  );
  return finding(
    'required',
    'disk',
    free >= leastFreeBytes,
    `${(free / 1024 ** 3).toFixed(1)} GiB free`,
    'Make at least 1 GiB of room, or move the home with --home.',
  );
}

async function git({ forge }: Machines): Promise<Finding> {
  try {
    await forge.open('/');
    return finding('required', 'git', true, 'found');
  } catch (error) {
    // That / is no repository is git's own answer, so git works.
    const works = isJidokaError(error) && error.code === 'repository-invalid';
    return works ? finding('required', 'git', true, 'found') : broken('required', 'git', error);
  }
}

async function registry({ registry: machine }: Machines): Promise<Finding> {
  const answer = await machine.releases('semver');
  const found = answer.kind === 'found' ? 'answers' : answer.kind === 'failed' ? answer.message : 'does not know the package semver';
  return finding(
    'required',
    'npm registry',
    answer.kind === 'found',
    found,
    'Check the network and `npm config get registry`; a run without it ends in RETRYABLE_FAILURE.',
  );
}

async function advisories({ advisories: source }: Machines): Promise<Finding> {
  const answer = await source.advisories(new Map([['semver', ['5.0.0']]]));
  const found = answer.kind === 'found' ? 'the registry answers' : answer.reason;
  return finding(
    'optional',
    'advisory source',
    answer.kind === 'found',
    found,
    'Give OSV files with --advisories; without any, new advisories count as residual risk.',
  );
}

async function agents(
  desk: Pick<AgentDesk, 'survey'>,
  { floor, agentStations, gatewayConfig, lookAtGateway }: Machines,
  { env }: Diagnosed,
): Promise<readonly Finding[]> {
  try {
    const [views, gateways, own] = await Promise.all([
      desk.survey(),
      modelGateways(env),
      gatewayConfig === null ? null : ownGatewaySeen(gatewayConfig, lookAtGateway),
    ]);
    const drivers = agentStations.flatMap(({ capabilities }) => capabilities ?? []);
    return agentFindings(views, gateways, { floor: floor.kind, drivers, own });
  } catch (error) {
    return [broken('optional', 'agents', error)];
  }
}
