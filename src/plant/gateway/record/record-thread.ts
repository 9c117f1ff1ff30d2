import { createWriteStream } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { lineWriter, unpacked } from './recorded-line.ts';
import type { FromThread, ToThread } from './thread-recorder.ts';
import { type RecordPlace, withoutKeys } from './without-keys.ts';

/** Writes calls to a file, away from the thread that answers: taking secrets out of megabytes takes its time. */
function serve(port: NonNullable<typeof parentPort>, { place, keys }: RecordPlace): void {
  const stream = createWriteStream(place, { flags: 'a', mode: 0o600 });
  const { linesOf } = lineWriter(withoutKeys(keys));
  const tell = (message: FromThread): void => port.postMessage(message);
  tell({ kind: 'ready' });
  stream.on('error', (error) => tell({ kind: 'failed', why: error.message }));
  port.on('message', (message: ToThread) => {
    if (message.kind === 'calls') {
      const { batch } = message;
      stream.write(unpacked(batch).map(linesOf).join(''), () => tell({ kind: 'written', bytes: batch.bytes.length }));
      return;
    }
    const rest = message.dropped === 0 ? '' : `${JSON.stringify({ v: 1, dropped: message.dropped })}\n`;
    stream.end(rest, () => tell({ kind: 'ended' }));
    port.unref();
  });
}

if (parentPort !== null) serve(parentPort, workerData as RecordPlace); // given by threadRecorder
