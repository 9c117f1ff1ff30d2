import { pour, write, type Body, type Poured } from '../body.ts';
import { refuse, say } from '../exchange.ts';
import { tellEnd, type GitExchange } from './git-exchange.ts';
import { readPushList, refusesRef, type PushList } from './push-commands.ts';
import { refusalReport } from './push-report.ts';
import { passService, startService } from './git-server.ts';

type Listed = Extract<PushList, { readonly kind: 'list' }>;

const resultType = 'application/x-git-receive-pack-result';
/** Refs that one job may have. */
const mostRefs = 500;

/** Hands a push to git if all of it may be; otherwise nothing of it, and the client is told in git's own words. */
export async function takePush(one: GitExchange, body: Body): Promise<void> {
  const { gate, exchange } = one;
  const list = await readPushList(body);
  if (list.kind === 'invalid') return refuse(gate.refuse, exchange, list.why);
  const { pushBytes, pushedBytes } = gate.limits;
  const room = Math.min(pushBytes, pushedBytes - gate.pushed.bytes);
  const why =
    refusesPush(one, list) ?? (room < list.head.length && room < pushBytes ? `a job pushes at most ${pushedBytes} bytes in all` : null);
  if (why !== null) return refusePush(one, { list, body, why });
  // Taken before and given back after, so that pushes at the same time share what there is.
  gate.pushed.bytes += room;
  const counted = countedBody(body, list.head.length);
  try {
    await handOver(one, { list, body: counted, room });
  } finally {
    gate.pushed.bytes -= room - Math.min(room, counted.bytes());
  }
}

function refusesPush({ repository, seen }: GitExchange, { commands }: Listed): string | null {
  const foreign = commands.find(({ ref }) => ref === repository.base || refusesRef(ref, repository.prefix) !== null);
  if (foreign !== undefined) return `only refs below ${repository.prefix} may be pushed, and not ${foreign.ref}`;
  const added = commands.filter(({ ref }) => !seen.refs.has(ref)).length;
  return added > 0 && seen.refs.size + added > mostRefs ? `a job has at most ${mostRefs} refs` : null;
}

interface Refusing {
  readonly list: Listed;
  readonly body: Body;
  readonly why: string;
}

/** The client hears an answer only when it has sent all: the pack is read and thrown away. */
async function refusePush({ gate, exchange }: GitExchange, { list, body, why }: Refusing): Promise<void> {
  const report = refusalReport({ ...list, why });
  let bytes = list.head.length;
  for (let piece = await body.next(); piece !== null && bytes <= gate.limits.pushBytes; piece = await body.next()) bytes += piece.length;
  if (report === null || bytes > gate.limits.pushBytes) {
    await body.leave();
    return refuse(gate.refuse, exchange, why);
  }
  const { request, response } = exchange;
  gate.refuse(request.method ?? '', request.url ?? '', why);
  response.writeHead(200, { 'content-type': resultType, 'cache-control': 'no-cache' }).end(report);
}

interface HandingOver {
  readonly list: Listed;
  readonly body: Body;
  readonly room: number;
}

async function handOver(one: GitExchange, { list, body, room }: HandingOver): Promise<void> {
  const { gate, exchange, order, patience } = one;
  const cut = new AbortController();
  const git = startService({ ...order, signal: AbortSignal.any([order.signal, cut.signal]) });
  const before = Buffer.alloc(0);
  const passed = passService(git, exchange, { type: resultType, before, mostBytes: gate.limits.bodyBytes, patience });
  const poured = await pourAll().catch((): 'broken' => 'broken');
  if (poured === 'too-long' || poured === 'broken') cut.abort();
  if (poured !== 'whole') body.leave().catch(() => undefined);
  const end = await passed;
  if (poured !== 'too-long') return tellEnd(one, end);
  const why = `a push has at most ${room} bytes`;
  gate.refuse(exchange.request.method ?? '', exchange.request.url ?? '', why);
  say(exchange, 413, `jidoka's egress refused this: ${why}.`);

  async function pourAll(): Promise<Poured> {
    if (list.head.length > room) return 'too-long';
    return (await write(git.stdin, list.head)) ? pour(body, git.stdin, room - list.head.length) : 'unwanted';
  }
}

/** A body that knows how much of it was read. */
function countedBody(body: Body, before: number): Body & { bytes(): number } {
  let bytes = before;
  return {
    async next() {
      const piece = await body.next();
      bytes += piece?.length ?? 0;
      return piece;
    },
    leave: () => body.leave(),
    bytes: () => bytes,
  };
}
