import { createHash } from 'node:crypto';
import { parseDigest, type RunId, type Sha256 } from '../../src/core/base/ids.ts';
import { canonicalEvent, chainHash, genesis } from '../../src/core/evidence/chain.ts';
import type { LedgerEvent, NewEvent } from '../../src/core/evidence/event.ts';
import { fold } from '../../src/core/line/state.ts';
import { factoryChain, type Ledger, type RunRow } from '../../src/core/ports/ledger.ts';
import { MemoryChains } from './memory-chains.ts';

/** A ledger in memory, with what a feed beside it needs to know. */
export interface MemoryLedger extends Ledger {
  /** All events in the order in which they came to be there. */
  readonly log: readonly LedgerEvent[];
  /** Calls back whenever there are more. */
  onMore(listener: () => void): void;
}

/**
 * Makes a ledger that lives in this process and passes the same conformance suite as the real one. Transactions are
 * those of `memoryTransactions`.
 *
 * @example
 * const ledger = memoryLedger();
 * await ledger.append(run, [{ key: 'plan', at, actor: 'me', body: { type: 'plan.made', stage: 'change', steps: [] } }]);
 */
export function memoryLedger(redact: (text: string) => string = (text) => text): MemoryLedger {
  const chains = new MemoryChains();
  return {
    log: chains.log,
    onMore: (listener) => chains.onMore(listener),
    async append(run, events, tx) {
      if (events.length === 0 && tx === undefined) return [];
      for (let other = chains.busy(run, tx); other !== null; other = chains.busy(run, tx)) await other;
      const chain = chains.take(run, tx);
      const stored = [...chain];
      const answers = events.map((event) => {
        const present = stored.find(({ key }) => key === event.key);
        if (present !== undefined) return present;
        const link = linkAfter(run, stored.at(-1), { ...event, body: redactStrings(event.body, redact) });
        stored.push(link);
        return link;
      });
      chains.add(run, stored.slice(chain.length), tx);
      return answers;
    },
    async read(run, tx) {
      return [...chains.of(run, tx)];
    },
    async find(run, key) {
      return chains.of(run).find((event) => event.key === key) ?? null;
    },
    async runs(filter = {}) {
      return [...chains.all()]
        .filter(([run]) => run.startsWith(filter.prefix ?? '') && run !== factoryChain)
        .filter(([, chain]) => filter.line === undefined || lineOf(chain) === filter.line)
        .map(([run, chain]) => rowOf(run, chain))
        .toReversed()
        .slice(0, filter.limit);
    },
    async latest(type, match) {
      return chains.log.findLast(({ body }) => body.type === type && contains(body, match)) ?? null;
    },
    async openGates({ run } = {}) {
      const asked = run === undefined ? [...chains.all().values()] : [chains.of(run)];
      const open = new Set(asked.flatMap(openGatesOf));
      return chains.log.filter((event) => open.has(event));
    },
  };
}

const sha256: Sha256 = (content) => parseDigest(createHash('sha256').update(content).digest('hex'));

function linkAfter(run: RunId, last: LedgerEvent | undefined, event: NewEvent): LedgerEvent {
  const prev = last?.hash ?? genesis(run, sha256);
  const runSeq = (last?.runSeq ?? 0) + 1;
  const text = canonicalEvent(run, event);
  return { ...JSON.parse(text), runSeq, prev, hash: chainHash(prev, runSeq, text, sha256) };
}

function redactStrings<T>(value: T, redact: (text: string) => string): T {
  const plain: unknown = JSON.parse(JSON.stringify(value), (_key, item: unknown) => (typeof item === 'string' ? redact(item) : item));
  return plain as T; // the same shape: only strings were replaced, by strings
}

function rowOf(run: RunId, chain: readonly LedgerEvent[]): RunRow {
  const [first, last] = [chain.at(0), chain.at(-1)];
  return { run, startedAt: first?.at ?? '', lastAt: last?.at ?? '', events: chain.length, head: last?.hash ?? '' };
}

function lineOf(chain: readonly LedgerEvent[]): string | null {
  for (const { body } of chain) if (body.type === 'run.started') return body.line.name;
  return null;
}

/** The gates that the run itself would still wait for. */
function openGatesOf(chain: readonly LedgerEvent[]): readonly LedgerEvent[] {
  const { waiting, cancelled, verdict } = fold(chain.map(({ body }) => body));
  if (cancelled || verdict !== null) return [];
  const open = [...waiting.values()].flatMap((wait) => (wait.kind === 'gate' && wait.answer === null ? [wait.gate] : []));
  return open.flatMap((gate) => chain.find(({ body }) => body.type === 'gate.opened' && body.gate === gate) ?? []);
}

/** JSON containment as PostgreSQL's `@>` has it. */
function contains(whole: unknown, part: unknown): boolean {
  if (Array.isArray(part)) {
    return Array.isArray(whole) && part.every((item) => whole.some((candidate) => contains(candidate, item)));
  }
  if (isRecord(part)) {
    return isRecord(whole) && Object.entries(part).every(([key, item]) => key in whole && contains(whole[key], item));
  }
  return whole === part;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
