import type { Json } from '../../../../../core/base/json.ts';
import type { ModelCall } from '../../call.ts';
import { argumentsText, piecesOf, type Reply, type ReplyCall, type Stop, type Usage } from '../../reply.ts';
import { frame, type Frame } from '../dialect.ts';

type Members = { readonly [key: string]: Json };

/** An answer of `/v1/chat/completions` in one piece. */
export function wholeCompletion(reply: Reply): Json {
  const text = textOf(reply, 'text');
  const thoughts = textOf(reply, 'thought');
  const calls = callsOf(reply);
  const message = {
    role: 'assistant',
    content: text === '' && calls.length > 0 ? null : text,
    refusal: null,
    ...(thoughts === '' ? {} : { reasoning_content: thoughts }),
    ...(calls.length === 0 ? {} : { tool_calls: calls.map((call) => callOf(call, argumentsText(call))) }),
  };
  return {
    ...headOf(reply, 'chat.completion'),
    choices: [{ index: 0, message, logprobs: null, finish_reason: stops[reply.stop] }],
    usage: usageOf(reply.usage),
  };
}

/** The same as a stream of chunks. */
export function completionFrames(reply: Reply, { streamUsage }: ModelCall): readonly Frame[] {
  const head = headOf(reply, 'chat.completion.chunk');
  const chunk = (delta: Members, part: Frame['part'], finish: string | null = null): Frame =>
    frame(null, { ...head, choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }] }, part);
  const calls = callsOf(reply);
  return [
    chunk({ role: 'assistant', content: '' }, 'body'),
    ...reply.parts.flatMap((part) => {
      if (part.kind === 'call') return callDeltas(part, calls.indexOf(part)).map((delta) => chunk({ tool_calls: [delta] }, 'call'));
      const name = part.kind === 'text' ? 'content' : 'reasoning_content';
      return piecesOf(part.text).map((text) => chunk({ [name]: text }, 'body'));
    }),
    chunk({}, 'end', stops[reply.stop]),
    ...(streamUsage ? [frame(null, { ...head, choices: [], usage: usageOf(reply.usage) }, 'end')] : []),
    { event: null, data: '[DONE]', part: 'end' },
  ];
}

const stops: Readonly<Record<Stop, string>> = { end: 'stop', calls: 'tool_calls', length: 'length', refusal: 'content_filter' };

function headOf({ id, model }: Reply, object: string): Members {
  return { id: `chatcmpl-${id}`, object, created: 1_767_225_600, model, system_fingerprint: 'fp_twin' };
}

function usageOf({ input, cacheRead, cacheWrite, output, reasoning }: Usage): Json {
  const sent = input + cacheRead + cacheWrite;
  return {
    prompt_tokens: sent,
    completion_tokens: output,
    total_tokens: sent + output,
    prompt_tokens_details: { cached_tokens: cacheRead },
    completion_tokens_details: { reasoning_tokens: reasoning },
  };
}

function textOf({ parts }: Reply, kind: 'text' | 'thought'): string {
  return parts.map((part) => (part.kind === kind ? part.text : '')).join('');
}

function callsOf({ parts }: Reply): readonly ReplyCall[] {
  return parts.filter((part) => part.kind === 'call');
}

function callOf({ id, tool }: ReplyCall, text: string): Members {
  return { id, type: 'function', function: { name: tool.name, arguments: text } };
}

function callDeltas(call: ReplyCall, index: number): readonly Members[] {
  const rest = piecesOf(argumentsText(call)).map((text): Members => ({ index, function: { arguments: text } }));
  return [{ index, ...callOf(call, '') }, ...rest];
}
