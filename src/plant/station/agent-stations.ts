import type { Json } from '../../core/base/json.ts';
import type { Claim } from '../../core/evidence/fact.ts';
import type { AgentStore, FoundAgent } from '../../core/ports/stations/agents.ts';
import type { Station, StationJob } from '../../core/ports/station.ts';
import { readWhere, whereAre, type SoughtProgram } from '../../core/station/program-question.ts';
import { agentStation, resumptionBy, type AgentStationOptions } from './agent-station.ts';
import { capabilities } from './capabilities.ts';
import type { Driver } from './driver.ts';
import { configuredDriver, namedDrivers } from './drivers.ts';

export interface AgentStationsOptions extends Pick<AgentStationOptions, 'desk' | 'blobs' | 'clock'> {
  readonly agents: Pick<AgentStore, 'known' | 'find'>;
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

/** Where models and keys are, in the variables by which most agents look for them. */
const usualVariables = {
  OPENAI_BASE_URL: '{openai}',
  OPENAI_API_KEY: '{key}',
  ANTHROPIC_BASE_URL: '{anthropic}',
  ANTHROPIC_API_KEY: '{key}',
  GOOGLE_GEMINI_BASE_URL: '{gemini}',
  GEMINI_API_KEY: '{key}',
} as const;

async function performNamed(job: StationJob, options: AgentStationsOptions): Promise<Claim> {
  const [program = '', ...args] = job.run;
  const path = await whereIs(job, { name: program, path: null });
  if (path === null) return missing('acp', program, options.agents);
  const driver = configuredDriver({ args, env: usualVariables });
  return await agentStation({ ...options, driver, agent: { path, version: 'unknown' } }).perform(job);
}

async function perform(job: StationJob, driver: Driver, options: AgentStationsOptions): Promise<Claim> {
  const name = programOf(driver);
  const agent = await foundBy(job, name, options.agents);
  if (agent === null) return missing(driver.name, name, options.agents);
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

async function whereIs({ workspace, signal }: StationJob, program: SoughtProgram): Promise<string | null> {
  const { stdout } = await workspace.spawn({ argv: whereAre([program]), cwd: '', timeoutMs: patienceMs, network: 'none', signal });
  return readWhere(stdout)[0] ?? null;
}

/** No other run of the same stage would find it; another station may be there. */
function missing(station: string, name: string, { known }: AgentStationsOptions['agents']): Claim {
  const pin = known.find((one) => one.name === name)?.recommended;
  const install = pin === undefined ? 'Put it on the PATH of the floor' : `Install it with \`jidoka station add ${name}@${pin}\``;
  const summary = `${name} is not to be found where commands of the workspace run. ${install}, or name another station.`;
  return { kind: 'claim', station, says: 'failed', code: 'agent-missing', summary, steps: [], failure: 'environment', logs: [] };
}
