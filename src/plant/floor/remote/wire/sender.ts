import { frameBytes, mostPayload } from './frames.ts';
import type { Frame } from './frames.ts';
import type { Wire } from './wire.ts';

/** Puts frames on a wire, one after another. */
export interface Sender {
  /** Resolves when the wire took it, or takes nothing any more. */
  send(frame: Pick<Frame, 'kind' | 'id'> & Partial<Frame>): Promise<void>;
  /** Sends a message in as many frames as it takes, between which others get their turn. */
  sendMessage(frame: Pick<Frame, 'kind' | 'id'>, bytes: Buffer): Promise<void>;
  /** Sends nothing more, and lets go of whoever waits. */
  stop(): void;
}

interface Waiting {
  readonly bytes: Buffer;
  readonly done: () => void;
}

export function senderOn(wire: Pick<Wire, 'write'>): Sender {
  const queue: Waiting[] = [];
  let current: Waiting | null = null;
  let isStopped = false;
  const pump = async (): Promise<void> => {
    for (current = queue.shift() ?? null; current !== null; current = queue.shift() ?? null) {
      // That a wire broke is seen where it is read.
      await wire.write(current.bytes).catch(() => undefined);
      current?.done();
    }
  };
  const send: Sender['send'] = (frame) => {
    if (isStopped) return Promise.resolve();
    return new Promise((done) => {
      queue.push({ bytes: frameBytes(frame), done });
      if (current === null) void pump();
    });
  };
  return {
    send,
    async sendMessage(frame, bytes) {
      let at = 0;
      do {
        const payload = bytes.subarray(at, at + mostPayload);
        at += payload.length;
        await send({ ...frame, payload, more: at < bytes.length });
      } while (at < bytes.length && !isStopped);
    },
    stop() {
      isStopped = true;
      for (const { done } of [...(current === null ? [] : [current]), ...queue]) done();
      queue.length = 0;
    },
  };
}
