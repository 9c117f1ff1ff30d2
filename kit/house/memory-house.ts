import { memoryBlobs } from '../blobs/index.ts';
import { manualClock } from '../clock/index.ts';
import { memoryControl } from '../control/index.ts';
import { memoryEngine, memoryPlant, type MemoryEngine } from '../engine/index.ts';
import { sha256 } from '../evidence/index.ts';
import { memoryFeed } from '../feed/index.ts';
import { memoryLedger } from '../ledger/index.ts';
import { memoryRegistry, type FakePackage } from '../registry/index.ts';
import { memoryTransactions } from '../tx/index.ts';
import type { RunId } from '../../src/core/base/ids.ts';
import type { EventBody } from '../../src/core/evidence/event.ts';
import type { HeldStep, NewWork, Offer, Service, WorkView } from '../../src/core/ports/engine.ts';
import type { Router } from '../../src/core/ports/gateway/router.ts';
import type { Progress } from '../../src/core/ports/factory.ts';
import type { Station } from '../../src/core/ports/station.ts';
import { MemoryGround } from './memory-floor.ts';
import { memoryForge } from './memory-forge.ts';
import { memoryModels } from './memory-models.ts';
import { OneConnection } from './one-connection.ts';
import { Programs } from './programs.ts';

/** What the works of a house are made of: machines for all of them, and a process of their own. */
export type HouseNeeds = ReturnType<MemoryHouse['needsOf']>;

/** Does steps, by the kind of their work. */
export type Hands = Readonly<Record<NewWork['kind'], (step: HeldStep, signal: AbortSignal, process: HouseProcess) => Promise<void>>>;

/** Hands that do the steps of runs, and of nothing else. */
export function onlyRuns(run: Hands['run']): Hands {
  const never = (): never => {
    throw new Error('only runs here');
  };
  return { run, schedule: never, request: never };
}

export interface HouseProcess {
  readonly engine: MemoryEngine;
  readonly needs: HouseNeeds;
  /** The hands of this process; takes whatever comes. */
  serve(offer?: Partial<Offer>): Service;
}

export interface HouseOptions {
  readonly hands: Hands;
  /** Files of the one repository. */
  readonly files?: Readonly<Record<string, string>>;
  readonly packages?: readonly FakePackage[];
}

