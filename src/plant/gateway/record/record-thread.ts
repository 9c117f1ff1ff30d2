import { createWriteStream } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { redact } from '../../../core/base/redact.ts';
import { lineWriter, type PackedCall } from './recorded-line.ts';

/** What this thread is told: calls to write, or that nothing more comes. */
export type ToThread =
  | { readonly kind: 'calls'; readonly calls: readonly PackedCall[] }
  | { readonly kind: 'end'; readonly dropped: number };
/** What it tells: bytes that are written and free again, or that it failed. */
export type FromThread =
  | { readonly kind: 'written'; readonly bytes: number }
  | { readonly kind: 'failed'; readonly why: string }
  | { readonly kind: 'ended' };

/** Writes calls to a file, away from the thread that answers: taking secrets out of megabytes takes its time. */
function serve(port: NonNullable<typeof parentPort>, file: string): void {
  const stream = createWriteStream(file, { flags: 'a', mode: 0o600 });
  const { linesOf } = lineWriter(redact);
  const tell = (message: FromThread): void => port.postMessage(message);
  stream.on('error', (error) => tell({ kind: 'failed', why: error.message }));
  port.on('message', (message: ToThread) => {
    if (message.kind === 'calls') {
      const bytes = message.calls.reduce((sum, call) => sum + call.bytes.length, 0);
      stream.write(message.calls.map(linesOf).join(''), () => tell({ kind: 'written', bytes }));
      return;
    }
    const rest = message.dropped === 0 ? '' : `${JSON.stringify({ v: 1, dropped: message.dropped })}\n`;
    stream.end(rest, () => tell({ kind: 'ended' }));
    port.unref();
  });
}

if (parentPort !== null) serve(parentPort, String(workerData));
