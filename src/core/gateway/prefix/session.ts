import type { Protocol } from '../config/protocol.ts';
import { promptTokens, type Usage } from '../money/usage.ts';
import type { Pin } from './pin.ts';
import { noReadShare, type ReadShare, withCall } from './read-share.ts';

/** What is remembered of a session: all calls that go on from the same beginning. */
export interface Session {
  /** Where it was answered, the last first; of each upstream what lies in its cache. */
  readonly pins: readonly Pin[];
  readonly calls: number;
  /** Tokens of its last prompt. */
  readonly prompt: number;
  /** Tokens of an answer, on average. */
  readonly output: number;
  readonly share: ReadShare;
}

/** One answer that it got. */
export interface SessionAnswer {
  readonly model: string;
  /** `PROVIDER/NAME`. */
  readonly at: string;
  /** What was spoken with it. */
  readonly protocol: Protocol;
  readonly usage: Usage;
  /** When, in milliseconds. */
  readonly now: number;
}

const mostPins = 3;

/** A session after an answer, which pins it where that came from; `isLost` says that its cache was expected there and is gone. */
export function answeredSession(before: Session | null, answer: SessionAnswer): { readonly session: Session; readonly isLost: boolean } {
  const { model, at, protocol, usage, now } = answer;
  const others = (before?.pins ?? []).filter((pin) => pin.at !== at);
  const stayed = before?.pins[0]?.at === at;
  const calls = (before?.calls ?? 0) + 1;
  // Another upstream has a cache of its own: what is usual begins anew there.
  const { share, isLost } = withCall(stayed ? before.share : noReadShare, usage);
  const pin: Pin = { model, at, prefix: cachedBy(usage, protocol), usedAt: now, keeps: usage.cacheWrite1h > 0 ? '1h' : '5m' };
  const said = usage.output + usage.reasoning;
  const output = Math.round((before?.output ?? 0) + (said - (before?.output ?? 0)) / calls);
  return { session: { pins: [pin, ...others].slice(0, mostPins), calls, prompt: promptTokens(usage), output, share }, isLost };
}

/**
 * Tokens of a prompt that lie in the cache of its upstream after it was answered: those that it read and wrote. The Messages API caches
 * what it is asked to and tells of it; the others cache by themselves, and tell of reads at most.
 */
function cachedBy(usage: Usage, protocol: Protocol): number {
  const told = usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h;
  return protocol === 'messages' ? told : promptTokens(usage);
}
