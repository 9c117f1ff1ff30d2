import type { Json } from '../../../../../core/base/json.ts';
import { assertNever } from '../../../../../core/base/assert-never.ts';
import { argumentsText, piecesOf, type Reply, type ReplyPart, type Stop, type Usage } from '../../reply.ts';
import { frame, type Frame } from '../dialect.ts';

/** An answer of `/v1/messages` in one piece. */
export function wholeMessage(reply: Reply): Json {
  return {
    ...headOf(reply),
    content: reply.parts.map(blockOf),
    stop_reason: stops[reply.stop],
    stop_sequence: null,
    usage: usageOf(reply.usage),
  };
}

/** The same as a stream of events. */
export function messageFrames(reply: Reply): readonly Frame[] {
  const { input_tokens, cache_creation_input_tokens, cache_read_input_tokens, output_tokens } = usageOf(reply.usage);
  const start = { input_tokens, cache_creation_input_tokens, cache_read_input_tokens, output_tokens: Math.min(1, output_tokens) };
  return [
    event('message_start', { message: { ...headOf(reply), content: [], stop_reason: null, stop_sequence: null, usage: start } }),
    event('ping', {}),
    ...reply.parts.flatMap(blockFrames),
    event('message_delta', { delta: { stop_reason: stops[reply.stop], stop_sequence: null }, usage: usageOf(reply.usage) }, 'end'),
    event('message_stop', {}, 'end'),
  ];
}

function headOf({ id, model }: Reply): { readonly [key: string]: Json } {
  return { id: `msg_${id}`, type: 'message', role: 'assistant', model };
}

const stops: Readonly<Record<Stop, string>> = { end: 'end_turn', calls: 'tool_use', length: 'max_tokens', refusal: 'refusal' };

function usageOf({ input, cacheRead, cacheWrite, output }: Usage) {
  return {
    input_tokens: input,
    cache_creation_input_tokens: cacheWrite,
    cache_read_input_tokens: cacheRead,
    output_tokens: output,
    service_tier: 'standard',
  };
}

function event(type: string, members: object, part: Frame['part'] = 'body'): Frame {
  return frame(type, { type, ...members }, part);
}

function blockOf(part: ReplyPart): Json {
  switch (part.kind) {
    case 'text':
      return { type: 'text', text: part.text };
    case 'thought':
      return { type: 'thinking', thinking: part.text, signature: signature };
    case 'call':
      // In one piece the arguments are an object: there is no way to say what is none.
      return { type: 'tool_use', id: part.id, name: part.tool.name, input: part.garbled ? {} : part.input };
    default:
      return assertNever(part);
  }
}

const signature = Buffer.from('thought of the model twin').toString('base64');

function blockFrames(part: ReplyPart, index: number): readonly Frame[] {
  const kind = part.kind === 'call' ? 'call' : 'body';
  return [
    event('content_block_start', { index, content_block: emptyBlock(part) }, kind),
    ...deltasOf(part).map((delta) => event('content_block_delta', { index, delta }, kind)),
    event('content_block_stop', { index }, kind),
  ];
}

function emptyBlock(part: ReplyPart): Json {
  if (part.kind === 'text') return { type: 'text', text: '' };
  if (part.kind === 'thought') return { type: 'thinking', thinking: '', signature: '' };
  return { type: 'tool_use', id: part.id, name: part.tool.name, input: {} };
}

function deltasOf(part: ReplyPart): readonly Json[] {
  if (part.kind === 'text') return piecesOf(part.text).map((text) => ({ type: 'text_delta', text }));
  if (part.kind === 'call') return ['', ...piecesOf(argumentsText(part))].map((json) => ({ type: 'input_json_delta', partial_json: json }));
  return [...piecesOf(part.text).map((thinking) => ({ type: 'thinking_delta', thinking })), { type: 'signature_delta', signature }];
}
