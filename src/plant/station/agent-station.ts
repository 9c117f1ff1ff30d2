import type { Blobs } from '../../core/ports/blobs.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Claim } from '../../core/evidence/fact.ts';
import type { Workspace } from '../../core/ports/floor.ts';
import type { ReportDesk } from '../../core/ports/stations/report-desk.ts';
import type { Station, StationJob } from '../../core/ports/station.ts';
import { claimOf } from './claim.ts';
import type { Driver } from './driver.ts';
import type { AgentOrder } from './harness/harness.ts';
import { placeFiles } from './place-files.ts';
import { firstPrompt, instructionsOf } from './prompt.ts';
import { reachOf } from './reach.ts';
import { openSession } from './session/session.ts';
import { supervise } from './supervise.ts';

export interface AgentStationOptions {
  /** How the agent is driven; see `driverNamed`. */
  readonly driver: Driver;
  /** Its program, by the path that commands of the workspace see, and the version that was found. */
  readonly agent: { readonly path: string; readonly version: string };
  readonly desk: ReportDesk;
  readonly blobs: Pick<Blobs, 'put'>;
  readonly clock: Clock;
  /** Who is paid for it, for limits on a provider. */
  readonly provider?: string;
  /** Where gateway and desk are on a floor that has no way out of its own: ANTHROPIC_BASE_URL, JIDOKA_REPORT_URL and so on. */
  readonly given?: Readonly<Record<string, string>>;
}

/**
 * A station that has a coding agent do the job inside of the workspace. Nothing that the agent says is believed, and no
 * exit code: the claim comes of the report that the desk accepted. Without one the agent is asked twice more; then the
 * claim is `failed`, with the class of the last error that was seen, or without a class where nothing failed. The agent
 * ends with this process; what an earlier life began is begun anew.
 *
 * @example
 * const station = agentStation({ driver: driverNamed('codex'), agent: { path: '/agents/codex', version: '0.169.0' }, desk, blobs, clock });
 * const claim = await station.perform(job);
 */
export function agentStation(options: AgentStationOptions): Station {
  const { driver, provider } = options;
  return { name: driver.name, ...(provider === undefined ? {} : { provider }), perform: (job) => perform(job, options) };
}

async function perform(job: StationJob, options: AgentStationOptions): Promise<Claim> {
  const { driver, desk, blobs, clock } = options;
  const order = await orderOf(job, options);
  await placeFiles(job.workspace, order.home, driver.files(order));
  const first = firstPrompt(job, await rulesIn(job.workspace));
  const prompt = driver.roleInPrompt === true ? `${order.instructions}\n\n${first}` : first;
  const enough = new AbortController();
  const session = openSession({ name: driver.name, clock, enough: () => enough.abort() });
  const course = await supervise(job, { driver, order, prompt, desk, session, clock, enough });
  return claimOf(driver.name, course, await session.store(blobs));
}

async function orderOf(job: StationJob, { agent, given = {} }: AgentStationOptions): Promise<AgentOrder> {
  const { workspace, assignment } = job;
  return {
    program: agent.path,
    version: agent.version,
    root: workspace.root,
    home: `${workspace.scratch}/agent`,
    reach: await reachOf(workspace, given),
    model: assignment.role?.model ?? null,
    tools: assignment.role?.tools ?? 'all',
    instructions: instructionsOf(job),
  };
}

/** Files in which repositories keep rules for agents. They are named to every agent alike, whichever it would find by itself. */
const rulesFiles = ['AGENTS.md', 'CLAUDE.md', 'GEMINI.md'];

async function rulesIn({ files }: Workspace): Promise<readonly string[]> {
  const found = await Promise.all(rulesFiles.map((path) => files.read(path).catch(() => null)));
  return rulesFiles.filter((_path, at) => found[at] !== null);
}
