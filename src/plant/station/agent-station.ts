import type { Json } from '../../core/base/json.ts';
import type { Blobs } from '../../core/ports/blobs.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Claim } from '../../core/evidence/fact.ts';
import type { Workspace } from '../../core/ports/floor.ts';
import type { ReportDesk } from '../../core/ports/stations/report-desk.ts';
import type { Station, StationJob } from '../../core/ports/station.ts';
import { claimOf } from './claim.ts';
import type { Driver } from './driver.ts';
import type { Role } from '../../core/station/role.ts';
import type { AgentOrder, PlacedFile } from './harness/harness.ts';
import { readMemory, recordAgent, reportIn } from './memory.ts';
import { placeFiles } from './place-files.ts';
import { firstPrompt, instructionsOf } from './prompt.ts';
import { reachOf } from './reach.ts';
import { openSession } from './session/session.ts';
import { supervise, type Supervision } from './supervise.ts';

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
 * ends with this process; the next one goes on in the same tree with the agent's own session, or with the report that had
 * been accepted by then.
 *
 * @example
 * const station = agentStation({ driver: driverNamed('codex'), agent: { path: '/agents/codex', version: '0.169.0' }, desk, blobs, clock });
 * const claim = await station.perform(job);
 */
export function agentStation(options: AgentStationOptions): Station {
  const { driver, provider } = options;
  return {
    name: driver.name,
    ...(provider === undefined ? {} : { provider }),
    resumption: (handle) => resumptionBy(driver, handle),
    perform: (job) => perform(job, options),
  };
}

/** How an agent is gone on with, by what is on record of it. */
export function resumptionBy({ name, resumes }: Pick<Driver, 'name' | 'resumes'>, handle: Json): 'session' | 'reported' | null {
  const memory = readMemory(name, handle);
  if (memory === null) return null;
  if (memory.report !== null) return 'reported';
  return resumes && memory.session !== null ? 'session' : null;
}

/** How often an agent that ended without a report is asked for one. */
const followUps = 2;

async function perform(job: StationJob, options: AgentStationOptions): Promise<Claim> {
  const { driver, desk, blobs, clock } = options;
  const before = readMemory(driver.name, job.handle);
  const handedIn = reportIn(before, job.assignment.form);
  if (handedIn !== null) return claimOf(driver.name, { ...nothingMore, report: handedIn }, []);
  const order = await orderOf(job, options);
  const files = driver.files(order);
  await placeFiles(job.workspace, order.home, [...files, ...skillFiles(driver, job.assignment.role)], before === null);
  const first = firstPrompt(job, await rulesIn(job.workspace));
  // Of an agent without files nobody knows where it would look for what it is.
  const prompt = files.length === 0 ? `${order.instructions}\n\n${first}` : first;
  const enough = new AbortController();
  const recorder = await recordAgent(driver.name, job, before, () => enough.abort());
  const session = openSession({ name: driver.name, clock, enough: () => enough.abort() });
  const open: Supervision['open'] = (wire) => driver.open(order, wire);
  const former = before?.session ?? null;
  const course = await supervise(job, { driver, open, prompt, desk, session, clock, enough, followUps, recorder, former });
  await recorder.settled();
  return claimOf(driver.name, course, await session.store(blobs));
}

/** The course of a job to which nothing was added after its report. */
const nothingMore = { refused: null, usage: null, lastError: null, lastWord: null, exit: null, turns: 0 } as const;

/** Skills lie in the home, where the agent looks for them by itself, and never in the tree. */
function skillFiles({ skills: folder = '.agents/skills' }: Driver, role: Role | null): readonly PlacedFile[] {
  return (role?.skills ?? []).flatMap(({ name, files }) =>
    Object.entries(files).map(([path, text]) => ({ path: `${folder}/${name}/${path}`, text })),
  );
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
    ...(assignment.role?.budget === undefined ? {} : { budget: assignment.role.budget }),
    ...((assignment.role?.skills ?? []).length === 0 ? {} : { hasSkills: true }),
    instructions: instructionsOf(job),
  };
}

/** Files in which repositories keep rules for agents. They are named to every agent alike, whichever it would find by itself. */
const rulesFiles = ['AGENTS.md', 'CLAUDE.md', 'GEMINI.md'];

async function rulesIn({ files }: Workspace): Promise<readonly string[]> {
  const found = await Promise.all(rulesFiles.map((path) => files.read(path).catch(() => null)));
  return rulesFiles.filter((_path, at) => found[at] !== null);
}
