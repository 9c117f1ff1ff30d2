import type { EgressRoute } from '../../core/ports/egress.ts';
import { say, type Exchange } from './exchange.ts';

/** The requests that are being answered, until all that was begun for them has ended. */
export interface UnderWay {
  /** How many there are. */
  count(): number;
  /** Takes up one more, with what is done for it; where that fails, no more than that is told. */
  begin(exchange: Exchange, answered: Promise<void>): void;
  /** Breaks off what is under way by other capabilities. */
  keepOnly(open: ReadonlySet<EgressRoute>): void;
  /** Resolves when nothing is under way. */
  ended(): Promise<void>;
}

/** Starts with none. */
export function noneUnderWay(): UnderWay {
  const all = new Map<Exchange, Promise<void>>();
  return {
    count: () => all.size,
    begin(exchange, answered) {
      const failed = (): void => say(exchange, 500, "jidoka's egress failed at this: its owner must look at the factory");
      const over = answered.catch(failed).then(() => void all.delete(exchange));
      all.set(exchange, over);
    },
    keepOnly(open) {
      for (const { route, response } of all.keys()) if (!open.has(route)) response.destroy();
    },
    ended: async () => {
      await Promise.all(all.values());
    },
  };
}
