import { channelEnd } from './channel.ts';
import type { Channel, ChannelEnd } from './channel.ts';
import { carried } from './carried-fault.ts';
import { frameKinds } from './frames.ts';
import type { Frame } from './frames.ts';
import { messageBytes } from './message.ts';
import type { Message } from './message.ts';
import type { Sender } from './sender.ts';

/** What the other side may call, by name. */
export type Answers = Readonly<Record<string, Answering>>;
/** Answers one call; what it throws is thrown at the other side. */
export type Answering = (asked: Asked) => Promise<Answered | void>;

export interface Answered extends Partial<Message> {
  /** Where its stream goes on after the answer: until when. */
  readonly after?: Promise<unknown>;
}

/** One call of the other side. */
export interface Asked {
  /** As the other side's program wrote it. */
  readonly value: unknown;
  readonly blobs: readonly Uint8Array[];
  /** Aborted with the caller's reason, or with `broken` where the wire is. */
  readonly signal: AbortSignal;
  readonly channel: Channel;
  /** Tells the caller that it is under way. */
  readonly underWay: () => void;
}

/** Why a call is told to stop whose caller cannot be reached any more. */
export const brokenReason = 'broken';

/** The calls of the other side, as the session sees them. */
export interface ServedCalls {
  begin(id: number, message: Message): void;
  cancel(id: number, message: Message): void;
  take(frame: Frame): void;
  /** Resolves when none is under way any more. */
  breakOff(fault: Error): Promise<void>;
}

export function servedCalls(sender: Sender, answers: Answers): ServedCalls {
  const running = new Map<number, AbortController>();
  const under = new Set<Promise<void>>();
  const channels = new Map<number, ChannelEnd>();
  const run = async (id: number, message: Message, stop: AbortController): Promise<void> => {
    const { method } = message.value as Asking;
    const end = channelEnd({
      send: (kind, payload) => sender.send({ kind, id, ...(payload && { payload }) }),
      over: () => channels.delete(id),
    });
    channels.set(id, end);
    const asked = {
      value: (message.value as Asking).value,
      blobs: message.blobs,
      signal: stop.signal,
      channel: end.channel,
      underWay: () => void sender.send({ kind: frameKinds.under, id }),
    };
    const { bytes, after } = await answerOf(answers, method, asked);
    await sender.sendMessage({ kind: frameKinds.answer, id }, bytes);
    running.delete(id);
    await after?.catch(() => undefined);
    // A call that is over neither writes nor reads.
    end.channel.end();
    end.channel.stop();
  };
  return {
    begin(id, message) {
      const stop = new AbortController();
      const { reason } = message.value as Asking; // as `calls` wrote it
      if (reason !== null) stop.abort(reason);
      running.set(id, stop);
      const done = run(id, message, stop);
      under.add(done);
      void done.finally(() => under.delete(done));
    },
    cancel: (id, { value }) => running.get(id)?.abort(value),
    take: (frame) => channels.get(frame.id)?.take(frame),
    async breakOff(fault) {
      for (const one of channels.values()) one.breakOff(fault);
      for (const stop of running.values()) stop.abort(brokenReason);
      await Promise.allSettled(under);
    },
  };
}

interface Asking {
  readonly method: string;
  readonly value: unknown;
  /** Why nobody wants it any more, where that was so before it was asked; else null. */
  readonly reason: string | null;
}

async function answerOf(
  answers: Answers,
  method: string,
  asked: Asked,
): Promise<{ readonly bytes: Buffer; readonly after?: Promise<unknown> | undefined }> {
  try {
    const answering = Object.hasOwn(answers, method) ? answers[method] : undefined;
    if (answering === undefined) throw new Error(`The other side of the wire knows nothing of ${JSON.stringify(method)}.`);
    const { value = null, blobs = [], after } = (await answering(asked)) ?? {};
    return { bytes: messageBytes({ value: { ok: value }, blobs }), after };
  } catch (error) {
    return { bytes: messageBytes({ value: { fault: carried(error) }, blobs: [] }) };
  }
}
