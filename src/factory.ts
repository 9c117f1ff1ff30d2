import { parseRunId } from './core/base/ids.ts';
import { personOnly } from './core/gate/person-only.ts';
import type { Line } from './core/line/line.ts';
import type { Service } from './core/ports/engine.ts';
import type { Credentials } from './core/ports/credentials.ts';
import type { Factory, LineFile, Progress, RunRequest, Serving, Watch } from './core/ports/factory.ts';
import type { Router } from './core/ports/gateway/router.ts';
import type { Feed } from './core/ports/feed.ts';
import { builtInLine, openMachines, type FactoryConfig, type Machines } from './machines.ts';
import { evidenceFiles } from './works/delivery/index.ts';
import { autoPlan, resolveSlot } from './core/gateway/config/resolve-slot.ts';
import { withSettings } from './core/gateway/config/setting.ts';
import { publicPriors } from './shipped.ts';
import { diagnose } from './diagnosis/diagnose.ts';
import {
  performRequest,
  resumeRun,
  runDetails,
  runSummaries,
  stopRun,
  submitRequest,
  workRequest,
  type Crew,
} from './works/dispatch/index.ts';
import { agentDesk } from './works/agents/index.ts';
import { floorDesk, whereabouts } from './works/floor/index.ts';
import { gateDesk } from './works/gate/index.ts';
import { mechanic } from './works/mechanic/index.ts';
import { operations } from './works/operations/index.ts';
import { decideRoute, routingDesk } from './works/routing/index.ts';
import { performRunStep, type RunNeeds } from './works/run/index.ts';
import { fireSchedule } from './works/schedule/index.ts';
import { commandStation, playedStation, stationBook } from './works/station/index.ts';
import { sweepFloor } from './works/sweep/index.ts';

export type { FactoryConfig } from './machines.ts';

/**
 * Joins works with their machines: the one place that does. Opening is cheap; the database, the engine and the floor
 * start with the first request that needs them, unless `machines` are being opened already.
 */
export async function createFactory(config: FactoryConfig, machines: Promise<Machines> | null = null): Promise<Factory> {
  const audience = new Audience();
  const house = new House(config, audience, machines);
  const needs = async (): Promise<RunNeeds> => (await house.open()).needs;
  const agents = agentDesk(async () => {
    const open = await house.open();
    return { ...open.needs, agents: open.machines.agents, logins: open.machines.logins };
  });
  return {
    run: (request, watch, signal) =>
      audience.during(watch, async () => {
        const line = await lineOf(request);
        const open = await house.open();
        lookAhead(open);
        return await workRequest(request, { line, needs: open.needs, crew: house, signal: house.whileOpen(signal) });
      }),
    submit: async (request, options = {}) => {
      const named = await underItsLine(request);
      const open = await needs();
      const order = { key: options.key ?? null, notBefore: options.notBefore ?? null };
      return await open.engine.transaction((tx) => submitRequest(named, order, open, tx));
    },
    resume: (run, watch) =>
      audience.during(watch, async () => {
        const open = await house.open();
        lookAhead(open);
        return await resumeRun(run, open.needs, house, house.whileOpen());
      }),
    cancel: async (run, order) => {
      personOnly(order.actor, 'cancel a run');
      return await stopRun(run, { by: order.actor.name, why: order.why }, await needs());
    },
    runs: async (filter) => await runSummaries(await needs(), filter),
    show: async (run) => await runDetails(await needs(), run),
    evidence: async (text, out) => {
      const open = await needs();
      const { summary, result, events } = await runDetails(open, text);
      const run = parseRunId(summary.run);
      const dir = await open.evidence.write(run, await evidenceFiles(run, events, open.blobs), out);
      return { run, dir, head: result?.evidence.head ?? '', ref: result?.evidence.ref ?? null };
    },
    doctor: async () => await diagnose(config, async () => (await house.open()).machines, agents),
    where: async (run) => await whereabouts(run, await needs()),
    floor: floorDesk(needs),
    agents,
    serve: (offer) => house.serve(offer),
    gates: gateDesk(needs),
    routing: routingDesk(needs, async () => await (await house.open()).machines.modelSettings()),
    operations: operations(needs, { database: async () => (await house.open()).machines.database, underItsLine }),
    credentials: lateCredentials(async () => (await house.open()).machines.credentials),
    feed: lateFeed(async () => (await needs()).feed),
    close: () => house.close(),
  };
}

/** The line a request names, checked. */
async function lineOf(request: RunRequest): Promise<Line> {
  const works = await import('./works/line-file/index.ts'); // most processes read no line
  const file: LineFile = request.lineFile ?? (await builtInLine(request.line));
  const line = works.withScript(works.parseLine(file.text, file.path, file.roles, file.skills), request);
  const manned = request.station === undefined ? works.withoutUnnamed(line) : works.forceStation(line, request.station);
  works.refuseUnscripted(manned);
  return manned;
}

/** The request under the name that its line file gives: pauses and limits of that line are its own. */
async function underItsLine(request: RunRequest): Promise<RunRequest> {
  return { ...request, line: (await lineOf(request)).name };
}

interface Open {
  readonly needs: RunNeeds;
  readonly machines: Machines;
}

/** The floor looks at its walls and tools while the first step is found; whoever needs it hears of a failure. */
function lookAhead({ machines }: Open): void {
  machines.floor.probe().catch(() => undefined);
}

