import { frameKinds } from './frames.ts';
import type { Sender } from './sender.ts';

/** Questions whether the other side is there, and answers to the same question. */
export interface Pings {
  /** True when the other side answers in time. */
  ping(withinMs: number): Promise<boolean>;
  asked(id: number): void;
  answered(id: number): void;
}

/** @param next The next number that is this side's. */
export function pingsOf(sender: Sender, next: () => number): Pings {
  const waiting = new Map<number, () => void>();
  return {
    ping(withinMs) {
      const id = next();
      return new Promise<boolean>((resolve) => {
        const timer = setTimeout(() => resolve(false), withinMs);
        waiting.set(id, () => {
          clearTimeout(timer);
          resolve(true);
        });
        void sender.send({ kind: frameKinds.ping, id });
      }).finally(() => waiting.delete(id));
    },
    asked: (id) => void sender.send({ kind: frameKinds.pong, id }),
    answered: (id) => waiting.get(id)?.(),
  };
}
