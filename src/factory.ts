import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDigest, parseRunId } from './core/base/ids.ts';
import type { Json } from './core/base/json.ts';
import { redact } from './core/base/redact.ts';
import type { Factory, Progress, Watch } from './core/ports/factory.ts';
import { systemClock } from './plant/clock/index.ts';
import { openEngine } from './plant/engine/index.ts';
import { evidenceFolders } from './plant/evidence/index.ts';
import { floorRoot, hostFloor } from './plant/floor/index.ts';
import { gitForge } from './plant/forge/index.ts';
import { openBlobs, openLedger } from './plant/ledger/index.ts';
import { builtInLine } from './plant/lines/index.ts';
import { openDatabase } from './plant/postgres/index.ts';
import { npmRegistry } from './plant/registry/index.ts';
import { evidenceFiles } from './works/delivery/index.ts';
import { diagnose } from './doctor.ts';
import { parseLine } from './works/line-file/index.ts';
import { mechanic } from './works/mechanic/index.ts';
import { resumeRun, runDetails, runSummaries, workRequest, type RunEngine } from './works/dispatch/index.ts';
import { lineWorkflow, type RunNeeds } from './works/run/index.ts';

export interface FactoryConfig {
  /** Absolute folder of database, blobs, mirrors, workspaces and evidence. */
  readonly home: string;
  /** A PostgreSQL to use instead of one of our own. */
  readonly databaseUrl: string | null;
  /** Folder with initdb and postgres, instead of those from npm. */
  readonly postgresBin: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  readonly log: (line: string) => void;
}

/**
 * Joins works and plant: the one place that knows both. Opening is cheap; the database, the engine and the floor start
 * with the first request that needs them.
 */
export async function createFactory(config: FactoryConfig): Promise<Factory> {
  const audience = new Audience();
  const house = await buildHouse(config, audience);
  return {
    run: (request, watch) =>
      audience.during(watch, async () => {
        const file = request.lineFile ?? (await builtInLine(request.line));
        const line = parseLine(file.text, file.path);
        const { needs, engine } = await house.open();
        return await workRequest(request, { line, needs, engine });
      }),
    resume: (run, watch) =>
      audience.during(watch, async () => {
        const { needs, engine } = await house.open();
        return await resumeRun(run, needs, engine);
      }),
    runs: async (filter) => {
      const { needs, isUnderWay } = await house.open();
      return await runSummaries(needs.ledger, isUnderWay, filter);
    },
    show: async (run) => {
      const { needs, isUnderWay } = await house.open();
      return await runDetails(needs.ledger, isUnderWay, run);
    },
    evidence: async (text, out) => {
      const { needs, isUnderWay } = await house.open();
      const { summary, result, events } = await runDetails(needs.ledger, isUnderWay, text);
      const run = parseRunId(summary.run);
      const dir = await needs.evidence.write(run, await evidenceFiles(run, events, needs.blobs), out);
      return { run, dir, head: result?.evidence.head ?? '', ref: result?.evidence.ref ?? null };
    },
    doctor: async () => await diagnose(config, () => house.open().then(({ needs }) => needs)),
    close: () => house.close(),
  };
}

interface Open {
  readonly needs: RunNeeds;
  readonly engine: RunEngine;
  readonly isUnderWay: (run: string) => Promise<boolean>;
}

interface House {
  open(): Promise<Open>;
  close(): Promise<void>;
}

async function buildHouse(config: FactoryConfig, audience: Audience): Promise<House> {
  let opening: Promise<Open & { close(): Promise<void> }> | null = null;
  let closed = false;
  return {
    open: () => {
      opening ??= openHouse(config, audience);
      return opening;
    },
    close: async () => {
      if (closed) return;
      closed = true;
      await opening?.then((open) => open.close()).catch(() => undefined);
    },
  };
}

/** Opens every machine once, in the order they rest on each other. */
async function openHouse(config: FactoryConfig, audience: Audience): Promise<Open & { close(): Promise<void> }> {
  const { home, env, version } = config;
  const log = telling(config);
  await mkdir(home, { recursive: true });
  const clock = systemClock();
  const floor = hostFloor({ root: floorRoot(home, process.getuid?.()), clock, env, log });
  // The floor looks at its tools while the database starts; whoever needs it hears of a failure.
  floor.probe().catch(() => undefined);
  const database = await openDatabase({ home, url: config.databaseUrl, binDir: config.postgresBin, env, log });
  const registry = npmRegistry({ cwd: home, env, log, clock });
  const machines = {
    ledger: openLedger(database, redact),
    blobs: openBlobs(join(home, 'blobs'), redact),
    floor,
    forge: gitForge({ root: join(home, 'forge'), env, log }),
    registry,
    advisories: registry,
    evidence: evidenceFolders(join(home, 'evidence')),
    stations: new Map([['mechanic', mechanic({ registry })]]),
    clock,
    sha256: (content: string | Uint8Array) => parseDigest(createHash('sha256').update(content).digest('hex')),
    pid: process.pid,
    version,
    progress: (progress: Progress) => audience.tell(progress),
  };
  // The workflow is made before the engine is open, and the engine says who this process is.
  const needsOf = (executor: string): RunNeeds => ({ ...machines, executor });
  const engine: RunEngine = await openEngine<Json, Json>({
    database,
    name: 'run',
    workflow: (context, input) => lineWorkflow(needsOf(engine.executor))(context, input),
    log,
  }).catch(async (error: unknown) => {
    await database.close();
    throw error;
  });
  return {
    needs: needsOf(engine.executor),
    engine,
    isUnderWay: async (run) => (await engine.state(run)).kind === 'running',
    close: async () => {
      await engine.close();
      await floor.reap();
      await database.close();
    },
  };
}

/** What machines say of their everyday is for those who debug; the rest is for everybody. */
function telling({ env, log }: FactoryConfig): (line: string) => void {
  if (env['JIDOKA_DEBUG'] !== undefined) return log;
  return (line) => (/^(dbos (info|debug)|starting PostgreSQL)/.test(line) ? undefined : log(line));
}

/** Who watches the work of this process; one request at a time has the floor's ear. */
class Audience {
  #watch: Watch | undefined;

  tell(progress: Progress): void {
    this.#watch?.(progress);
  }

  async during<T>(watch: Watch | undefined, work: () => Promise<T>): Promise<T> {
    this.#watch = watch;
    try {
      return await work();
    } finally {
      this.#watch = undefined;
    }
  }
}
