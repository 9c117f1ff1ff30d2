import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { JidokaError } from '../../src/core/base/error.ts';
import { parseRunId } from '../../src/core/base/ids.ts';
import type { EventBody } from '../../src/core/evidence/event.ts';
import { whereaboutsOf } from '../../src/core/evidence/whereabouts.ts';
import type { Actor, OpenedGate } from '../../src/core/gate/answer.ts';
import type {
  EvidencePlace,
  Factory,
  FactoryStatus,
  Finding,
  RunDetails,
  RunReport,
  RunRequest,
  RunResult,
  RunSummary,
  ServeOffer,
  Serving,
  Submitted,
  Watch,
  Whereabouts,
} from '../../src/core/ports/factory.ts';
import { sampleBundle } from '../evidence/index.ts';
import { memoryFeed } from '../feed/index.ts';
import { memoryLedger } from '../ledger/index.ts';
import { MemoryAgentDesk } from './memory-agent-desk.ts';
import { MemoryCredentials } from './memory-credentials.ts';
import { MemoryFloorDesk, type ScriptedFloor } from './memory-floor-desk.ts';
import { MemoryGates, type GateClosing } from './memory-gates.ts';
import { MemoryOperations, mustBePerson } from './memory-operations.ts';
import { MemoryRouting, type Standing } from './memory-routing.ts';
import {
  closedError,
  detailsOf,
  executorView,
  firstBodies,
  interruptedError,
  isOne,
  lastBodies,
  newRun,
  resultOf,
  summaryOf,
  takes,
  tell,
  type KeptRun,
  type LeftRequest,
  type ScriptedRun,
} from './scripted-run.ts';

/** With runs that have not ended beside those that it was asked for, and what is set on its gateways. */
export interface FactoryScript extends Standing {
  /** Folder that evidence is written to. */
  readonly folder: string;
  readonly findings?: readonly Finding[];
  /** What time it is; it stands still where nothing is said. */
  readonly now?: () => string;
  readonly floor?: ScriptedFloor;
  /** The runs a request becomes; may throw what a factory throws. */
  runsOf(request: RunRequest): readonly ScriptedRun[];
}

/**
 * A factory for doors to call: it follows a script, remembers what was asked of it, and its evidence verifies. Gates,
 * pauses, limits, schedules, credentials and the feed really work; requests that were left are taken up while it serves.
 *
 * @example
 * new ScriptedFactory({ folder, runsOf: () => [{ run: 'deps-ms', title: 'ms', verdict: 'NO_OP' }] });
 */
