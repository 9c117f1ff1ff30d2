import type { ToolDesk } from '../../../core/ports/stations/report-desk.ts';
import { bodyOf, UnreadableBody, type Body } from '../body.ts';
import { refuse, say, type Exchange } from '../exchange.ts';
import type { EgressLimits } from '../limits.ts';
import { patienceFor } from '../patience.ts';
import type { Refuse } from '../refusals.ts';

/** The one path of the desk, at which its protocol is spoken. */
export const reportPath = '/report/mcp';

/** The report desk behind one workspace's socket. */
export interface ReportGate {
  readonly job: string;
  /** Null where there is none. */
  readonly desk: ToolDesk | null;
  readonly limits: EgressLimits;
  readonly refuse: Refuse;
}

/**
 * Carries messages of the Model Context Protocol to the desk, by its streamable HTTP without sessions: each message is a
 * POST and its answer comes back with it; there is no stream to listen to, and nothing to end.
 */
export async function answerReport(gate: ReportGate, exchange: Exchange): Promise<void> {
  const { method = '', url = '' } = exchange.request;
  const { desk } = gate;
  if (url !== reportPath) return refuse(gate.refuse, exchange, `reports are handed in at ${reportPath} and nowhere else`);
  if (desk === null) return refuse(gate.refuse, exchange, 'this factory takes no reports');
  switch (method) {
    case 'POST':
      return hear({ ...gate, desk }, exchange);
    case 'GET':
      exchange.response.setHeader('allow', 'POST, DELETE');
      return say(exchange, 405, 'There is no stream to listen to: every answer comes with its message.');
    case 'DELETE':
      return void exchange.response.writeHead(204).end();
    default:
      return refuse(gate.refuse, exchange, 'messages to the report desk are posted');
  }
}

async function hear(gate: ReportGate & { readonly desk: ToolDesk }, exchange: Exchange): Promise<void> {
  const heard = await read(gate, exchange);
  switch (heard.kind) {
    case 'too-long':
      return tooLong(gate, exchange);
    case 'unreadable':
      return say(exchange, 408, "jidoka's egress did not hear the end of this message.");
    case 'no-json':
      return answer(exchange, 400, { jsonrpc: '2.0', id: null, error: { code: -32_700, message: 'This is no JSON.' } });
    case 'message':
      return answer(exchange, 200, await gate.desk.answer(gate.job, heard.message));
  }
}

type Heard = { readonly kind: 'message'; readonly message: unknown } | { readonly kind: 'no-json' | 'too-long' | 'unreadable' };

async function read({ limits }: ReportGate, exchange: Exchange): Promise<Heard> {
  if (Number(exchange.request.headers['content-length'] ?? 0) > limits.reportBytes) return { kind: 'too-long' };
  const patience = patienceFor(exchange.response, limits.patienceMs);
  try {
    const body = bodyOf(exchange, { signal: patience.signal, alive: patience.renew });
    const bytes = await wholeOf(body, limits.reportBytes);
    return bytes === null ? { kind: 'too-long' } : parsed(bytes);
  } catch (error) {
    if (error instanceof UnreadableBody) return { kind: 'unreadable' };
    throw error;
  } finally {
    patience.end();
  }
}

/** All of a body; null where it is longer than that. */
async function wholeOf(body: Body, mostBytes: number): Promise<Uint8Array | null> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for (let piece = await body.next(); piece !== null; piece = await body.next()) {
    bytes += piece.length;
    if (bytes > mostBytes) {
      await body.leave();
      return null;
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function parsed(bytes: Uint8Array): Heard {
  try {
    return { kind: 'message', message: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown };
  } catch {
    return { kind: 'no-json' };
  }
}

function tooLong({ limits, refuse: tell }: ReportGate, exchange: Exchange): void {
  const { method = '', url = '' } = exchange.request;
  const why = `a message to the report desk has at most ${limits.reportBytes} bytes`;
  tell(method, url, why);
  say(exchange, 413, `jidoka's egress refused this: ${why}.`);
}

/** Whoever takes no plain JSON gets the same as a stream of one event. */
function answer({ request, response }: Exchange, status: number, message: unknown): void {
  if (message === null) return void response.writeHead(202).end();
  const json = JSON.stringify(message);
  const accepted = request.headers.accept ?? '*/*';
  const asStream = accepted.includes('text/event-stream') && !/application\/(json|\*)|\*\/\*/.test(accepted);
  const body = asStream ? `event: message\ndata: ${json}\n\n` : json;
  const type = asStream ? 'text/event-stream' : 'application/json';
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body);
}
