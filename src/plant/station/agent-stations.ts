import type { Json } from '../../core/base/json.ts';
import type { Claim } from '../../core/evidence/fact.ts';
import type { AgentStore, FoundAgent } from '../../core/ports/stations/agents.ts';
import type { Station, StationJob } from '../../core/ports/station.ts';
import { readWhere, whereAre, type SoughtProgram } from '../../core/station/program-question.ts';
import { readAgentWords } from './acp/configured.ts';
import { agentStation, resumptionBy, type AgentStationOptions } from './agent-station.ts';
import { capabilities } from './capabilities.ts';
import type { Driver } from './driver.ts';
import { configuredDriver, namedDrivers } from './drivers.ts';

export interface AgentStationsOptions extends Pick<AgentStationOptions, 'desk' | 'blobs' | 'clock'> {
  readonly agents: Pick<AgentStore, 'known' | 'find'>;
  /** Why an agent has no way to a model, as sentences with what to do; null where it has one, or nobody can tell. */
  readonly missing?: (agent: string) => Promise<string | null>;
}

const patienceMs = 20_000;

/**
 * A station for each named driver, and `acp` for any other agent of the Agent Client Protocol, whose program the stage
 * names. Which program is driven is found out each time that it works, where its commands run.
 */
export function agentStations(options: AgentStationsOptions): readonly Station[] {
  const named = namedDrivers.map((driver): Station => {
    const identify = (): Promise<FoundAgent | null> => options.agents.find(programOf(driver));
    const resumption = (handle: Json): ReturnType<typeof resumptionBy> => resumptionBy(driver, handle);
    return { name: driver.name, ...givenBy(driver.name), identify, resumption, perform: (job) => perform(job, driver, options) };
  });
  const configured = configuredDriver({ args: [], env: {} });
  const resumption = (handle: Json): ReturnType<typeof resumptionBy> => resumptionBy(configured, handle);
  return [...named, { name: 'acp', ...givenBy('acp'), resumption, perform: (job) => performNamed(job, options) }];
}

function givenBy(name: string): Pick<Station, 'capabilities'> {
  const found = capabilities.find(({ driver }) => driver === name);
  return found === undefined ? {} : { capabilities: found };
}

async function performNamed(job: StationJob, options: AgentStationsOptions): Promise<Claim> {
  const { program, ...configuration } = readAgentWords(job.run);
  // One that the factory can install is called by its name, wherever it is.
  const isKnown = options.agents.known.some(({ name }) => name === program);
  const agent = isKnown ? await foundBy(job, program, options.agents) : await onPath(job, program);
  if (agent === null) return missing('acp', program, options.agents);
  job.note(`acp: ${program} ${agent.version} at ${agent.path}`);
  return await agentStation({ ...options, driver: configuredDriver(configuration), agent }).perform(job);
}

async function perform(job: StationJob, driver: Driver, options: AgentStationsOptions): Promise<Claim> {
  const name = programOf(driver);
  const agent = await foundBy(job, name, options.agents);
  if (agent === null) return missing(driver.name, name, options.agents);
  const why = (await options.missing?.(driver.name.replace(/^acp:/, ''))) ?? null;
  if (why !== null) return unable(driver.name, 'gateway-missing', why);
  job.note(`${driver.name}: ${name} ${agent.version} at ${agent.path}`);
  return await agentStation({ ...options, driver, agent }).perform(job);
}

/** Name of the program that is started: the agent's own, or that of the adapter which speaks for it. */
function programOf({ name }: Driver): string {
  return capabilities.find(({ driver }) => driver === name)?.adapter ?? name.replace(/^acp:/, '');
}

/** The program as commands of this workspace see it: in the factory's folder, or on their own PATH. */
async function foundBy(
  job: StationJob,
  name: string,
  agents: AgentStationsOptions['agents'],
): Promise<AgentStationOptions['agent'] | null> {
  const found = await agents.find(name);
  const program = agents.known.find((known) => known.name === name)?.program ?? name;
  const path = await whereIs(job, { name: program, path: found?.path ?? null });
  if (path === null) return null;
  return { path, version: found?.path === path ? found.version : 'unknown' };
}

async function onPath(job: StationJob, name: string): Promise<AgentStationOptions['agent'] | null> {
  const path = await whereIs(job, { name, path: null });
  return path === null ? null : { path, version: 'unknown' };
}

async function whereIs({ workspace, signal }: StationJob, program: SoughtProgram): Promise<string | null> {
  const { stdout } = await workspace.spawn({ argv: whereAre([program]), cwd: '', timeoutMs: patienceMs, network: 'none', signal });
  return readWhere(stdout)[0] ?? null;
}

function missing(station: string, name: string, { known }: AgentStationsOptions['agents']): Claim {
  const pin = known.find((one) => one.name === name)?.recommended;
  const install = pin === undefined ? 'Put it on the PATH of the floor' : `Install it with \`jidoka station add ${name}@${pin}\``;
  const summary = `${name} is not to be found where commands of the workspace run. ${install}, or name another station.`;
  return unable(station, 'agent-missing', summary);
}

/** No other run of the same stage would find it otherwise; another station may be there. */
function unable(station: string, code: string, summary: string): Claim {
  return { kind: 'claim', station, says: 'failed', code, summary, steps: [], failure: 'environment', logs: [] };
}
