import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { madeSource, statusSink } from '../../kit/floor/made-source.ts';
import { memoryBlobs } from '../../kit/blobs/index.ts';
import { upstreamAt } from '../../kit/egress/index.ts';
import type { Claim } from '../../src/core/evidence/fact.ts';
import type { TaskPacket } from '../../src/core/packet/packet.ts';
import type { ReportDesk, ToolDesk } from '../../src/core/ports/stations/report-desk.ts';
import type { Floor } from '../../src/core/ports/floor.ts';
import type { StationJob } from '../../src/core/ports/station.ts';
import type { Role } from '../../src/core/station/role.ts';
import type { SessionEvent } from '../../src/core/station/session-event.ts';
import { systemClock } from '../../src/plant/clock/index.ts';
import { openEgress } from '../../src/plant/egress/index.ts';
import { sandboxFloor } from '../../src/plant/floor/index.ts';
import { agentStation, driverNamed } from '../../src/plant/station/index.ts';
import { reportDesk } from '../../src/plant/station/report/index.ts';
import { memoryTape, readScenario, startModelTwin, type TapeEntry } from '../../src/plant/twin/index.ts';
import { agentsFolder } from './real-agent.ts';

/** A sandbox in which real agents do jobs, against a model twin and with the real report desk. */
export interface AgentBench {
  /** Has an agent do a job by a scenario, and tells all that can be told of it. */
  perform(trial: Trial): Promise<Outcome>;
  close(): Promise<void>;
}

export interface Trial {
  readonly driver: string;
  readonly agent: { readonly path: string; readonly version: string };
  /** In the form of docs/TWIN.md, as JSON or YAML. */
  readonly scenario: unknown;
  readonly job?: Partial<StationJob>;
}

export interface Outcome {
  readonly claim: Claim;
  /** What differs from the base, as git says: ' M a.txt'. */
  readonly changed: readonly string[];
  readonly text: string | null;
  readonly events: readonly SessionEvent[];
  /** Tokens as the harness counted them. */
  readonly sums: unknown;
  /** What the model was asked, without side calls. */
  readonly calls: readonly TapeEntry[];
  readonly notes: readonly string[];
  readonly refusals: readonly string[];
}

const files = { 'a.txt': 'broken\n', 'AGENTS.md': '# Rules\n\nWrite nothing but what was asked for.\n' };

/** Some ask for other tools, or for more opinions, with the model that they would choose themselves. */
export const coder: Role = { name: 'coder', prompt: 'You write code.', model: 'twin', tools: 'all' };

export async function openAgentBench(): Promise<AgentBench> {
  const root = await mkdtemp(join(tmpdir(), 'jidoka-agents-'));
  await chmod(root, 0o711);
  const gateway = { url: '' };
  const desk = reportDesk({ version: '0' });
  const none = { registries: async () => [], get: async () => ({ kind: 'failed', class: 'refused', what: 'no registry here' }) as const };
  const egress = openEgress({ upstreams: none, model: { target: (asked) => upstreamAt(gateway.url).target(asked) }, desk });
  const floor = sandboxFloor({ root, clock: systemClock(), env: process.env, log: () => undefined, egress, programs: [agentsFolder] });
  let count = 0;
  return {
    perform: async (trial) => {
      const tape = memoryTape();
      const scenario = readScenario(JSON.stringify(trial.scenario), 'scenario');
      const twin = await startModelTwin({ scenario, port: 0, tape, replay: null });
      gateway.url = twin.url;
      try {
        const done = await performIn({ floor, desk, name: `job-${(count += 1)}` }, trial);
        await twin.close();
        return { ...done, calls: tape.entries().filter(({ kind }) => kind === 'main') };
      } finally {
        await twin.close();
      }
    },
    close: async () => {
      await floor.close();
      await rm(root, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

interface Stand {
  readonly floor: Floor;
  readonly desk: ReportDesk & ToolDesk;
  readonly name: string;
}

async function performIn({ floor, desk, name }: Stand, { driver: driverName, agent, job }: Trial): Promise<Omit<Outcome, 'calls'>> {
  const driver = driverNamed(driverName);
  if (driver === null) throw new Error(`There is no driver ${driverName}.`);
  const workspace = await floor.open(name);
  try {
    await workspace.seed(madeSource(files));
    const blobs = memoryBlobs();
    const notes: string[] = [];
    const station = agentStation({ driver, agent, desk, blobs, clock: systemClock() });
    const claim = await station.perform({
      packet: { noOpRules: [{ code: 'already-fixed', statement: 'It is mended.', proof: 'A place in a file.' }] } as unknown as TaskPacket,
      assignment: { form: 'change', role: coder, text: 'Mend a.txt: it is to say "fixed".' },
      workspace,
      signal: new AbortController().signal,
      run: [],
      feedback: [],
      timeoutMs: 120_000,
      stallMs: null,
      handle: null,
      remember: async () => undefined,
      note: (message) => void notes.push(message),
      ...job,
    });
    const record = claim.logs.find(({ label }) => label.endsWith('events'));
    const lines = record === undefined ? [] : (await blobs.text(record.sha256)).trim().split('\n');
    const events = lines.map((line) => JSON.parse(line) as SessionEvent);
    const { refusals } = await workspace.usage();
    return {
      claim,
      changed: await workspace.harvest(statusSink),
      text: await workspace.files.read('a.txt'),
      events: events.slice(0, -1),
      sums: events.at(-1),
      notes,
      refusals: refusals.map(({ request, why }) => `${request}: ${why}`),
    };
  } finally {
    await workspace.destroy();
  }
}
