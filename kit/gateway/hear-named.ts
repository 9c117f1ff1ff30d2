import { type Heard, listOf, must, membersOf, type Members, namedEvents } from './frames.ts';

/** Hears a stream of Messages, and fails where it breaks a rule of the API. */
export function hearMessages(stream: string): Heard {
  const events = namedEvents(stream).filter(({ type }) => type !== 'ping');
  const [start] = events;
  const isError = events.at(-1)?.['type'] === 'error';
  if (isError && events.length === 1) return nothing(membersOf(events[0]?.['error'])['message']);
  must(start?.['type'] === 'message_start', 'it does not begin with message_start');
  const blocks: { block: Members; text: string; signature: string }[] = [];
  let open = false;
  let delta: Members = {};
  for (const event of events.slice(1)) {
    const last = blocks.at(-1);
    switch (event['type']) {
      case 'content_block_start':
        must(!open && event['index'] === blocks.length, 'a block begins within another, or out of order');
        blocks.push({ block: membersOf(event['content_block']), text: '', signature: '' });
        open = true;
        break;
      case 'content_block_delta': {
        must(open && event['index'] === blocks.length - 1 && last !== undefined, 'a delta is of a block that is not open');
        const own = membersOf(event['delta']);
        last.text += String(own['text'] ?? own['thinking'] ?? own['partial_json'] ?? '');
        last.signature += String(own['signature'] ?? '');
        break;
      }
      case 'content_block_stop':
        must(open && event['index'] === blocks.length - 1, 'a block ends that is not open');
        open = false;
        break;
      case 'message_delta':
        must(!open && delta['delta'] === undefined, 'the message ends within a block, or twice');
        delta = event;
        break;
      default:
        must(event === events.at(-1) && ['message_stop', 'error'].includes(String(event['type'])), `there is a ${String(event['type'])}`);
    }
  }
  must(isError || (events.at(-1)?.['type'] === 'message_stop' && delta['delta'] !== undefined), 'it has no end');
  return {
    parts: blocks.map(({ block, text }) => messagesPart(block, text)),
    stop: isError ? null : String(membersOf(delta['delta'])['stop_reason']),
    model: membersOf(start['message'])['model'],
    usage: delta['usage'],
    seals: blocks.flatMap(({ signature }) => (signature === '' ? [] : [signature])),
    error: isError ? String(membersOf(events.at(-1)?.['error'])['message']) : null,
  };
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
    seals: content.flatMap(({ signature }) => (typeof signature === 'string' ? [signature] : [])),
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
    seals: output.flatMap(({ encrypted_content: seal }) => (typeof seal === 'string' ? [seal] : [])),
    error: null,
  };
}

function nothing(error: unknown): Heard {
  return { parts: [], stop: null, model: null, usage: null, seals: [], error: String(error) };
}