/** What is open in this process, and who works in it. */
class House implements Crew {
  readonly #config: FactoryConfig;
  readonly #audience: Audience;
  #machines: Promise<Machines> | null;
  #opening: Promise<Open> | null = null;
  #open: Open | null = null;
  #own: Service | null = null;
  #serving = false;
  readonly #closed = new AbortController();

  constructor(config: FactoryConfig, audience: Audience, machines: Promise<Machines> | null) {
    this.#config = config;
    this.#audience = audience;
    this.#machines = machines;
  }

  open(): Promise<Open> {
    this.#opening ??= this.#openOnce();
    return this.#opening;
  }

  /** The hands of a process that is no worker: they do what it asked for itself. */
  service(): Service | null {
    if (this.#serving || this.#open === null) return null;
    const { needs } = this.#open;
    const offer = { role: 'caller', name: null, queues: null, labels: [], atOnce: 2, version: needs.version } as const;
    this.#own ??= needs.engine.serve(offer, (step, signal) => this.#perform(step, signal));
    return this.#own;
  }

  async serve(offer: Parameters<Factory['serve']>[0]): Promise<Serving> {
    const { needs, machines } = await this.open();
    this.#serving = true;
    // Its keys are looked up now, and not in the middle of the first job. What keeps it from starting, each request is told again.
    machines.startGateway().catch((error: unknown) => this.#config.log(error instanceof Error ? error.message : String(error)));
    const service = needs.engine.serve({ role: 'worker', version: needs.version, ...offer }, (step, signal) => this.#perform(step, signal));
    const sweeping = new AbortController();
    const swept = sweepFloor(needs, sweeping.signal);
    return {
      executor: needs.engine.executor,
      lost: service.lost,
      stop: async (how) => {
        sweeping.abort();
        await service.stop(how);
        await swept;
      },
    };
  }

  /** Aborted by a signal, and when the house is closed: who waits here is not to go on asking machines that are gone. */
  whileOpen(signal?: AbortSignal): AbortSignal {
    return signal === undefined ? this.#closed.signal : AbortSignal.any([this.#closed.signal, signal]);
  }

  async close(): Promise<void> {
    if (this.#closed.signal.aborted) return;
    this.#closed.abort();
    await this.#own?.stop('at-once');
    await this.#machines?.then((machines) => machines.close()).catch(() => undefined);
  }

  async #openOnce(): Promise<Open> {
    this.#machines ??= openMachines(this.#config);
    const machines = await this.#machines;
    const crew = [mechanic({ registry: machines.registry }), commandStation(), ...machines.agentStations];
    const played = (['script:', 'replay:'] as const).map((word) => ({
      word,
      make: (rest: string) => playedStation(`${word}${rest}`, machines),
    }));
    const stations = stationBook(crew, [...machines.stationFamilies, ...played]);
    const progress = (told: Progress): void => this.#audience.tell(told);
    this.#open = { machines, needs: { ...machines, stations, progress, router: await routerOf(machines) } };
    return this.#open;
  }

  async #perform(...[step, signal]: Parameters<Parameters<RunNeeds['engine']['serve']>[1]>): Promise<void> {
    const { needs } = await this.open();
    switch (step.kind) {
      case 'run':
        return await performRunStep(step, signal, needs);
      case 'schedule':
        return await fireSchedule(step, needs);
      case 'request':
        return await performRequest(step, signal, { needs, crew: this, lineOf });
    }
  }
}

/** Chooses plans by the owner's settings; null where the factory has no gateway of its own. */
async function routerOf(machines: Machines): Promise<Router | null> {
  const config = machines.gatewayConfig;
  if (config === null) return null;
  const priors = await publicPriors();
  const inForce = async () => withSettings(config, await machines.modelSettings());
  return {
    models: Object.keys(config.models),
    chooses: async (slot) => resolveSlot((await inForce()).config, slot)?.plan === autoPlan,
    decide: async ({ station, ...question }) =>
      decideRoute({ ...question, ...(await inForce()), priors, harness: station.replace(/^acp:/, ''), usdLeft: null }, machines),
  };
}

/** Who watches the work of this process; of several requests at once the last one hears of it, until it has ended. */
class Audience {
  readonly #watches: Watch[] = [];

  tell(progress: Progress): void {
    this.#watches.at(-1)?.(progress);
  }

  async during<T>(watch: Watch | undefined, work: () => Promise<T>): Promise<T> {
    const own: Watch = (progress) => watch?.(progress);
    this.#watches.push(own);
    try {
      return await work();
    } finally {
      this.#watches.splice(this.#watches.indexOf(own), 1);
    }
  }
}

/** A feed of a house that is opened with the first question. */
function lateFeed(open: () => Promise<Feed>): Feed {
  return {
    after: async (cursor, options) => (await open()).after(cursor, options),
    end: async () => (await open()).end(),
    wait: async (maxMs, signal) => (await open()).wait(maxMs, signal),
  };
}

function lateCredentials(open: () => Promise<Credentials>): Credentials {
  return {
    add: async (holder) => (await open()).add(holder),
    list: async () => (await open()).list(),
    remove: async (name) => (await open()).remove(name),
    who: async (token) => (await open()).who(token),
  };
}
