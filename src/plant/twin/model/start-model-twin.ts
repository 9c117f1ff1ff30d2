import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { JidokaError } from '../../../core/base/error.ts';
import { exchanged, type Exchange } from './exchange.ts';
import { type ReadBody, readBody } from './read-body.ts';
import type { Scenario } from './scenario/scenario.ts';
import { openPlayer } from './script/player.ts';
import { digest, tokenOf } from './script/recognise.ts';
import { type Ended, send } from './send.ts';
import { openReplay } from './tape/replay.ts';
import type { Tape, TapeEntry } from './tape/tape.ts';
import { shownHeaders, shownPath, withoutToken } from './tape/without-secrets.ts';

export interface ModelTwinOptions {
  readonly scenario: Scenario;
  /** Port of 127.0.0.1; 0 for a free one. */
  readonly port: number;
  /** Where every call is written down; null for nowhere. */
  readonly tape: Tape | null;
  /** A tape whose answers are given again; null to play the scenario. */
  readonly replay: readonly TapeEntry[] | null;
}

/** A double of model APIs that listens. */
export interface ModelTwin {
  /** Base of every API: `http://127.0.0.1:8791`. */
  readonly url: string;
  /** Ends what is open, and returns when all is on the tape. */
  close(): Promise<void>;
}

/**
 * Starts a model twin on 127.0.0.1. Throws `port-taken`.
 *
 * @example
 * const twin = await startModelTwin({ scenario: politeScenario(), port: 0, tape: null, replay: null });
 */
export async function startModelTwin({ scenario, port, tape, replay }: ModelTwinOptions): Promise<ModelTwin> {
  const playing = { player: openPlayer(scenario), replayer: replay === null ? null : openReplay(replay), models: scenario.models };
  const writing = new Set<Promise<void>>();
  let seq = 0;
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const came = { seq: (seq += 1), at: Date.now() };
    const body = await readBody(request);
    const exchange = exchanged(request, body, playing);
    const ended = await send(response, exchange.delivery, exchange.waitMs);
    if (ended === 'left') exchange.lost();
    await tape?.write(entryOf(request, { ...came, body, exchange, ended }));
  };
  const server = createServer((request, response) => {
    const work = answer(request, response).catch(() => void response.destroy()); // whoever asked went away while it spoke
    writing.add(work);
    void work.finally(() => writing.delete(work));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen(port, error)));
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: taken } = server.address() as AddressInfo; // a TCP server has no other kind of address
  return {
    url: `http://127.0.0.1:${taken}`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      await Promise.all(writing);
    },
  };
}

function cannotListen(port: number, error: NodeJS.ErrnoException): Error {
  if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') return error;
  const mend = 'Name another port with --port, or none for a free one.';
  return new JidokaError('port-taken', `Port ${port} of 127.0.0.1 cannot be had: ${error.code}.`, { mend, cause: error });
}

interface Happened {
  readonly seq: number;
  readonly at: number;
  readonly body: ReadBody;
  readonly exchange: Exchange;
  readonly ended: Ended;
}

function entryOf({ method = '', url = '', headers }: IncomingMessage, { seq, at, body, exchange, ended }: Happened): TapeEntry {
  const { delivery, protocol, call, turn } = exchange;
  const token = tokenOf(headers);
  const text = withoutToken(body.text, token);
  return {
    v: 1,
    seq,
    at,
    ms: Date.now() - at,
    method,
    path: shownPath(url),
    headers: shownHeaders(headers),
    token: token === null ? null : digest(token),
    body: body.kind === 'body' && text !== '' ? (JSON.parse(text) as TapeEntry['body']) : text, // it was parsed before
    protocol,
    model: call?.model ?? null,
    stream: call?.stream ?? false,
    kind: turn.kind,
    conversation: turn.conversation,
    script: turn.script,
    step: turn.step,
    fault: turn.fault,
    note: turn.note,
    answer: { status: delivery.head?.status ?? 0, headers: delivery.head?.headers ?? {}, body: delivery.body.join(''), ended },
    usage: turn.reply?.usage ?? null,
  };
}
