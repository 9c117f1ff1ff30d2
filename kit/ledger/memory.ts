import { createHash } from 'node:crypto';
import { parseDigest, type RunId, type Sha256 } from '../../src/core/base/ids.ts';
import { canonicalEvent, chainHash, genesis } from '../../src/core/evidence/chain.ts';
import type { LedgerEvent, NewEvent } from '../../src/core/evidence/event.ts';
import type { Ledger, RunRow } from '../../src/core/ports/ledger.ts';

/**
 * Makes a ledger that lives in this process and passes the same conformance suite as the real one.
 *
 * @example
 * const ledger = memoryLedger();
 * await ledger.append(run, [{ key: 'plan', at, actor: 'me', body: { type: 'plan.made', stage: 'change', steps: [] } }]);
 */
export function memoryLedger(redact: (text: string) => string = (text) => text): Ledger {
  const chains = new Map<RunId, LedgerEvent[]>();
  const log: LedgerEvent[] = [];

  return {
    async append(run, events) {
      const chain = chains.get(run) ?? [];
      if (events.length > 0) chains.set(run, chain);
      return events.map((event) => {
        const stored = chain.find(({ key }) => key === event.key);
        if (stored !== undefined) return stored;
        const link = linkAfter(run, chain.at(-1), { ...event, body: redactStrings(event.body, redact) });
        chain.push(link);
        log.push(link);
        return link;
      });
    },
    async read(run) {
      return [...(chains.get(run) ?? [])];
    },
    async find(run, key) {
      return chains.get(run)?.find((event) => event.key === key) ?? null;
    },
    async runs(filter = {}) {
      return [...chains]
        .filter(([run]) => run.startsWith(filter.prefix ?? ''))
        .filter(([, chain]) => filter.line === undefined || lineOf(chain) === filter.line)
        .map(([run, chain]) => rowOf(run, chain))
        .toReversed()
        .slice(0, filter.limit);
    },
    async latest(type, match) {
      return log.findLast(({ body }) => body.type === type && contains(body, match)) ?? null;
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
