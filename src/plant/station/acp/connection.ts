import { client, methods, PROTOCOL_VERSION, type AnyMessage, type ClientConnection, type Stream } from '@agentclientprotocol/sdk';
import type { Conversation } from '../../../core/ports/floor.ts';
import type { Wire } from '../driver.ts';
import { at } from '../foreign.ts';
import { hearLines } from '../session/hear-lines.ts';

export interface Handlers {
  /** The `update` of a session. */
  readonly update: (update: unknown) => void;
  /** Asks for leave; returns the protocol's outcome. */
  readonly permission: (request: unknown) => object;
}

/** The agent's end of the protocol, behind the streams of its program. */
export interface Connected {
  readonly connection: ClientConnection;
  /** What can be asked of an agent. */
  readonly methods: typeof methods.agent;
  /** What it is greeted with. */
  readonly hello: typeof hello;
  /** Settles when the program writes no more. */
  readonly silent: Promise<void>;
}

/**
 * Speaks the Agent Client Protocol, version 1, with a running program. Nothing is offered but what is served: no files, no
 * terminals. Whatever else an agent asks for is answered with "no such method".
 */
export function connectTo(conversation: Conversation, wire: Wire, handlers: Handlers): Connected {
  const { stream, silent } = streamOf(conversation, wire, handlers);
  const connection = client({ name: 'jidoka' })
    .onRequest<unknown, object>(
      methods.client.session.requestPermission,
      (params) => params,
      ({ params }) => handlers.permission(params),
    )
    .connect(stream);
  return { connection, methods: methods.agent, hello, silent };
}

const hello = {
  protocolVersion: PROTOCOL_VERSION,
  clientCapabilities: { fs: { readTextFile: false, writeTextFile: false }, terminal: false },
  clientInfo: { name: 'jidoka', version: '1' },
};

/**
 * Requests and answers go to the library; what needs no answer is read here, because the library refuses what it does not
 * know, and agents tell more than the protocol has words for.
 */
function streamOf(
  conversation: Conversation,
  wire: Wire,
  { update }: Handlers,
): { readonly stream: Stream; readonly silent: Promise<void> } {
  let silent: Promise<void> = Promise.resolve();
  const readable = new ReadableStream<AnyMessage>({
    start(controller) {
      silent = hearLines(conversation.output, wire, (line) => {
        if (at(line, 'id') === undefined) {
          if (at(line, 'method') === methods.client.session.update) update(at(line, 'params', 'update'));
          return;
        }
        controller.enqueue(line as AnyMessage); // the library looks at each before it believes it
      }).finally(() => controller.close());
    },
  });
  const encoder = new TextEncoder();
  const writable = new WritableStream<AnyMessage>({
    write: (message) => conversation.write(encoder.encode(`${JSON.stringify(message)}\n`)),
  });
  return { stream: { readable, writable }, silent };
}
