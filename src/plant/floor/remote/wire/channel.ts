import { ForeignStream, frameKinds, mostPayload } from './frames.ts';
import type { Frame } from './frames.ts';

/** A stream in both directions that goes with a call. */
export interface Channel {
  /** What the other side writes; whoever stops reading it has no more of it sent. Throws where the wire breaks. */
  readonly output: AsyncIterable<Uint8Array>;
  /** Writes; waits while the other side takes nothing, and is dropped where it takes no more. Throws where the wire breaks. */
  write(chunk: Uint8Array): Promise<void>;
  /** Writes no more. */
  end(): void;
  /** Takes no more: what comes still is dropped. */
  stop(): void;
}

/** A channel as the session sees it, which hands it what comes over the wire. */
export interface ChannelEnd {
  readonly channel: Channel;
  /** Throws `ForeignStream` for more bytes than were asked for. */
  take(frame: Pick<Frame, 'kind' | 'payload'>): void;
  breakOff(fault: Error): void;
}

export interface ChannelOptions {
  readonly send: (kind: Frame['kind'], payload?: Uint8Array) => Promise<void>;
  /** Both directions are over. */
  readonly over: () => void;
}

/** Bytes that one side may send before the other has taken any of them. */
const window = 256 * 1024;

/** One end of a stream over a wire. Never more than a window of it waits in memory. */
export function channelEnd({ send, over }: ChannelOptions): ChannelEnd {
  const bell = makeBell();
  const finish = (): void => {
    bell.ring();
    if (near.isEnded() && far.isEnded()) over();
  };
  const near = sendingHalf({ send, bell, finish });
  const far = hearingHalf({ send, bell, finish });
  return {
    channel: { output: far.output(), write: near.write, end: near.end, stop: far.stop },
    take({ kind, payload }) {
      if (kind === frameKinds.credit) near.grant(readNumber(payload));
      else if (kind === frameKinds.stop) near.stopped();
      else if (kind === frameKinds.end) far.ended();
      else far.take(payload);
      bell.ring();
    },
    breakOff: bell.breakOff,
  };
}

/** Wakes whoever waits for something to change. */
interface Bell {
  ring(): void;
  wait(): Promise<void>;
  breakOff(fault: Error): void;
  /** Throws the fault of a broken wire. */
  check(): void;
}

function makeBell(): Bell {
  const waiting = new Set<() => void>();
  let broken: Error | null = null;
  const ring = (): void => {
    for (const one of waiting) one();
    waiting.clear();
  };
  return {
    ring,
    wait: () => new Promise((resolve) => waiting.add(resolve)),
    breakOff(fault) {
      broken = fault;
      ring();
    },
    check() {
      if (broken !== null) throw broken;
    },
  };
}

interface HalfOptions extends Pick<ChannelOptions, 'send'> {
  readonly bell: Bell;
  /** This half is over. */
  readonly finish: () => void;
}

interface SendingHalf extends Pick<Channel, 'write' | 'end'> {
  grant(bytes: number): void;
  stopped(): void;
  isEnded(): boolean;
}

function sendingHalf({ send, bell, finish }: HalfOptions): SendingHalf {
  let credit = window;
  let isEnded = false;
  const end = (isTold: boolean): void => {
    if (isEnded) return;
    isEnded = true;
    if (isTold) void send(frameKinds.end);
    finish();
  };
  /** Sends what is taken of it now; returns how much that was. */
  const writeSome = async (bytes: Uint8Array): Promise<number> => {
    while (credit === 0 && !isEnded) {
      bell.check();
      await bell.wait();
    }
    if (isEnded) return bytes.length;
    bell.check();
    const piece = bytes.subarray(0, Math.min(credit, mostPayload));
    credit -= piece.length;
    await send(frameKinds.data, piece);
    return piece.length;
  };
  return {
    async write(chunk) {
      for (let at = 0; at < chunk.length;) at += await writeSome(chunk.subarray(at));
    },
    end: () => end(true),
    grant: (bytes) => void (credit += bytes),
    stopped: () => end(false),
    isEnded: () => isEnded,
  };
}

interface HearingHalf extends Pick<Channel, 'stop'> {
  output(): AsyncGenerator<Uint8Array>;
  take(payload: Uint8Array): void;
  ended(): void;
  isEnded(): boolean;
}

function hearingHalf({ send, bell, finish }: HalfOptions): HearingHalf {
  const queue: Uint8Array[] = [];
  /** Bytes that wait, and bytes that were taken and not yet asked for anew. */
  let [waiting, taken] = [0, 0];
  let isEnded = false;
  const end = (): void => {
    if (isEnded) return;
    isEnded = true;
    finish();
  };
  const stop = (): void => {
    queue.length = 0;
    if (!isEnded) void send(frameKinds.stop);
    end();
  };
  const askFor = (bytes: number): void => {
    waiting -= bytes;
    taken += bytes;
    if (isEnded || taken < window / 4) return;
    void send(frameKinds.credit, numberBytes(taken));
    taken = 0;
  };
  return {
    async *output() {
      try {
        for (;;) {
          const chunk = queue.shift();
          if (chunk !== undefined) {
            askFor(chunk.length);
            yield chunk;
          } else if (isEnded) return;
          else {
            bell.check();
            await bell.wait();
          }
        }
      } finally {
        stop();
      }
    },
    stop,
    take(payload) {
      if (isEnded) return; // sent before the other side knew
      waiting += payload.length;
      if (waiting + taken > window) throw new ForeignStream(`a stream sends more than ${window} bytes unasked`);
      queue.push(payload);
    },
    ended: end,
    isEnded: () => isEnded,
  };
}

function numberBytes(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function readNumber(payload: Uint8Array): number {
  if (payload.length !== 4) throw new ForeignStream('a stream asks for no number of bytes');
  return Buffer.from(payload).readUInt32BE(0);
}
