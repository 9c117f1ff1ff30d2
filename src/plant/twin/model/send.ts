import type { ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Delivery } from './fault/delivery.ts';
import type { TapeEntry } from './tape/tape.ts';

/** How the sending of an answer ended. */
export type Ended = TapeEntry['answer']['ended'];

/** Sends a delivery, after a while where that is wished. Returns when all is sent or the other side went away. */
export async function send(response: ServerResponse, { head, body, end }: Delivery, waitMs: number): Promise<Ended> {
  const gone = goneWith(response);
  if (waitMs > 0) await Promise.race([pause(waitMs, undefined, { signal: gone.signal }).catch(() => undefined), gone.happened]);
  if (gone.signal.aborted) return 'left';
  if (head !== null) response.writeHead(head.status, head.headers).flushHeaders();
  for (const piece of body) {
    const flushed = new Promise<void>((resolve) => response.write(piece, () => resolve()));
    await Promise.race([flushed, gone.happened]);
    if (gone.signal.aborted) return 'left';
  }
  if (end === 'held') return 'held';
  if (end === 'dropped') {
    response.destroy();
    return 'dropped';
  }
  const finished = new Promise<Ended>((resolve) => response.end(() => resolve('complete')));
  return Promise.race([finished, gone.happened.then((): Ended => (response.writableFinished ? 'complete' : 'left'))]);
}

function goneWith(response: ServerResponse): { readonly signal: AbortSignal; readonly happened: Promise<void> } {
  const leaving = new AbortController();
  const happened = new Promise<void>((resolve) => {
    response.once('close', () => {
      leaving.abort();
      resolve();
    });
  });
  response.on('error', () => undefined); // that the other side went away is told by `close`
  return { signal: leaving.signal, happened };
}
