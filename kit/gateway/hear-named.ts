import { type Heard, listOf, must, membersOf, type Members, namedEvents } from './frames.ts';

/** Hears a stream of Messages, and fails where it breaks a rule of the API. */
export function hearMessages(stream: string): Heard {
  const events = namedEvents(stream).filter(({ type }) => type !== 'ping');
  const last = events.at(-1);
  const error = last?.['type'] === 'error' ? membersOf(last['error'])['message'] : null;
  if (error !== null && events.length === 1) return nothing(error);
  must(events[0]?.['type'] === 'message_start', 'it does not begin with message_start');
  const blocks: Block[] = [];
  let delta: Members | null = null;
  for (const event of events.slice(1, -1)) {
    must(delta === null, 'it goes on after its end');
    if (event['type'] === 'message_delta') delta = event;
    else takeBlock(event, blocks);
  }
  const isOpen = blocks.at(-1)?.isOpen ?? false;
  must(error !== null || (last?.['type'] === 'message_stop' && delta !== null && !isOpen), 'it has no end');
  return {
    parts: blocks.map(({ block, text }) => messagesPart(block, text)),
    stop: error === null ? String(membersOf(delta?.['delta'])['stop_reason']) : null,
    model: membersOf(events[0]['message'])['model'],
    usage: delta?.['usage'],
    keepsakes: blocks.flatMap(({ signature }) => (signature === '' ? [] : [signature])),
    error: error === null ? null : String(error),
  };
}

interface Block {
  readonly block: Members;
  text: string;
  signature: string;
  isOpen: boolean;
}

function takeBlock(event: Members, blocks: Block[]): void {
  const last = blocks.at(-1);
  if (event['type'] === 'content_block_start') {
    must(last?.isOpen !== true && event['index'] === blocks.length, 'a block begins within another, or out of order');
    blocks.push({ block: membersOf(event['content_block']), text: '', signature: '', isOpen: true });
    return;
  }
  must(last?.isOpen === true && event['index'] === blocks.length - 1, `${String(event['type'])} is of a block that is not open`);
  last.isOpen = event['type'] !== 'content_block_stop';
  must(!last.isOpen || event['type'] === 'content_block_delta', `there is a ${String(event['type'])}`);
  const own = membersOf(event['delta']);
  last.text += String(own['text'] ?? own['thinking'] ?? own['partial_json'] ?? '');
  last.signature += String(own['signature'] ?? '');
}

function messagesPart({ type, id, name }: Members, text: string): string {
  if (type === 'tool_use') return `call ${String(id)} ${String(name)} ${text}`;
  return `${type === 'thinking' ? 'thought' : String(type)} ${text}`;
}

/** Hears a whole answer of Messages. */
export function hearMessage(body: Members): Heard {
  const content = listOf(body['content']);
  return {
    parts: content.map((block) =>
      messagesPart(block, block['type'] === 'tool_use' ? JSON.stringify(block['input']) : String(block['text'] ?? block['thinking'])),
    ),
    stop: String(body['stop_reason']),
    model: body['model'],
    usage: body['usage'],
    keepsakes: content.flatMap(({ signature }) => (typeof signature === 'string' ? [signature] : [])),
    error: null,
  };
}

/** Hears a stream of Responses, and fails where it breaks a rule of the API. */
export function hearResponses(stream: string): Heard {
  const events = namedEvents(stream);
  must(
    events.every((event, at) => event['sequence_number'] === at),
    'its numbers do not count up from 0',
  );
  const last = events.at(-1);
  const isError = last?.['type'] === 'response.failed';
  const response = membersOf(last?.['response']);
  if (isError && events.length === 2) return nothing(membersOf(response['error'])['message']);
  must(events[0]?.['type'] === 'response.created', 'it does not begin with response.created');
  const done: unknown[] = [];
  let open: Members | null = null;
  let text = '';
  for (const event of events) {
    const type = String(event['type']);
    if (type === 'response.output_item.added') {
      must(open === null && event['output_index'] === done.length, 'an item begins within another, or out of order');
      [open, text] = [membersOf(event['item']), ''];
    } else if (type === 'response.output_item.done') {
      must(open !== null && open['id'] === membersOf(event['item'])['id'], 'an item ends that is not open');
      must(wordsOf(membersOf(event['item'])) === text, 'the end of an item differs from what was told of it');
      done.push(event['item']);
      open = null;
    } else if ('item_id' in event) {
      must(
        open !== null && event['item_id'] === open['id'] && event['output_index'] === done.length,
        `${type} is of an item that is not open`,
      );
      if (type.endsWith('.delta')) text += String(event['delta']);
    }
  }
  must(isError || open === null, 'it ends within an item');
  must(isError || JSON.stringify(done) === JSON.stringify(response['output']), 'its end differs from what was told before');
  must(isError || ['response.completed', 'response.incomplete'].includes(String(last?.['type'])), 'it has no end');
  return {
    ...hearResponse({ ...response, output: done }),
    ...(isError && { stop: null, error: String(membersOf(response['error'])['message']) }),
  };
}

function wordsOf(item: Members): string {
  const { type, content, summary, arguments: given, input } = item;
  if (type === 'function_call') return String(given);
  if (type === 'custom_tool_call') return String(input);
  return listOf(type === 'message' ? content : summary)
    .map(({ text }) => String(text))
    .join('\n\n');
}

/** Hears a whole answer of Responses. */
export function hearResponse(body: Members): Heard {
  const output = listOf(body['output']);
  return {
    parts: output.map((item) => {
      if (item['type'] === 'message') return `text ${wordsOf(item)}`;
      if (item['type'] === 'reasoning') return `thought ${wordsOf(item)}`;
      return `call ${String(item['call_id'])} ${String(item['name'])} ${wordsOf(item)}`;
    }),
    stop: String(membersOf(body['incomplete_details'])['reason'] ?? body['status']),
    model: body['model'],
    usage: body['usage'],
    keepsakes: output.flatMap(({ encrypted_content: keepsake }) => (typeof keepsake === 'string' ? [keepsake] : [])),
    error: null,
  };
}

function nothing(error: unknown): Heard {
  return { parts: [], stop: null, model: null, usage: null, keepsakes: [], error: String(error) };
}
