import type { AttachOptions, Command, Conversation, ProcessRef, ProcessResult } from '../../../../core/ports/floor.ts';
import type { CommandWords, OfWorkspace, ResultWords } from '../words.ts';
import type { Channel } from '../wire/channel.ts';
import { joinSocket } from '../wire/join-socket.ts';
import type { Message } from '../wire/message.ts';
import { brokenReason } from '../wire/served.ts';
import type { Answers, Asked } from '../wire/served.ts';
import { connectTo } from '../wire/sockets.ts';
import type { Handed } from './handed.ts';

/** What the factory may ask of a workspace that is in its hands. */
export function workspaceAnswers(handed: Handed): Answers {
  return { ...commandAnswers(handed), ...fileAnswers(handed), ...portAnswers(handed) };
}

function commandAnswers(handed: Handed): Answers {
  const ofCommand = ({ value, signal }: Asked): { readonly of: OfWorkspace; readonly command: Command } => {
    const { command, ...of } = value as OfWorkspace & { readonly command: CommandWords };
    return { of, command: { ...command, signal } };
  };
  return {
    async spawn(asked) {
      const { of, command } = ofCommand(asked);
      return resultMessage(await handed.workspace(of.handle).spawn(command));
    },
    async converse(asked) {
      const { of, command } = ofCommand(asked);
      const conversation = await handed.workspace(of.handle).converse(command);
      asked.underWay();
      const told = tell(conversation, asked.channel);
      told.catch(() => undefined); // the wire broke, and the program is ended for that
      void hear(asked.channel, conversation);
      const result = await conversation.result;
      // Whoever talks to it reads its last words at his own pace.
      return { ...resultMessage(result), after: told };
    },
    async start({ value }) {
      const { handle, command } = value as OfWorkspace & { readonly command: CommandWords };
      return { value: await handed.workspace(handle).start(command) };
    },
    async wait({ value, signal }) {
      const { handle, process, options } = value as OfWorkspace & {
        readonly process: ProcessRef;
        readonly options: Omit<AttachOptions, 'signal'>;
      };
      const result = await handed.workspace(handle).attach(process, { ...options, signal: leavingIt(signal) });
      return result === 'gone' ? {} : resultMessage(result);
    },
    async usage({ value }) {
      return { value: await handed.workspace((value as OfWorkspace).handle).usage() };
    },
    async destroy({ value }) {
      const { handle } = value as OfWorkspace;
      await handed.workspace(handle).destroy();
      await handed.forget(handle);
    },
  };
}

function fileAnswers(handed: Handed): Answers {
  const at = (value: unknown): { readonly files: ReturnType<Handed['workspace']>['files']; readonly path: string } => {
    const { handle, path } = value as OfWorkspace & { readonly path: string };
    return { files: handed.workspace(handle).files, path };
  };
  return {
    async read({ value }) {
      const { files, path } = at(value);
      const text = await files.read(path);
      return { blobs: text === null ? [] : [Buffer.from(text)] };
    },
    async write({ value, blobs }) {
      const { files, path } = at(value);
      await files.write(path, blobs[0] ?? new Uint8Array(0));
    },
    async remove({ value }) {
      const { files, path } = at(value);
      await files.remove(path);
    },
    async 'list-files'({ value }) {
      const { files, path } = at(value);
      return { value: await files.list(path) };
    },
  };
}

function portAnswers(handed: Handed): Answers {
  type OfPort = OfWorkspace & { readonly port: number };
  return {
    async expose({ value }) {
      const { handle, port } = value as OfPort;
      await handed.exposed(handle, port);
    },
    async hide({ value }) {
      const { handle, port } = value as OfPort;
      await handed.hide(handle, port);
    },
    async connect({ value, channel }) {
      const { handle, port } = value as OfPort;
      const { socket } = await handed.exposed(handle, port);
      await joinSocket(await connectTo(socket), channel);
    },
  };
}

/** The streams of a result go beside its words: they may be long. */
function resultMessage({ stdout, stderr, exit, truncated, durationMs }: ProcessResult): Message {
  const words: ResultWords = { exit, truncated, durationMs };
  return { value: words, blobs: [Buffer.from(stdout), Buffer.from(stderr)] };
}

/** What the program says, until the other side wants no more of it. */
async function tell({ output }: Conversation, channel: Channel): Promise<void> {
  for await (const chunk of output) await channel.write(chunk);
  channel.end();
}

/** What the program is told. Where the wire breaks it is ended anyway. */
async function hear({ output }: Channel, conversation: Conversation): Promise<void> {
  try {
    for await (const chunk of output) await conversation.write(chunk);
    conversation.end();
  } catch {
    conversation.end();
  }
}

/** A started command goes on where whoever waited for it is gone: that is why it was started. */
function leavingIt(signal: AbortSignal): AbortSignal {
  const stop = new AbortController();
  const pass = (): void => stop.abort(signal.reason === brokenReason ? 'lost' : signal.reason);
  if (signal.aborted) pass();
  else signal.addEventListener('abort', pass, { once: true });
  return stop.signal;
}