/** A factory in memory: its store outlives its processes, and its time passes by hand. */
export class MemoryHouse {
  readonly clock = manualClock();
  readonly programs = new Programs();
  readonly models = memoryModels();
  /** Set it to have plans chosen. */
  router: Router | null = null;
  readonly stations = new Map<string, Station>();
  readonly progress: Progress[] = [];
  /** Evidence folders by run. */
  readonly folders = new Map<string, ReadonlyMap<string, Uint8Array>>();
  readonly ground = new MemoryGround(this.programs, () => this.clock.now());
  readonly plant = memoryPlant(this.clock, memoryTransactions());
  readonly blobs = memoryBlobs();
  readonly registry: ReturnType<typeof memoryRegistry>;
  readonly forge: ReturnType<typeof memoryForge>;
  readonly #connection = new OneConnection();
  readonly #ledger = memoryLedger();
  readonly ledger = this.#connection.ledger(this.#ledger);
  readonly control = this.#connection.control(memoryControl(this.plant));
  readonly feed = memoryFeed(this.#ledger);
  readonly #hands: Hands;
  readonly #onlooker = memoryEngine(this.plant);
  #changes = 0;

  constructor({ hands, files = { 'shop.js': 'export const open = true;\n' }, packages = [] }: HouseOptions) {
    this.#hands = hands;
    this.registry = memoryRegistry(packages);
    this.forge = memoryForge(files, this.ground);
    this.#ledger.onMore(() => (this.#changes += 1));
    this.plant.onChange(() => (this.#changes += 1));
  }

  /** A process of this factory; its death leaves the store as it is. */
  process(): HouseProcess {
    const engine = this.#connection.engine(memoryEngine(this.plant));
    const process: HouseProcess = {
      engine,
      needs: this.needsOf(engine),
      serve: (offer = {}) =>
        engine.serve({ role: 'worker', name: null, queues: null, labels: [], atOnce: 8, version: '0.0.0', ...offer }, (step, signal) =>
          this.#hands[step.kind](step, signal, process),
        ),
    };
    return process;
  }

  needsOf(engine: MemoryEngine) {
    const { control, ledger, feed, blobs, registry, forge, stations, clock, folders } = this;
    const write = async (run: string, files: ReadonlyMap<string, Uint8Array>): Promise<string> => (
      folders.set(run, files),
      `/evidence/${run}`
    );
    return {
      engine,
      control,
      ledger,
      feed,
      blobs,
      registry,
      forge,
      lending: { lend: async () => {}, takeBack: async () => {} },
      models: this.models,
      router: this.router,
      stations,
      clock,
      sha256,
      floor: this.ground.floor(engine.executor, (executor) => this.plant.executors.get(executor)?.isLive === true),
      advisories: { advisories: async () => ({ kind: 'unavailable', source: 'none', reason: 'none' }) as const },
      evidence: { write, place: (run: string) => `/evidence/${run}` },
      pid: 1,
      version: '0.0.0',
      progress: (told: Progress) => void this.progress.push(told),
    };
  }

  async bodies(run: RunId): Promise<readonly EventBody[]> {
    return (await this.ledger.read(run)).map(({ body }) => body);
  }

  /** What a run's events of one type say. */
  async told<Type extends EventBody['type']>(run: RunId, type: Type): Promise<readonly Extract<EventBody, { type: Type }>[]> {
    const isOfType = (body: EventBody): body is Extract<EventBody, { type: Type }> => body.type === type;
    return (await this.bodies(run)).filter(isOfType);
  }

  /** A work as whoever looks from outside sees it. */
  async view(work: string): Promise<WorkView> {
    const view = await this.#onlooker.work(work);
    if (view !== null) return view;
    throw new Error(`No work is called ${work}.`);
  }

  /** Resolves when a work has ended. */
  async ended(work: string): Promise<void> {
    await this.until(async () => {
      const { state, failure } = await this.view(work);
      if (state === 'failed') throw new Error(`Work ${work} failed: ${failure}`);
      return state === 'ended';
    });
  }

  /**
   * Resolves when `holds` does, however long what it waits for takes. Throws where nothing has happened for so long that nothing
   * will: no change in the store, and no file read.
   */
  async until(holds: () => boolean | Promise<boolean>): Promise<void> {
    for (const stands = this.#standsStill(); !(await holds());) {
      const still = stands();
      if (still === longestStill) throw new Error('What was waited for does not come; nothing stands still for so long here.');
      await (still < promptTurns ? turn() : wait(lookMs));
    }
  }

  /** Resolves when nothing has happened for a while and nothing will without a person, a program or time. */
  async quiet(): Promise<void> {
    for (const stands = this.#standsStill(); stands() < stillTurns;) await turn();
  }

  /** Counts for how many looks in a row nothing has happened here. */
  #standsStill(): () => number {
    let [still, seen] = [-1, this.#changes];
    return () => {
      still = seen === this.#changes && !isReading() ? still + 1 : 0;
      seen = this.#changes;
      return still;
    };
  }

  /** Lets time pass, and all that is due then happen. */
  async pass(ms: number): Promise<void> {
    // Whoever is about to wait for a time must be waiting when it comes.
    await this.quiet();
    this.clock.advance(ms);
    await this.quiet();
  }
}

/** Everything here is memory, but for modules that are loaded when they are first needed: what has not moved for so many turns of the loop stands. */
const stillTurns = 8;
/** So many turns of the loop are looked at one by one, then one now and then: who waits for long is to leave the processor to others. */
const promptTurns = 200;
const lookMs = 5;
const longestStill = 1200;

/** Whether this process reads a file now, as it does to load a module: what comes of it is still to happen. */
function isReading(): boolean {
  return process.getActiveResourcesInfo().some((kind) => kind.startsWith('FSReq') || kind === 'CloseReq');
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
