import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { eventFrame } from './event-stream.ts';

/** A part of what Bedrock's model says. */
export type BedrockBlock =
  | { readonly thought: string; readonly signature: string }
  | { readonly redacted: string }
  | { readonly text: string }
  | { readonly call: { readonly id: string; readonly name: string; readonly input: object } };

/** What Bedrock does with one request. */
export type BedrockAnswer =
  | {
      readonly kind: 'answer';
      readonly blocks: readonly BedrockBlock[];
      readonly stop: string;
      /** An exception in the stream, after so many of its events. */
      readonly exception?: { readonly after: number; readonly type: string; readonly message: string };
      /** Changes the bytes of the stream, of which some may be gone: the connection breaks then. */
      readonly spoil?: (bytes: Buffer) => Buffer;
      /** After so many bytes it says nothing until then. */
      readonly pause?: { readonly after: number; readonly until: Promise<void> };
    }
  | { readonly kind: 'other'; readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body: string };

export interface BedrockRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

/** A local double of Bedrock's Converse API, whole and as its binary stream. It lets nobody in without a bearer's key or a signature. */
export interface Bedrock {
  readonly url: string;
  readonly requests: readonly BedrockRequest[];
  /** Resolves when somebody has left in the midst of an answer. */
  readonly left: Promise<void>;
  close(): Promise<void>;
}

export const bedrockUsage = { inputTokens: 100, outputTokens: 30, totalTokens: 180, cacheReadInputTokens: 40, cacheWriteInputTokens: 10 };

/** Starts one that gives these answers one after the other, the last of them again and again. */
export async function startBedrock(answers: readonly BedrockAnswer[]): Promise<Bedrock> {
  const requests: BedrockRequest[] = [];
  let leave: () => void = () => undefined;
  const left = new Promise<void>((resolve) => (leave = resolve));
  const server = createServer((request, response) => {
    response.on('close', () => (response.writableFinished ? undefined : leave()));
    void text(request).then((body): Promise<void> | void => {
      const path = decodeURIComponent(request.url ?? '');
      if (!isLogin(request.headers)) return refuse(response, 403, 'MissingAuthenticationTokenException', 'Missing Authentication Token');
      requests.push({ path, headers: request.headers, body: JSON.parse(body) });
      const next = answers[Math.min(requests.length, answers.length) - 1];
      if (next !== undefined) return give(response, next, path.endsWith('/converse-stream'));
      return undefined;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on a port
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    left,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function isLogin(headers: IncomingMessage['headers']): boolean {
  const { authorization = '' } = headers;
  const isSigned =
    /^AWS4-HMAC-SHA256 Credential=[^/]+\/\d{8}\/[a-z0-9-]+\/bedrock\/aws4_request, SignedHeaders=\S+, Signature=[0-9a-f]{64}$/;
  return /^Bearer \S+$/.test(authorization) || (isSigned.test(authorization) && headers['x-amz-date'] !== undefined);
}

function refuse(response: ServerResponse, status: number, type: string, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': type }).end(JSON.stringify({ message }));
}

async function give(response: ServerResponse, answer: BedrockAnswer, isStream: boolean): Promise<void> {
  if (answer.kind === 'other') {
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers }).end(answer.body);
    return;
  }
  if (!isStream) {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(wholeOf(answer)));
    return;
  }
  const { exception, spoil, pause } = answer;
  const events = eventsOf(answer).map(([type, payload]) => eventFrame({ ':message-type': 'event', ':event-type': type }, payload));
  if (exception !== undefined)
    events.splice(
      exception.after,
      events.length,
      eventFrame({ ':message-type': 'exception', ':exception-type': exception.type }, { message: exception.message }),
    );
  const bytes = Buffer.concat(events);
  const sent = spoil === undefined ? bytes : spoil(bytes);
  response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream', 'x-amzn-requestid': 'req-1' });
  const first = pause?.after ?? 0;
  response.write(sent.subarray(0, first));
  await pause?.until;
  response.write(sent.subarray(first), () => {
    if (sent.length < bytes.length) response.destroy();
    else response.end();
  });
}

function wholeOf({ blocks, stop }: Extract<BedrockAnswer, { kind: 'answer' }>): object {
  const content = blocks.map((block) => {
    if ('thought' in block) return { reasoningContent: { reasoningText: { text: block.thought, signature: block.signature } } };
    if ('redacted' in block) return { reasoningContent: { redactedContent: block.redacted } };
    if ('text' in block) return { text: block.text };
    const { id, name, input } = block.call;
    return { toolUse: { toolUseId: id, name, input } };
  });
  return { output: { message: { role: 'assistant', content } }, stopReason: stop, usage: bedrockUsage, metrics: { latencyMs: 1 } };
}

function eventsOf({ blocks, stop }: Extract<BedrockAnswer, { kind: 'answer' }>): readonly (readonly [string, object])[] {
  const halves = (whole: string): readonly string[] => [whole.slice(0, 5), whole.slice(5)];
  const within = blocks.flatMap((block, contentBlockIndex): (readonly [string, object])[] => {
    const delta = (told: object): readonly [string, object] => ['contentBlockDelta', { contentBlockIndex, delta: told }];
    const end = ['contentBlockStop', { contentBlockIndex }] as const;
    if ('thought' in block) {
      const thought = halves(block.thought).map((half) => delta({ reasoningContent: { text: half } }));
      return [...thought, delta({ reasoningContent: { signature: block.signature } }), end];
    }
    if ('redacted' in block) return [delta({ reasoningContent: { redactedContent: block.redacted } }), end];
    if ('text' in block) return [...halves(block.text).map((half) => delta({ text: half })), end];
    const { id, name, input } = block.call;
    const begin = ['contentBlockStart', { contentBlockIndex, start: { toolUse: { toolUseId: id, name } } }] as const;
    return [begin, ...halves(JSON.stringify(input)).map((half) => delta({ toolUse: { input: half } })), end];
  });
  return [
    ['messageStart', { role: 'assistant' }],
    ...within,
    ['messageStop', { stopReason: stop }],
    ['metadata', { usage: bedrockUsage, metrics: { latencyMs: 1 } }],
  ];
}
