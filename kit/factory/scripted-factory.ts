import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { JidokaError } from '../../src/core/base/error.ts';
import { parseRunId } from '../../src/core/base/ids.ts';
import type {
  EvidencePlace,
  Factory,
  Finding,
  RunDetails,
  RunReport,
  RunRequest,
  RunResult,
  RunSummary,
  Watch,
} from '../../src/core/ports/factory.ts';
import type { Verdict } from '../../src/core/verdict/verdict.ts';
import { chain, sampleBodies, sampleBundle } from '../evidence/index.ts';

/** One run as a script tells it. */
export interface ScriptedRun {
  readonly run: string;
  readonly title: string;
  readonly verdict: Verdict;
  /** Stays under way until the factory is closed; `resume` then takes it to its end. */
  readonly held?: boolean;
}

export interface FactoryScript {
  /** Folder that evidence is written to. */
  readonly folder: string;
  readonly findings?: readonly Finding[];
  /** The runs a request becomes; may throw what a factory throws. */
  runsOf(request: RunRequest): readonly ScriptedRun[];
}

interface Kept {
  readonly scripted: ScriptedRun;
  readonly request: RunRequest;
  ended: boolean;
}

/**
 * A factory for doors to call: it follows a script, remembers what was asked of it, and its evidence verifies.
 *
 * @example
 * new ScriptedFactory({ folder, runsOf: () => [{ run: 'deps-ms', title: 'ms', verdict: 'NO_OP' }] });
 */
export class ScriptedFactory implements Factory {
  readonly requests: RunRequest[] = [];
  readonly #script: FactoryScript;
  readonly #kept = new Map<string, Kept>();
  readonly #held = new Set<(error: Error) => void>();
  #closed = false;

  constructor(script: FactoryScript) {
    this.#script = script;
  }

  get closed(): boolean {
    return this.#closed;
  }

  async run(request: RunRequest, watch: Watch = () => undefined): Promise<RunReport> {
    this.requests.push(request);
    const scripted = this.#script.runsOf(request);
    watch({ kind: 'planned', runs: scripted.length, message: `${request.line} on ${request.repository}` });
    const runs: RunResult[] = [];
    for (const each of scripted) runs.push(await this.#begin(each, request, watch));
    const [only] = runs;
    return isOne(request) && only !== undefined ? { kind: 'one', result: only } : { kind: 'many', runs };
  }

  async resume(run: string, watch: Watch = () => undefined): Promise<RunResult> {
    const kept = this.#find(run);
    watch({ kind: 'run', run, title: kept.scripted.title, joined: kept.ended ? 'ended' : 'resumed' });
    return this.#finish(kept, watch);
  }

  async runs({ limit, line }: { readonly limit?: number; readonly line?: string }): Promise<readonly RunSummary[]> {
    const found = [...this.#kept.values()].filter(({ request }) => line === undefined || request.line === line);
    return found.map(summaryOf).toReversed().slice(0, limit);
  }

  async show(run: string): Promise<RunDetails> {
    const kept = this.#find(run);
    const result = kept.ended ? resultOf(kept, this.#script.folder) : null;
    return { summary: summaryOf(kept), result, events: chain(parseRunId(run), sampleBodies) };
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

  async close(): Promise<void> {
    this.#closed = true;
    for (const end of this.#held) end(closedError());
  }

  async #begin(scripted: ScriptedRun, request: RunRequest, watch: Watch): Promise<RunResult> {
    const kept: Kept = { scripted, request, ended: false };
    this.#kept.set(scripted.run, kept);
    watch({ kind: 'run', run: scripted.run, title: scripted.title, joined: 'new' });
    watch({ kind: 'stage', run: scripted.run, stage: 'baseline', state: 'started', message: '' });
    if (scripted.held === true) await this.#untilClosed();
    return this.#finish(kept, watch);
  }

  async #untilClosed(): Promise<never> {
    if (this.#closed) throw closedError();
    return new Promise<never>((_resolve, reject) => this.#held.add(reject));
  }

  async #finish(kept: Kept, watch: Watch): Promise<RunResult> {
    const { run } = kept.scripted;
    watch({ kind: 'note', run, message: 'npm ci' });
    watch({ kind: 'stage', run, stage: 'baseline', state: 'done', message: '57 tests' });
    kept.ended = true;
    const result = resultOf(kept, this.#script.folder);
    watch({ kind: 'ended', result });
    return result;
  }

  #find(run: string): Kept {
    const found = this.#kept.get(run);
    if (found !== undefined) return found;
    throw new JidokaError('run-unknown', `No run ${run} is in the ledger.`, { mend: 'See `jidoka runs`.' });
  }
}

function closedError(): JidokaError {
  return new JidokaError('interrupted', 'The factory was closed.', { mend: 'Resume the run.' });
}

/** Many runs are the answer to `--all` and to a folder of advisories. */
function isOne({ subject }: RunRequest): boolean {
  return subject.kind === 'package' || (subject.kind === 'advisories' && subject.files.length === 1);
}

function resultOf({ scripted, request }: Kept, folder: string): RunResult {
  const { run, title, verdict } = scripted;
  const delivers = verdict === 'PR_READY' && !request.dryRun;
  return {
    run,
    line: request.line,
    seedKey: run,
    title,
    verdict,
    reason: { code: `scripted-${verdict.toLowerCase().replaceAll('_', '-')}`, message: `The script says ${verdict}.` },
    branch: delivers ? `jidoka/${request.line}/${run}` : null,
    evidence: { ref: request.dryRun ? null : `refs/jidoka/evidence/${run}`, dir: join(folder, run), head: sampleBundle().head },
    stages: [
      {
        id: 'baseline',
        outcome: 'done',
        summary: '57 tests',
        durationMs: 1500,
        attempt: 1,
        where: { host: 'here', floor: 'host', tier: 'T0', node: 'v20.20.2' },
      },
    ],
    cost: { usd: 0, basis: 'no model was called' },
    withheld: request.dryRun ? 'dry run' : null,
  };
}

function summaryOf({ scripted, request, ended }: Kept): RunSummary {
  return {
    run: scripted.run,
    line: request.line,
    title: scripted.title,
    repository: request.repository,
    startedAt: '2026-01-01T00:00:00.000Z',
    endedAt: ended ? '2026-01-01T00:00:02.000Z' : null,
    state: ended ? 'ended' : 'interrupted',
    verdict: ended ? scripted.verdict : null,
    reasonCode: ended ? 'scripted' : null,
  };
}