export class ScriptedFactory implements Factory {
  readonly requests: RunRequest[] = [];
  readonly gates: MemoryGates;
  readonly operations: MemoryOperations;
  readonly floor: MemoryFloorDesk;
  readonly agents = new MemoryAgentDesk(() => this.#now());
  readonly credentials = new MemoryCredentials(() => this.#now());
  readonly routing: MemoryRouting;
  /** What happened; a test may append what else is to be told. */
  readonly ledger = memoryLedger();
  readonly feed = memoryFeed(this.ledger);
  readonly #script: FactoryScript;
  readonly #now: () => string;
  readonly #runs = new Map<string, KeptRun>();
  readonly #left = new Map<string, LeftRequest>();
  readonly #serving = new Map<string, ServeOffer>();
  readonly #callers = new Set<(error: Error) => void>();
  #closed = false;

  constructor(script: FactoryScript) {
    this.#script = script;
    this.#now = script.now ?? (() => '2026-01-01T00:00:00.000Z');
    this.gates = new MemoryGates(this.#now);
    this.floor = new MemoryFloorDesk(script.floor ?? {}, script.folder, this.#now);
    this.routing = new MemoryRouting(script, this.ledger);
    this.operations = new MemoryOperations({
      now: this.#now,
      taken: (key) => [...this.#runs.values()].filter((kept) => kept.stands === 'held' && takes(kept, key)).length,
      changed: () => this.#takeUp(),
      status: () => this.#status(),
    });
  }

  get closed(): boolean {
    return this.#closed;
  }

  async run(request: RunRequest, watch: Watch = () => undefined, signal?: AbortSignal): Promise<RunReport> {
    this.requests.push(request);
    const scripted = this.#script.runsOf(request);
    watch({ kind: 'planned', runs: scripted.length, message: `${request.line} on ${request.repository}` });
    const runs: RunResult[] = [];
    for (const each of scripted) runs.push(await this.#ended(this.#begin(each, request, watch), signal));
    const [only] = runs;
    return isOne(request) && only !== undefined ? { kind: 'one', result: only } : { kind: 'many', runs };
  }

  async submit(request: RunRequest, { key }: { readonly key?: string } = {}): Promise<Submitted> {
    const id = key ?? `request-${this.#left.size + 1}`;
    if (this.#left.has(id)) return { request: id, state: 'exists' };
    this.requests.push(request);
    this.#left.set(id, { request, state: 'waiting', failure: '' });
    this.#takeUp();
    return { request: id, state: 'new' };
  }

  async resume(run: string, watch: Watch = () => undefined): Promise<RunResult> {
    const kept = this.#find(run);
    watch({ kind: 'run', run, title: kept.scripted.title, joined: kept.stands === 'ended' ? 'ended' : 'resumed' });
    kept.watchers.add(watch);
    if (kept.stands !== 'gate') this.#finish(kept);
    return this.#ended(kept);
  }

  async cancel(run: string, { actor, why }: { readonly actor: Actor; readonly why: string }): Promise<RunSummary> {
    mustBePerson(actor, 'cancel a run');
    const kept = this.#find(run);
    if (kept.stands !== 'ended') {
      this.#record(kept, [{ type: 'run.cancelled', by: actor.name, why }]);
      this.gates.leave(run);
      this.#decide(kept, 'cancelled', `${actor.name} cancelled it: ${why}`);
    }
    return summaryOf(kept, this.#closed);
  }

  async runs({ limit, line }: { readonly limit?: number; readonly line?: string }): Promise<readonly RunSummary[]> {
    const found = [...this.#runs.values()].filter(({ request }) => line === undefined || request.line === line);
    return found
      .map((kept) => summaryOf(kept, this.#closed))
      .toReversed()
      .slice(0, limit);
  }

  async show(run: string): Promise<RunDetails> {
    const kept = this.#find(run);
    const events = await this.ledger.read(parseRunId(run));
    return detailsOf(kept, { folder: this.#script.folder, isClosed: this.#closed, events });
  }

  async evidence(run: string, out = join(this.#script.folder, run)): Promise<EvidencePlace> {
    const { evidence } = resultOf(this.#find(run), this.#script.folder);
    for (const [path, bytes] of sampleBundle().files) {
      await mkdir(dirname(join(out, path)), { recursive: true });
      await writeFile(join(out, path), bytes);
    }
    return { run, dir: out, head: evidence.head, ref: evidence.ref };
  }

  async doctor(): Promise<readonly Finding[]> {
    return this.#script.findings ?? [];
  }

  async where(run: string | null): Promise<readonly Whereabouts[]> {
    if (run === null) return [await this.floor.here()];
    this.#find(run);
    return whereaboutsOf(await this.ledger.read(parseRunId(run)));
  }

  async serve(offer: ServeOffer): Promise<Serving> {
    const executor = `executor-${this.#serving.size + 1}`;
    this.#serving.set(executor, offer);
    this.#takeUp();
    const stop = async (): Promise<void> => void this.#serving.delete(executor);
    return { executor, stop, lost: new Promise(() => {}) };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#serving.clear();
    for (const end of this.#callers) end(closedError());
  }

  #begin(scripted: ScriptedRun, request: RunRequest, watch: Watch): KeptRun {
    const kept = newRun(scripted, request);
    this.#runs.set(scripted.run, kept);
    kept.watchers.add(watch);
    tell(kept, { kind: 'run', run: scripted.run, title: scripted.title, joined: 'new' });
    tell(kept, { kind: 'stage', run: scripted.run, stage: 'baseline', state: 'started', message: '' });
    const bodies = firstBodies(kept);
    this.#record(kept, bodies);
    const opened = bodies.find((body) => body.type === 'gate.opened');
    if (opened !== undefined) this.#openGate(kept, opened);
    else if (scripted.held === true) kept.stands = 'held';
    else this.#finish(kept);
    return kept;
  }

  #openGate(kept: KeptRun, opened: OpenedGate): void {
    const { run, title } = kept.scripted;
    const { line } = kept.request;
    kept.stands = 'gate';
    tell(kept, { kind: 'waits', run, reason: `gate ${opened.stage}`, gate: opened.gate });
    this.operations.awaitReview({ id: opened.gate, run, line, what: opened.question, since: opened.openedAt });
    this.gates.begin({ opened, run, line, title, onClose: (closing) => this.#passGate(kept, opened, closing) });
    tell(kept, { kind: 'waits', run, reason: `a person at ${opened.stage}`, gate: opened.gate });
  }

  #passGate(kept: KeptRun, { gate }: OpenedGate, closing: GateClosing): void {
    this.operations.settle(gate);
    if (closing === null) return;
    this.#record(kept, [closing]);
    if (closing.type === 'gate.expired') this.#decide(kept, 'gate-expired', `Nobody answered ${gate} in time.`);
    else if (closing.choice === 'reject') this.#decide(kept, 'gate-rejected', `${closing.by} rejected it: ${closing.note}`);
    else this.#finish(kept);
  }

  /** Ends a run in ESCALATE, whatever its script says. */
  #decide(kept: KeptRun, code: string, message: string): void {
    kept.verdict = 'ESCALATE';
    kept.reason = { code, message };
    this.#finish(kept);
  }

  #finish(kept: KeptRun): void {
    const { run, title } = kept.scripted;
    const result = resultOf(kept, this.#script.folder);
    if (kept.stands !== 'ended') {
      tell(kept, { kind: 'note', run, message: 'npm ci' });
      tell(kept, { kind: 'stage', run, stage: 'baseline', state: 'done', message: '57 tests' });
      kept.stands = 'ended';
      this.#record(kept, lastBodies(kept));
      if (result.branch !== null) this.operations.awaitReview({ id: run, run, line: kept.request.line, what: title, since: this.#now() });
    }
    tell(kept, { kind: 'ended', result });
    for (const end of kept.onEnd) end(result);
    this.#takeUp();
  }

  async #ended(kept: KeptRun, signal?: AbortSignal): Promise<RunResult> {
    if (kept.stands === 'ended') return resultOf(kept, this.#script.folder);
    if (this.#closed) throw closedError();
    return new Promise((resolve, reject) => {
      kept.onEnd.add(resolve);
      this.#callers.add(reject);
      signal?.addEventListener('abort', () => reject(interruptedError('Nobody waits for it any more.')));
    });
  }

  #record({ scripted: { run }, happened }: KeptRun, bodies: readonly EventBody[]): void {
    for (const body of bodies) {
      const key = `${body.type}/${happened.length}`;
      happened.push(key);
      // In memory it is there when the call returns; who awaits it would let others go first.
      void this.ledger.append(parseRunId(run), [{ key, at: this.#now(), actor: 'factory', body }]);
    }
  }

  #takeUp(): void {
    for (const left of this.#left.values()) {
      if (this.#serving.size === 0 || left.state !== 'waiting' || !this.operations.mayStart(left.request.line)) continue;
      left.state = 'taken';
      try {
        for (const each of this.#script.runsOf(left.request)) this.#begin(each, left.request, () => undefined);
      } catch (error) {
        left.state = 'failed';
        left.failure = error instanceof Error ? error.message : String(error);
      }
    }
  }

  #status(): Pick<FactoryStatus, 'executors' | 'gates' | 'open'> {
    const runs = [...this.#runs.values()].filter(({ stands }) => stands !== 'ended');
    const requests = [...this.#left].filter(([, { state }]) => state !== 'taken');
    return {
      executors: [...this.#serving].map(([id, offer]) => executorView(id, offer, this.#now())),
      gates: runs.filter(({ stands }) => stands === 'gate').length,
      open: [
        ...runs.map(({ scripted, request }) => ({ id: scripted.run, kind: 'run', line: request.line, failure: '', steps: [] }) as const),
        ...requests.map(([id, { request, failure }]) => ({ id, kind: 'request', line: request.line, failure, steps: [] }) as const),
      ],
    };
  }

  #find(run: string): KeptRun {
    const found = this.#runs.get(run);
    if (found !== undefined) return found;
    throw new JidokaError('run-unknown', `No run ${run} is in the ledger.`, { mend: 'See `jidoka runs`.' });
  }
}
