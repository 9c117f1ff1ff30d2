import { isJidokaError } from '../../../../core/base/error.ts';
import type { AttachOptions, Command, Conversation, Exposed, ProcessRef, Workspace, WorkspaceFiles } from '../../../../core/ports/floor.ts';
import type { CommandWords, HandedWorkspace } from '../words.ts';
import type { Call, CallOptions } from '../wire/calls.ts';
import type { Session } from '../wire/session.ts';
import { read } from './answers.ts';
import { exposeOver } from './expose-over.ts';
import { inHand } from './in-hand.ts';
import type { Holding, InHand } from './in-hand.ts';
import type { Link } from './link.ts';
import type { SocketFolder } from './socket-folder.ts';

export interface WorkspaceOverOptions {
  readonly link: Link;
  readonly session: Session;
  readonly holding: Holding;
  /** Names of the floor and of where it is, for refs. */
  readonly floor: string;
  readonly host: string;
  readonly sockets: SocketFolder;
}

/** A workspace of another machine, in the hands of this process. */
export function workspaceOver(handed: HandedWorkspace, options: WorkspaceOverOptions): Workspace {
  const { link, session, holding, floor, host, sockets } = options;
  const { name, root, scratch, base } = handed;
  const hand = inHand(link, { session, handle: handed.handle }, { name, holding });
  const ask = asking(hand);
  const exposed = new Set<Exposed>();
  const converse = (command: Command): Promise<Conversation> => converseOver(ask, command);
  const tree = { root, base, converse };
  return {
    name,
    ref: { floor, host, name },
    root,
    scratch,
    files: filesOver(ask),
    converse,
    async spawn({ signal, ...command }) {
      return read.result(await (await ask('spawn', { command }, { ...(signal && { signal }) })).answer);
    },
    async start({ signal: _ofWhoStarts, ...command }) {
      return read.started(await (await ask('start', { command })).answer);
    },
    async attach(process: ProcessRef, { signal, ...wait }: AttachOptions) {
      return read.resultOrGone(await (await ask('wait', { process, options: wait }, { signal })).answer);
    },
    seed: (source) => source.plant(tree),
    harvest: (sink) => sink.take(tree),
    async expose(port) {
      const opened = await exposeOver(hand, port, sockets);
      exposed.add(opened);
      return opened;
    },
    async usage() {
      return read.usage(await (await ask('usage', {})).answer);
    },
    async destroy() {
      for (const one of exposed) await one.close();
      await ask('destroy', {})
        .then(({ answer }) => answer)
        .catch(unlessGone);
    },
  };
}

type Ask = (method: string, value: object, more?: CallOptions) => Promise<Call>;

function asking(hand: InHand): Ask {
  return async (method, value, more) => {
    const { session, handle } = await hand.use();
    return session.call(method, { handle, ...value }, more);
  };
}

async function converseOver(ask: Ask, { signal, ...command }: Command): Promise<Conversation> {
  const words: CommandWords = command;
  const call = await ask('converse', { command: words }, { ...(signal && { signal }) });
  await call.underWay;
  const result = call.answer.then(read.result);
  // Who does not wait for its end reads of the broken wire in its output.
  result.catch(() => undefined);
  const { output, write, end } = call.channel;
  return { output, write, end, result };
}

function filesOver(ask: Ask): WorkspaceFiles {
  return {
    read: async (path) => read.content(await (await ask('read', { path })).answer),
    async write(path, content) {
      const bytes = typeof content === 'string' ? Buffer.from(content) : content;
      await (
        await ask('write', { path }, { blobs: [bytes] })
      ).answer;
    },
    async remove(path) {
      await (
        await ask('remove', { path })
      ).answer;
    },
    list: async (folder) => read.paths(await (await ask('list-files', { path: folder })).answer),
  };
}

/** What is gone already needs no end. */
function unlessGone(error: unknown): null {
  if (isJidokaError(error) && error.data['gone'] === true) return null;
  throw error;
}
