import type { GatewayConfig } from '../../../core/gateway/config/gateway-config.ts';
import { partsOf, upstreamsOf } from '../../../core/gateway/config/model.ts';
import type { Mark } from '../../../core/gateway/failover/next-try.ts';
import type { Candidate } from '../../../core/gateway/failover/try-state.ts';
import { afterMark } from '../../../core/gateway/health/after-mark.ts';
import { admit, answered, type Circuit, healthy } from '../../../core/gateway/health/circuit.ts';
import { shortAnswerMs } from '../../../core/gateway/health/speed.ts';
import { afterTold, type Told, whyOf } from '../../../core/gateway/health/told.ts';
import type { Rest, UpstreamHealth } from '../../../core/ports/gateway/upstream-health.ts';

/** Health of all upstreams, as this process saw it and as others told. */
export interface HealthBoard {
  /** Whether a request may go there now; nothing is taken. */
  isUsable(candidate: Candidate): boolean;
  /** Milliseconds in which a whole short answer is to be expected of it; null where none was seen. */
  shortAnswerMs(candidate: Candidate): number | null;
  /** Milliseconds until an upstream may be asked that is left alone now. */
  restMs(candidate: Candidate): number;
  /** Whether it is left alone because it refuses us, or has no such model: no waiting mends that. */
  isCut(candidate: Candidate): boolean;
  /** Begins a request; false where it would try whether an upstream is well again, and another gateway does just that. */
  enter(candidate: Candidate): Promise<boolean>;
  /**
   * It answered: when its first content came, how many tokens it wrote, and in how many milliseconds from there on, 0 for an answer in one
   * piece.
   */
  answered(candidate: Candidate, firstContentMs: number, tokens: number, writingMs: number): void;
  mark(mark: Mark): void;
}

interface Entry {
  readonly provider: string;
  circuit: Circuit;
  /** Why it was left alone the last time. */
  why: Rest['why'] | null;
  /** Whether others know of it as left alone. */
  isTold: boolean;
  /** Whether a request of this process tries if it is well again. */
  isTried: boolean;
}

/** Keeps a circuit for each upstream; `now` is a clock that never goes back, in milliseconds. */
export function healthBoard({ models }: Pick<GatewayConfig, 'models'>, now: () => number, shared: UpstreamHealth): HealthBoard {
  const board = new Board(models, now, shared);
  return {
    isUsable: (candidate) => board.isUsable(candidate),
    shortAnswerMs: (candidate) => board.shortAnswerMs(candidate),
    restMs: (candidate) => board.restMs(candidate),
    isCut: (candidate) => board.isCut(candidate),
    enter: (candidate) => board.enter(candidate),
    answered: (candidate, firstContentMs, tokens, writingMs) => board.answered(candidate, firstContentMs, tokens, writingMs),
    mark: (mark) => board.mark(mark),
  };
}

class Board {
  readonly #now: () => number;
  readonly #shared: UpstreamHealth;
  readonly #entries: Map<string, Entry>;
  #seen: ReadonlyMap<string, Rest>;

  constructor(models: GatewayConfig['models'], now: () => number, shared: UpstreamHealth) {
    this.#now = now;
    this.#shared = shared;
    // All from the beginning: what cuts off a provider takes those with it that nobody asked yet.
    const upstreams = Object.values(models).flatMap((model) => upstreamsOf(model).map(({ at }) => at));
    this.#entries = new Map(upstreams.map((at) => [at, fresh(partsOf(at).provider)]));
    this.#seen = new Map();
  }

  isUsable(candidate: Candidate): boolean {
    return admit(this.#entryOf(candidate).circuit, this.#now()).admitted !== 'no';
  }

  shortAnswerMs(candidate: Candidate): number | null {
    return shortAnswerMs(this.#entryOf(candidate).circuit);
  }

  restMs(candidate: Candidate): number {
    const { circuit } = this.#entryOf(candidate);
    return Math.max(0, (circuit.phase === 'half-open' ? (circuit.probeUntil ?? 0) : circuit.until) - this.#now());
  }

  isCut(candidate: Candidate): boolean {
    return this.#entryOf(candidate).why === 'cut';
  }

  async enter(candidate: Candidate): Promise<boolean> {
    const entry = this.#entryOf(candidate);
    const { admitted, circuit } = admit(entry.circuit, this.#now());
    entry.circuit = circuit;
    if (admitted !== 'probe') return true;
    entry.isTried = true;
    if (await this.#shared.mayProbe(candidate.at)) return true;
    entry.isTried = false;
    const rest = this.#shared.rests().get(candidate.at);
    entry.isTold = rest !== undefined;
    entry.circuit = afterTold(entry.circuit, rest === undefined ? null : this.#toldBy(rest), this.#now());
    return false;
  }

  answered(candidate: Candidate, firstContentMs: number, tokens: number, writingMs: number): void {
    const entry = this.#entryOf(candidate);
    const before = entry.circuit;
    entry.circuit = answered(before, firstContentMs, tokens, writingMs);
    entry.why = null;
    if (before.phase === 'closed' || entry.circuit.phase !== 'closed') return;
    Object.assign(entry, { isTold: false, isTried: false });
    this.#shared.well(candidate.at);
  }

  mark({ kind, at, restMs }: Mark): void {
    this.#entryOf(at);
    const now = this.#now();
    const opened = [...this.#entries].flatMap(([name, entry]) => {
      if (kind === 'provider-cut' ? entry.provider !== at.provider : name !== at.at) return [];
      const before = entry.circuit;
      entry.circuit = afterMark(before, { kind, restMs }, now);
      const { phase, until, opened: times } = entry.circuit;
      if (phase !== 'open' || (before.phase === 'open' && before.until === until)) return [];
      Object.assign(entry, { isTold: true, isTried: false, why: whyOf(kind) });
      return [{ at: name, until: this.#shared.now() + until - now, why: whyOf(kind), opened: times }];
    });
    if (opened.length > 0) this.#shared.tell(opened);
  }

  #entryOf({ at, provider }: Candidate): Entry {
    this.#takeOver();
    const known = this.#entries.get(at) ?? fresh(provider);
    this.#entries.set(at, known);
    return known;
  }

  /** What others told since. A try of this process goes on, unless somebody found the upstream down meanwhile. */
  #takeOver(): void {
    const seen = this.#shared.rests();
    if (seen === this.#seen) return;
    this.#seen = seen;
    for (const [at, entry] of this.#entries) {
      const rest = seen.get(at);
      const told = rest === undefined ? null : this.#toldBy(rest);
      if (told === null ? !entry.isTold : entry.isTried && told.inMs <= 0) continue;
      entry.circuit = afterTold(entry.circuit, told, this.#now());
      Object.assign(entry, { isTold: told !== null, isTried: false, why: rest?.why ?? null });
    }
  }

  #toldBy({ until, opened, probeUntil }: Rest): Told {
    const now = this.#shared.now();
    return { inMs: until - now, opened, probeInMs: probeUntil === null ? null : probeUntil - now };
  }
}

function fresh(provider: string): Entry {
  return { provider, circuit: healthy, why: null, isTold: false, isTried: false };
}
