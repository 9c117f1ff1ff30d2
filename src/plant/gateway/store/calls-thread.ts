import { parentPort, workerData } from 'node:worker_threads';
import { partShelf } from '../record/part-shelf.ts';
import { type PackedCall, unpacked } from '../record/recorded-line.ts';
import type { FromThread, ToThread } from '../record/thread-recorder.ts';
import { type RecordPlace, withoutKeys } from '../record/without-keys.ts';
import { callRow, type CallRow } from './call-row.ts';
import { callWriter } from './call-writer.ts';

/** So much goes to the database at once. */
const mostRows = 100;
const mostBytes = 8 * 2 ** 20;
/** Parts that were given before are given again after this: what nobody gave for days may be removed. */
const shelfMs = 12 * 60 * 60_000;
/** A gateway that ends waits so long for a database that does not answer. */
const endPatienceMs = 5_000;

/** Writes calls to the database, away from the thread that answers. */
function serve(port: NonNullable<typeof parentPort>, { place: url, keys, holder }: RecordPlace): void {
  const writer = callWriter(url);
  const redact = withoutKeys(keys);
  const queue: PackedCall[] = [];
  let [shelf, shelfSince] = [partShelf(redact), performance.now()];
  let endsAt = Number.POSITIVE_INFINITY;
  // Until it is connected for the first time.
  let isBusy = true;
  const tell = (message: FromThread): void => port.postMessage(message);
  const isOver = (): boolean => performance.now() > endsAt;
  const writeAll = async (): Promise<void> => {
    while (queue.length > 0) {
      if (performance.now() - shelfSince > shelfMs) [shelf, shelfSince] = [partShelf(redact), performance.now()];
      const calls = nextOf(queue);
      const rows = calls.map((call): CallRow => callRow(call, { shelf, redact, holder }));
      const lost = await writer.write(rows, isOver);
      // What was not kept may have had the only text of a part.
      if (lost.length > 0) shelf = partShelf(redact);
      for (const why of lost) tell({ kind: 'lost', why });
      tell({ kind: 'written', bytes: calls.reduce((sum, { bytes }) => sum + bytes.length, 0) });
    }
    if (endsAt === Number.POSITIVE_INFINITY) return;
    await writer.close();
    tell({ kind: 'ended' });
    port.unref();
  };
  const go = (): void => {
    if (isBusy) return;
    isBusy = true;
    const failed = (error: unknown): void => tell({ kind: 'failed', why: error instanceof Error ? error.message : String(error) });
    void writeAll()
      .catch(failed)
      .finally(() => {
        isBusy = false;
        // Something may have come while the last of it was told.
        if (queue.length > 0) go();
      });
  };
  const begin = async (): Promise<void> => {
    await writer.open();
    isBusy = false;
    tell({ kind: 'ready' });
    go();
  };
  void begin();
  port.on('message', (message: ToThread) => {
    if (message.kind === 'calls') queue.push(...unpacked(message.batch));
    else endsAt = performance.now() + endPatienceMs;
    go();
  });
}

function nextOf(queue: PackedCall[]): readonly PackedCall[] {
  let [count, bytes] = [0, 0];
  for (const call of queue) {
    if (count > 0 && (count === mostRows || bytes + call.bytes.length > mostBytes)) break;
    count += 1;
    bytes += call.bytes.length;
  }
  return queue.splice(0, count);
}

if (parentPort !== null) serve(parentPort, workerData as RecordPlace); // given by threadRecorder
