import { channelEnd } from './channel.ts';
import type { Channel, ChannelEnd } from './channel.ts';
import { thrown } from './carried-fault.ts';
import { frameKinds } from './frames.ts';
import type { Frame } from './frames.ts';
import { messageBytes } from './message.ts';
import type { Message } from './message.ts';
import type { Sender } from './sender.ts';

/** What one side calls on the other. */
export interface Calls {
  call(method: string, value: unknown, more?: CallOptions): Call;
}

export interface CallOptions {
  readonly blobs?: readonly Uint8Array[];
  /** Told to the other side, with its reason, when it is aborted. */
  readonly signal?: AbortSignal;
}

/** Something that was asked of the other side. */
export interface Call {
  /** Rejects with what the other side threw, or with the session's fault where the wire breaks. */
  readonly answer: Promise<Message>;
  /** Resolves when the other side has begun; rejects where it did not come to that. */
  readonly underWay: Promise<void>;
  /** A stream in both directions that goes with it, and may outlive its answer. */
  readonly channel: Channel;
}

/** The calls of this side, as the session sees them. */
export interface OwnCalls extends Calls {
  next(): number;
  answered(id: number, message: Message): void;
  underWay(id: number): void;
  /** False for a frame that is of none of these calls. */
  take(frame: Frame): boolean;
  breakOff(fault: Error): void;
}

interface Pending {
  readonly settle: (message: Message) => void;
  readonly begun: () => void;
  readonly fail: (error: Error) => void;
}

/** @param options.first The first number; every second one is this side's. */
export function callsOf(sender: Sender, { first }: { readonly first: number }): OwnCalls {
  const pending = new Map<number, Pending>();
  const channels = new Map<number, ChannelEnd>();
  let broken: Error | null = null;
  let last = first - 2;
  const next = (): number => (last += 2);
  return {
    next,
    call(method, value, { blobs = [], signal } = {}) {
      const id = next();
      const end = channelEnd({
        send: (kind, payload) => sender.send({ kind, id, ...(payload && { payload }) }),
        over: () => channels.delete(id),
      });
      channels.set(id, end);
      const { promises, ...settling } = pendingCall();
      pending.set(id, settling);
      const reason = signal?.aborted === true ? reasonOf(signal) : null;
      const sent = sender.sendMessage({ kind: frameKinds.call, id }, messageBytes({ value: { method, value, reason }, blobs }));
      const cancel = (): void => {
        if (signal === undefined || !pending.has(id)) return;
        const message = messageBytes({ value: reasonOf(signal), blobs: [] });
        void sent.then(() => sender.sendMessage({ kind: frameKinds.cancel, id }, message));
      };
      if (reason === null) signal?.addEventListener('abort', cancel);
      const answer = promises.answer.finally(() => signal?.removeEventListener('abort', cancel));
      // Whoever waits for neither is told elsewhere.
      answer.catch(() => undefined);
      if (broken !== null) {
        settling.fail(broken);
        end.breakOff(broken);
      }
      return { answer, underWay: promises.underWay, channel: end.channel };
    },
    answered(id, message) {
      pending.get(id)?.settle(message);
      pending.delete(id);
    },
    underWay: (id) => pending.get(id)?.begun(),
    take(frame) {
      if (frame.id % 2 !== first % 2) return false;
      channels.get(frame.id)?.take(frame);
      return true;
    },
    breakOff(fault) {
      broken = fault;
      for (const one of pending.values()) one.fail(fault);
      for (const one of channels.values()) one.breakOff(fault);
      pending.clear();
      channels.clear();
    },
  };
}

function pendingCall(): Pending & { readonly promises: Pick<Call, 'answer' | 'underWay'> } {
  const answers = settler<Message>();
  const beginnings = settler<void>();
  const answer = answers.promise;
  const underWay = beginnings.promise;
  underWay.catch(() => undefined);
  const fail = (error: Error): void => {
    answers.reject(error);
    beginnings.reject(error);
  };
  const settle = ({ value, blobs }: Message): void => {
    const told = value as { readonly ok?: unknown; readonly fault?: unknown };
    if ('fault' in told) return fail(thrown(told.fault));
    answers.resolve({ value: told.ok ?? null, blobs });
    // What is answered was under way.
    beginnings.resolve();
  };
  return { promises: { answer, underWay }, settle, begun: beginnings.resolve, fail };
}

interface Settler<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

function settler<T>(): Settler<T> {
  const hands: { resolve: Settler<T>['resolve']; reject: Settler<T>['reject'] } = { resolve: () => undefined, reject: () => undefined };
  const promise = new Promise<T>((resolve, reject) => Object.assign(hands, { resolve, reject }));
  return { promise, resolve: (value) => hands.resolve(value), reject: (error) => hands.reject(error) };
}

/** Only words travel; an abort that gives another reason counts as withdrawn everywhere. */
function reasonOf({ reason }: AbortSignal): string {
  return typeof reason === 'string' ? reason : 'withdrawn';
}
