// An upstream of the Messages API that caches prompts as its documentation has it: what lies before a mark is written, and read again by whoever
// sends the same bytes before one of his marks, or up to twenty blocks before it. It tells of tokens by four bytes of what it was sent.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';

const bytesPerToken = 4;
const leastTokens = 1024;
const blocksBack = 20;

/** Tokens of each answer. */
export const answerTokens = 350;

/** Serves `/NAME/v1/messages`, a cache for each name and model; `failing` are names that answer with 500. */
export async function prefixUpstream() {
  /** @type {Map<string, Set<string>>} */
  const caches = new Map();
  /** @type {Set<string>} */
  const failing = new Set();
  const server = createServer(async (request, response) => {
    /** @type {Buffer[]} */
    const parts = [];
    for await (const part of request) parts.push(part);
    const name = request.url?.split('/')[1] ?? '';
    if (failing.has(name)) return void response.writeHead(500, { 'content-type': 'application/json' }).end('{}');
    const asked = JSON.parse(Buffer.concat(parts).toString());
    const cache = caches.get(`${name}/${asked.model}`) ?? new Set();
    caches.set(`${name}/${asked.model}`, cache);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answerTo(asked, cache)));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The upstream has no port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    failing,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve(undefined));
      }),
  };
}

/**
 * @param {any} asked
 * @param {Set<string>} cache prefixes that lie in it, by their digest
 */
function answerTo(asked, cache) {
  const prefixes = prefixesOf(blocksOf(asked));
  const marks = prefixes.flatMap(({ isMarked, tokens }, at) => (isMarked && tokens >= leastTokens ? [at] : []));
  const found = marks.flatMap((mark) => prefixes.slice(Math.max(0, mark - blocksBack), mark + 1).filter(({ digest }) => cache.has(digest)));
  const read = Math.max(0, ...found.map(({ tokens }) => tokens));
  const end = Math.max(read, ...marks.map((mark) => prefixes[mark]?.tokens ?? 0));
  for (const mark of marks) cache.add(prefixes[mark]?.digest ?? '');
  return {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: asked.model,
    content: [{ type: 'text', text: 'Done.' }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: {
      input_tokens: (prefixes.at(-1)?.tokens ?? 0) - end,
      cache_read_input_tokens: read,
      cache_creation_input_tokens: end - read,
      output_tokens: answerTokens,
    },
  };
}

/**
 * All that a prompt is made of, in the order in which it is cached.
 *
 * @param {any} asked
 * @returns {readonly any[]}
 */
function blocksOf({ tools = [], system = [], messages }) {
  return [
    ...tools,
    ...asBlocks(system),
    ...messages.flatMap((/** @type {any} */ { role, content }) => asBlocks(content).map((block) => ({ role, ...block }))),
  ];
}

/**
 * @param {any} content a text, or blocks
 * @returns {readonly any[]}
 */
function asBlocks(content) {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

/**
 * Of each block the digest and the tokens of all up to it.
 *
 * @param {readonly any[]} blocks
 */
function prefixesOf(blocks) {
  const hash = createHash('sha256');
  let bytes = 0;
  return blocks.map(({ cache_control: mark, ...block }) => {
    const text = JSON.stringify(block);
    bytes += text.length;
    hash.update(text);
    return { digest: hash.copy().digest('hex'), tokens: Math.round(bytes / bytesPerToken), isMarked: mark !== undefined };
  });
}
