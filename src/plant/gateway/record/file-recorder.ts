import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { JidokaError } from '../../../core/base/error.ts';
import type { CallRecorder } from '../../../core/ports/gateway/call-recorder.ts';
import type { FromThread, ToThread } from './record-thread.ts';
import { packed, type PackedCall } from './recorded-line.ts';

interface FileRecorderOptions {
  /** Absolute path; lines are added to what is there. */
  readonly file: string;
  /** Bytes that may wait to be written. */
  readonly mostWaiting?: number;
  /** Told once where nothing can be written any more. */
  readonly failed: (why: string) => void;
}

/** Handing over wakes the other thread, which costs as much as a call: those of so long a time go together. */
const gatherMs = 10;
const usualWaiting = 128 * 2 ** 20;

/**
 * Takes calls down in a file, as lines of JSON, written by a thread of its own. What there is no room for, because the disk is slower than
 * the callers, is left out, and the next line says how many calls that were. Throws `usage` where the file cannot be written.
 */
export async function fileRecorder({ file, mostWaiting = usualWaiting, failed }: FileRecorderOptions): Promise<CallRecorder> {
  await writable(file);
  const worker = new Worker(threadFile(), { workerData: file });
  let waiting = 0;
  let dropped = 0;
  let untold = 0;
  let isBroken = false;
  const queued: PackedCall[] = [];
  let timer: NodeJS.Timeout | null = null;
  const breakDown = (why: string): void => {
    if (!isBroken) failed(why);
    isBroken = true;
  };
  const handOver = (): void => {
    clearTimeout(timer ?? undefined);
    timer = null;
    const calls = queued.splice(0);
    const message = { kind: 'calls', calls } satisfies ToThread;
    if (calls.length > 0)
      worker.postMessage(
        message,
        calls.map(({ bytes }) => bytes.buffer as ArrayBuffer),
      ); // made for it alone
  };
  worker.on('message', (message: FromThread) => {
    if (message.kind === 'written') waiting -= message.bytes;
    else if (message.kind === 'failed') breakDown(message.why);
  });
  worker.on('error', (error) => breakDown(error instanceof Error ? error.message : String(error)));
  // A record keeps no process alive.
  worker.unref();
  return {
    take(call) {
      const length = call.answer.chunks.reduce((sum, { bytes }) => sum + bytes.length, call.request.length);
      if (isBroken || waiting + length > mostWaiting) {
        dropped += 1;
        untold += 1;
        return;
      }
      waiting += length;
      queued.push(packed(call, untold));
      untold = 0;
      timer ??= setTimeout(handOver, gatherMs).unref();
    },
    dropped: () => dropped,
    async close() {
      handOver();
      worker.ref();
      worker.postMessage({ kind: 'end', dropped: untold } satisfies ToThread, []);
      await Promise.race([ended(worker), once(worker, 'exit')]);
      await worker.terminate();
    },
  };
}

async function ended(worker: Worker): Promise<void> {
  await new Promise<void>((resolve) => {
    worker.on('message', ({ kind }: FromThread) => {
      if (kind !== 'written') resolve();
    });
  });
}

async function writable(file: string): Promise<void> {
  try {
    await (await open(file, 'a', 0o600)).close();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new JidokaError('usage', `Calls cannot be taken down in ${file}: ${why}.`, { mend: 'Give a path that can be written.', cause });
  }
}

/** A thread runs compiled code only; this file runs from `src` too, in tests. */
function threadFile(): string {
  const isCompiled = import.meta.url.endsWith('.js');
  const path = isCompiled ? './record-thread.js' : '../../../../dist/src/plant/gateway/record/record-thread.js';
  return fileURLToPath(new URL(path, import.meta.url));
}
