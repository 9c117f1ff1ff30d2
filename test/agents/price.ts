import { megabytesBelow } from '../../bench/processes.mjs';
import type { TapeEntry } from '../../src/plant/twin/index.ts';

/** What an agent takes, whoever started it. */
export interface Price {
  /** What a fresh worker costs before it has done anything. */
  readonly firstRequest: { readonly kilobytes: number; readonly tokens: number; readonly tools: number };
  /** From one question to the model to the next, with a command in between that does nothing. */
  readonly turnMs: number;
  readonly turns: number;
  /** Most that its processes took together; what they share is counted once. */
  readonly peakMb: number;
}

/** Commands that do nothing, each with other words: some agents stop where they see the same again and again. */
export const idleTurns: readonly object[] = Array.from({ length: 20 }, (_, at) => ({ run: `echo ${at}` }));

export function priceOf(calls: readonly TapeEntry[], peakMb: number): Price {
  const [first] = calls;
  if (first === undefined || first.usage === null) throw new Error('No model was asked, or none told what it cost.');
  const gaps = calls.slice(1).map((call, at) => call.at - ((calls[at]?.at ?? 0) + (calls[at]?.ms ?? 0)));
  const { input, cacheRead, cacheWrite } = first.usage;
  return {
    firstRequest: {
      kilobytes: Math.round(JSON.stringify(first.body).length / 102.4) / 10,
      tokens: input + cacheRead + cacheWrite,
      tools: toolsIn(first.body),
    },
    turnMs: Math.round(medianOf(gaps)),
    turns: gaps.length,
    peakMb,
  };
}

/** Looks at what the processes below this one take, four times a second, until the work is done. */
export async function withPeak<T>(work: () => Promise<T>): Promise<readonly [T, number]> {
  let peak = 0;
  const timer = setInterval(() => {
    peak = Math.max(peak, megabytesBelow(process.pid));
  }, 250);
  try {
    return [await work(), Math.round(peak)];
  } finally {
    clearInterval(timer);
  }
}

function toolsIn(body: unknown): number {
  const { tools } = body as { readonly tools?: readonly { readonly functionDeclarations?: readonly unknown[] }[] };
  return (tools ?? []).reduce((sum, tool) => sum + (tool.functionDeclarations?.length ?? 1), 0);
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
