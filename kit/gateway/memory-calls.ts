import { createHash } from 'node:crypto';
import { partsOf } from '../../src/core/gateway/config/model.ts';
import { sumOf } from '../../src/core/gateway/money/cost.ts';
import { noUsage, type Usage } from '../../src/core/gateway/money/usage.ts';
import type { CallFilter, CallLedger, KeptCall, Spend, SpendBy } from '../../src/core/ports/gateway/call-ledger.ts';
import type { CallRecorder, RecordedCall } from '../../src/core/ports/gateway/call-recorder.ts';

/** A record of calls in memory: what is taken is there at once. `redact` takes secrets out. */
export function memoryCalls(redact: (text: string) => string): { readonly recorder: CallRecorder; readonly ledger: CallLedger } {
  const kept: KeptCall[] = [];
  const open = new Map<string, KeptCall>();
  const blobs = new Map<string, string>();
  const put = (bytes: Uint8Array): string => {
    const text = redact(Buffer.from(bytes).toString('utf8'));
    const sha256 = createHash('sha256').update(text).digest('hex');
    blobs.set(sha256, text);
    return sha256;
  };
  const keptOf = ({ request, elements: _elements, answer: { chunks, ...answer }, ...call }: RecordedCall): KeptCall => {
    const bytes = Buffer.concat(chunks.map((chunk) => chunk.bytes));
    const body = bytes.length === 0 ? null : put(bytes);
    const pieces = chunks.map((chunk) => [chunk.ms, chunk.bytes.length] as const);
    return { ...call, request: [put(request)], answer: { ...answer, body, pieces }, dropped: 0 };
  };
  const take = (call: RecordedCall): void => {
    open.delete(call.id);
    if (!kept.some(({ id }) => id === call.id)) kept.push(keptOf(call));
  };
  const all = (): readonly KeptCall[] => [...kept, ...open.values()];
  const ordered = (): readonly KeptCall[] => all().toSorted((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  return {
    recorder: { take, note: (call) => void open.set(call.id, keptOf(call)), dropped: () => 0, close: async () => undefined },
    ledger: {
      calls: async ({ limit, ...filter }) => ordered().filter(matches(filter)).slice(0, limit),
      async said(id) {
        const call = all().find((one) => one.id === id);
        if (call === undefined) return null;
        const { body } = call.answer;
        const textOf = (sha256: string): string => blobs.get(sha256) ?? '';
        return { request: call.request.map(textOf).join(''), answer: body === null ? '' : textOf(body) };
      },
      async spend(by, filter = {}) {
        const groups = new Map<string, KeptCall[]>();
        for (const call of all()
          .filter((one) => one.by !== null)
          .filter(matches(filter))) {
          const name = JSON.stringify(namesOf(call, by));
          groups.set(name, [...(groups.get(name) ?? []), call]);
        }
        const rows = [...groups.values()].map((calls) => spendOf(calls, by));
        return rows.toSorted((a, b) => b.cost.microUsd - a.cost.microUsd || b.calls - a.calls);
      },
    },
  };
}

function matches({ run, stage, station, since, until, status }: CallFilter): (call: KeptCall) => boolean {
  return ({ at, caller, answer }) =>
    (run === undefined || caller.run === run) &&
    (stage === undefined || caller.stage === stage) &&
    (station === undefined || caller.station === station) &&
    (since === undefined || at >= Date.parse(since)) &&
    (until === undefined || at < Date.parse(until)) &&
    (status === undefined || answer.status === status);
}

function namesOf({ at, caller, alias, by }: KeptCall, wanted: readonly SpendBy[]): Spend['of'] {
  const all: Readonly<Record<SpendBy, string | null>> = {
    ...caller,
    slot: alias,
    model: by?.model ?? null,
    provider: by === null ? null : partsOf(by.at).provider,
    day: new Date(at).toISOString().slice(0, 10),
  };
  return Object.fromEntries(wanted.map((name) => [name, all[name]]));
}

function spendOf(calls: readonly KeptCall[], by: readonly SpendBy[]): Spend {
  const [first] = calls;
  return {
    of: first === undefined ? {} : namesOf(first, by),
    calls: calls.length,
    usage: calls.map(({ usage }) => usage).reduce(together, noUsage),
    cost: sumOf(calls.map(({ cost }) => cost)),
    saved: calls.reduce((sum, { saved }) => sum + (saved ?? 0), 0),
    estimatedCalls: calls.filter(({ estimated }) => estimated).length,
  };
}

function together(left: Usage, right: Usage): Usage {
  const sums = Object.entries(left).map(([name, count]) => [name, count + right[name as keyof Usage]]); // both have the same columns
  return Object.fromEntries(sums) as Usage;
}
