import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { CallRecorder, RecordedCall } from '../../../core/ports/gateway/call-recorder.ts';
import { type Batch, bytesOf, packed, type WaitingCall } from './recorded-line.ts';
import type { RecordPlace } from './without-keys.ts';

/** What a thread that keeps calls is told: calls, or that nothing more comes. */
export type ToThread = { readonly kind: 'calls'; readonly batch: Batch } | { readonly kind: 'end'; readonly dropped: number };
/** What it tells: that it can keep calls, bytes that are kept and free again, a call that could not be kept, or that it keeps nothing any more. */
export type FromThread =
  | { readonly kind: 'ready' }
  | { readonly kind: 'written'; readonly bytes: number }
  | { readonly kind: 'lost'; readonly why: string }
  | { readonly kind: 'failed'; readonly why: string }
  | { readonly kind: 'ended' };

export interface ThreadRecorderOptions {
  /** The thread, by its path within this room, without an ending. */
  readonly thread: 'record/record-thread' | 'store/calls-thread';
  readonly data: RecordPlace;
  /** Bytes that may wait to be written. */
  readonly mostWaiting?: number | undefined;
  /** Told once where nothing can be kept any more. */
  readonly failed: (why: string) => void;
  /** Told of each call that could not be kept. */
  readonly lost?: (why: string) => void;
}

/** A record that a thread keeps. */
export interface ThreadRecorder extends CallRecorder {
  /** Resolves when the thread can keep calls: what is taken before that waits. */
  readonly ready: Promise<void>;
}

/** Handing over wakes the other thread, which costs as much as a call: those of so long a time go together. */
const gatherMs = 10;
const usualWaiting = 128 * 2 ** 20;

/**
 * Hands calls to a thread of its own. What there is no room for, because what they are kept in is slower than the callers, is left out, and
 * the next call says how many were.
 */
export function threadRecorder({ thread, data, mostWaiting = usualWaiting, failed, lost }: ThreadRecorderOptions): ThreadRecorder {
  const worker = new Worker(threadFile(thread), { workerData: data });
  let waiting = 0;
  let dropped = 0;
  let untold = 0;
  let isBroken = false;
  const queued: WaitingCall[] = [];
  let timer: NodeJS.Timeout | null = null;
  const breakDown = (why: string): void => {
    if (!isBroken) failed(why);
    isBroken = true;
  };
  const handOver = (): void => {
    clearTimeout(timer ?? undefined);
    timer = null;
    if (queued.length === 0) return;
    const batch = packed(queued.splice(0));
    worker.postMessage({ kind: 'calls', batch } satisfies ToThread, [batch.bytes.buffer]); // made for it alone
  };
  const drop = (): void => {
    dropped += 1;
    untold += 1;
  };
  /** Whether there was room for it. */
  const queue = (call: RecordedCall, before: number): boolean => {
    const length = bytesOf(call);
    if (isBroken || waiting + length > mostWaiting) return false;
    waiting += length;
    queued.push({ call, dropped: before });
    timer ??= setTimeout(handOver, gatherMs).unref();
    return true;
  };
  worker.on('message', (message: FromThread) => {
    if (message.kind === 'written') waiting -= message.bytes;
    else if (message.kind === 'failed') breakDown(message.why);
    else if (message.kind === 'lost') {
      drop();
      lost?.(message.why);
    }
  });
  worker.on('error', (error) => breakDown(error instanceof Error ? error.message : String(error)));
  const ready = told(worker, ['ready', 'failed', 'ended']);
  // A record keeps no process alive.
  worker.unref();
  return {
    ready,
    take(call) {
      if (!queue(call, untold)) return drop();
      untold = 0;
    },
    // Nothing is lost where there is no room: its end comes later.
    note: (call) => void queue(call, 0),
    dropped: () => dropped,
    async close() {
      handOver();
      await endOf(worker, untold);
    },
  };
}

/** Tells the thread that nothing more comes, and returns when all is kept. */
async function endOf(worker: Worker, dropped: number): Promise<void> {
  worker.ref();
  worker.postMessage({ kind: 'end', dropped } satisfies ToThread, []);
  await told(worker, ['failed', 'ended']);
  await worker.terminate();
}

/** Resolves when the thread tells one of these, or is gone. */
async function told(worker: Worker, kinds: readonly FromThread['kind'][]): Promise<void> {
  const heard = new Promise<void>((resolve) => {
    worker.on('message', ({ kind }: FromThread) => {
      if (kinds.includes(kind)) resolve();
    });
  });
  // A fault of the thread is told as such; here it is gone with it.
  const gone = once(worker, 'exit').catch(() => undefined);
  await Promise.race([heard, gone]);
}

/** A thread runs compiled code only; this file runs from `src` too, in tests. */
function threadFile(thread: ThreadRecorderOptions['thread']): string {
  const isCompiled = import.meta.url.endsWith('.js');
  const path = isCompiled ? `../${thread}.js` : `../../../../dist/src/plant/gateway/${thread}.js`;
  return fileURLToPath(new URL(path, import.meta.url));
}
