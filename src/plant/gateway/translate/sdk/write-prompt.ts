import { inputObject } from '../conversation/call-input.ts';
import type { Call, Conversation, Media, Part, Result, Text, Thought, Turn } from '../conversation/conversation.ts';
import type { Remarks } from '../conversation/remarks.ts';
import { mediaIn, resultText } from '../conversation/spoken.ts';
import type { Upstream } from '../conversation/upstream.ts';
import type { Members } from '../protocol.ts';
import { keptOf, type Meta, mergedMeta } from './kept-thought.ts';
import { kindOfModel } from './model-kind.ts';

/** The conversation as the packages take it: instructions, then what was said, with results as turns of tools. */
export function promptOf({ system, turns }: Conversation, upstream: Upstream, remarks: Remarks): readonly Members[] {
  const names = new Map(turns.flatMap(({ parts }) => parts.flatMap((part) => (part.kind === 'call' ? [[part.id, part.name]] : []))));
  const said = turns.flatMap((turn) => (turn.role === 'assistant' ? [assistantTurn(turn)] : userTurns(turn, names, remarks)));
  const instructions = system.map((text): Members => ({ role: 'system', content: text }));
  const mark = upstream.cacheMarks ? markFor(upstream.model) : null;
  return mark === null ? [...instructions, ...said] : [...markedEnd(instructions, mark), ...markedEnd(said, mark)];
}

/** Marks for the prompt cache, for each package that knows them. */
function markFor(model: string): Members | null {
  const { isClaude, hasCachePoints } = kindOfModel(model);
  if (!hasCachePoints) return null;
  return {
    bedrock: { cachePoint: { type: 'default' } },
    ...(isClaude && { anthropic: { cacheControl: { type: 'ephemeral' } } }),
  };
}

/** Marks the last that is not the model's own. */
function markedEnd(messages: readonly Members[], mark: Members): readonly Members[] {
  const last = messages.findLastIndex(({ role }) => role !== 'assistant');
  return messages.map((message, at) => (at === last ? { ...message, providerOptions: mark } : message));
}

/** Results and what else was said, each in a message of its own, in their order. */
function userTurns({ parts }: Turn, names: ReadonlyMap<string | undefined, string | undefined>, remarks: Remarks): readonly Members[] {
  const messages: { readonly role: string; readonly content: Members[] }[] = [];
  const add = (role: string, part: Members): void => {
    const last = messages.at(-1);
    if (last?.role === role) last.content.push(part);
    else messages.push({ role, content: [part] });
  };
  for (const part of parts) {
    if (part.kind === 'result') add('tool', resultPart(part, names.get(part.id) ?? '', remarks));
    else if (part.kind === 'text') add('user', { type: 'text', text: part.text });
    else if (part.kind === 'media') add('user', filePart(part, remarks));
  }
  return messages.map(({ role, content }) => ({ role, content }));
}

/** Addresses are looked up by the provider, with its own rights where they are no addresses of the web. */
function filePart({ type, source, name }: Media, remarks: Remarks): Members {
  const named = { type: 'file', mediaType: type, ...(name !== null && { filename: name }) };
  if (source.kind === 'base64') return { ...named, data: source.data };
  if (/^https?:/i.test(source.url) && URL.canParse(source.url)) return { ...named, data: new URL(source.url) };
  remarks.refuse(`The file ${source.url.slice(0, 200)} cannot be had by another provider: send its content.`);
  return named;
}

/** A result of words alone is told as such; packages know no mark for an error that all of them tell. */
function resultPart(result: Result, name: string, remarks: Remarks): Members {
  const media = mediaIn(result.content);
  const text = resultText(result) || (media.length > 0 ? 'What was found follows.' : 'There is nothing in the result.');
  const output =
    media.length === 0
      ? { type: result.isError ? 'error-text' : 'text', value: text }
      : { type: 'content', value: [{ type: 'text', text }, ...media.map((one) => innerPart(one, remarks))] };
  return { type: 'tool-result', toolCallId: result.id, toolName: name, output };
}

function innerPart({ type, source, name }: Media, remarks: Remarks): Members {
  // Some packages would look an address up from this process, which reaches more than the caller may.
  if (source.kind === 'url') {
    remarks.refuse('An image by its address cannot be told to this provider in a result: send its content.');
    return {};
  }
  if (type.startsWith('image/')) return { type: 'image-data', mediaType: type, data: source.data };
  return { type: 'file-data', mediaType: type, data: source.data, ...(name !== null && { filename: name }) };
}

/** What the maker of a thought wants back stands in the thought, or beside the part before or behind it. */
function assistantTurn({ parts }: Turn): Members {
  const content: { part: Members; meta: Meta | null }[] = [];
  let ahead: Meta | null = null;
  for (const part of parts) {
    const kept = part.kind === 'thought' ? keptOf(part) : null;
    const last = content.at(-1);
    if (kept?.of === 'next') ahead = mergedMeta(ahead, kept.meta);
    else if (kept?.of === 'previous' && last !== undefined) last.meta = mergedMeta(last.meta, kept.meta);
    else if (kept?.of === 'itself') content.push({ part: { type: 'reasoning', text: kept.text }, meta: kept.meta });
    const said = part.kind === 'thought' ? null : saidPart(part);
    if (said === null) continue;
    content.push({ part: said, meta: ahead });
    ahead = null;
  }
  return { role: 'assistant', content: content.map(({ part, meta }) => (meta === null ? part : { ...part, providerOptions: meta })) };
}

function saidPart(part: Exclude<Part, Thought>): Members | null {
  if (part.kind === 'text') return textPart(part);
  return part.kind === 'call' ? callPart(part) : null;
}

function textPart({ text }: Text): Members {
  return { type: 'text', text };
}

function callPart({ id, name, input }: Call): Members {
  return { type: 'tool-call', toolCallId: id, toolName: name, input: inputObject(input) };
}
