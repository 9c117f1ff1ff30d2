import { framesOf, type Heard, listOf, type Members, membersOf, must } from './frames.ts';

interface Said {
  thought: string;
  text: string;
  readonly calls: { readonly id: unknown; readonly name: unknown; text: string }[];
  readonly keepsakes: string[];
}

/** Hears a stream of Chat Completions, and fails where it breaks a rule of the API. */
export function hearChat(stream: string): Heard {
  const frames = framesOf(stream);
  must(frames.at(-1)?.data === '[DONE]', 'it does not end with [DONE]');
  const chunks = frames.slice(0, -1).map(({ data }) => membersOf(JSON.parse(data)));
  const said: Said = { thought: '', text: '', calls: [], keepsakes: [] };
  let finish: unknown = null;
  for (const chunk of chunks) {
    const [choice] = listOf(chunk['choices']);
    must(finish === null || choice === undefined, 'it goes on after its end');
    take(membersOf(choice?.['delta']), said);
    finish = choice?.['finish_reason'] ?? finish;
  }
  const error = chunks.at(-1)?.['error'];
  must(error === undefined ? finish !== null : finish === null, 'it has no end, or two');
  const told = chunks.map((chunk) => chunk['usage']).findLast((usage) => usage !== undefined);
  return heard(said, { finish, model: chunks[0]?.['model'], usage: told, error: error === undefined ? null : membersOf(error)['message'] });
}

function take(delta: Members, said: Said): void {
  said.thought += String(delta['reasoning_content'] ?? '');
  said.text += String(delta['content'] ?? '');
  for (const call of listOf(delta['tool_calls'])) {
    const { name, arguments: given } = membersOf(call['function']);
    const index = Number(call['index']);
    if (call['id'] !== undefined) {
      must(index === said.calls.length, 'calls are not counted up');
      said.calls.push({ id: call['id'], name, text: '' });
      said.keepsakes.push(...keepsakeIn(call));
    }
    must(index === said.calls.length - 1, 'a call goes on after the next has begun');
    const last = said.calls.at(-1);
    if (last !== undefined) last.text += String(given ?? '');
  }
}

function keepsakeIn(call: Members): readonly string[] {
  const keepsake = membersOf(membersOf(call['extra_content'])['google'])['thought_signature'];
  return typeof keepsake === 'string' ? [keepsake] : [];
}

/** Hears a whole answer of Chat Completions. */
export function hearCompletion(body: Members): Heard {
  const [choice] = listOf(body['choices']);
  const message = membersOf(choice?.['message']);
  const said: Said = { thought: '', text: '', calls: [], keepsakes: [] };
  take({ ...message, tool_calls: listOf(message['tool_calls']).map((call, index) => ({ ...call, index })) }, said);
  return heard(said, { finish: choice?.['finish_reason'], model: body['model'], usage: body['usage'], error: null });
}

function heard(said: Said, rest: { finish: unknown; model: unknown; usage: unknown; error: unknown }): Heard {
  const { thought, text, calls, keepsakes } = said;
  return {
    parts: [
      ...(thought === '' ? [] : [`thought ${thought}`]),
      ...(text === '' ? [] : [`text ${text}`]),
      ...calls.map((call) => `call ${String(call.id)} ${String(call.name)} ${call.text}`),
    ],
    stop: rest.finish === null ? null : String(rest.finish),
    model: rest.model,
    usage: rest.usage,
    keepsakes,
    error: rest.error === null ? null : String(rest.error),
  };
}

/** Hears a stream of Gemini, and fails where it breaks a rule of the API. */
export function hearGemini(stream: string): Heard {
  // Comments are not understood, and an error stands by itself after the last event.
  const [told] = /^\{"error".*\n\n$/m.exec(stream) ?? [];
  const events = told === undefined ? stream : stream.slice(0, -told.length);
  must(!/^:/m.test(events), 'it has a comment');
  const contents = framesOf(events).map(({ data }) => membersOf(JSON.parse(data)));
  const error = told === undefined ? undefined : membersOf(JSON.parse(told))['error'];
  const candidates = contents.map((chunk) => listOf(chunk['candidates'])[0] ?? {});
  const ends = candidates.filter((candidate) => candidate['finishReason'] !== undefined);
  must(error === undefined ? ends.length === 1 && ends[0] === candidates.at(-1) : ends.length === 0, 'it has no end, or goes on after it');
  const parts = candidates.flatMap((candidate) => listOf(membersOf(candidate['content'])['parts']));
  const model = contents[0]?.['modelVersion'];
  const usage = contents.at(-1)?.['usageMetadata'];
  return heardParts(parts, {
    finish: ends[0]?.['finishReason'] ?? null,
    model,
    usage,
    error: error === undefined ? null : membersOf(error)['message'],
  });
}

/** Hears a whole answer of Gemini. */
export function hearContent(body: Members): Heard {
  const [candidate = {}] = listOf(body['candidates']);
  const parts = listOf(membersOf(candidate['content'])['parts']);
  return heardParts(parts, { finish: candidate['finishReason'], model: body['modelVersion'], usage: body['usageMetadata'], error: null });
}

function heardParts(parts: readonly Members[], rest: Parameters<typeof heard>[1]): Heard {
  const said: Said = { thought: '', text: '', calls: [], keepsakes: [] };
  for (const { text, thought, functionCall, thoughtSignature: keepsake } of parts) {
    const call = membersOf(functionCall);
    if (functionCall !== undefined) said.calls.push({ id: call['id'], name: call['name'], text: JSON.stringify(call['args']) });
    if (thought === true) said.thought += String(text);
    else said.text += String(text ?? '');
    if (typeof keepsake === 'string') said.keepsakes.push(keepsake);
  }
  return heard(said, rest);
}
