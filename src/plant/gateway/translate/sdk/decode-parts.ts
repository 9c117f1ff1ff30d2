import { z } from 'zod';
import type { AnswerEvent, Decoder, Opening, Stop } from '../answer/event.ts';
import { faultOf, readFault } from '../answer/fault.ts';
import { usageEvents } from '../answer/told-usage.ts';
import { maybe } from '../conversation/read-body.ts';
import { type Kept, mergedMeta, Meta } from './kept-thought.ts';
import { SdkUsage, usageOf } from './sdk-usage.ts';

const Finish = z.object({ unified: z.string(), raw: maybe.text });
const Part = z.object({
  type: z.string(),
  id: maybe.text,
  delta: maybe.text,
  toolCallId: maybe.text,
  toolName: maybe.text,
  input: maybe.text,
  providerExecuted: maybe.flag,
  providerMetadata: Meta.nullish().catch(null),
  finishReason: Finish.nullish(),
  usage: SdkUsage.nullish(),
  error: maybe.any,
});
type Part = z.infer<typeof Part>;

/** Reads the parts of a stream. Without a reason of the provider's own it has no end: packages tell one of what was cut. */
export function partsDecoder(): Decoder {
  const blocks = partBlocks();
  let begun = false;
  let stop: AnswerEvent | null = null;
  const onPart = (part: Part): readonly AnswerEvent[] => {
    if (part.type === 'error') return [{ kind: 'fault', fault: readFault({ error: part.error }, null) }];
    if (part.type !== 'finish') return blocks.take(part);
    const usage = part.usage == null ? [] : usageEvents(usageOf(part.usage));
    const ending = endingOf(part);
    if (ending?.kind === 'stop') stop = ending;
    const last = ending === null ? [] : ending.kind === 'fault' ? [ending] : blocks.close();
    return [...usage, ...last];
  };
  return {
    take(data) {
      const parsed = Part.safeParse(data);
      if (!parsed.success) return [{ kind: 'fault', fault: faultOf('malformed', 'The model’s package gave a part that is none.') }];
      const events: AnswerEvent[] = begun ? [] : [{ kind: 'begin', id: null }];
      begun = true;
      return [...events, ...onPart(parsed.data)];
    },
    end: () => (stop === null ? [] : [stop]),
  };
}

const Result = z.object({
  content: z.array(z.looseObject({ type: z.string(), text: maybe.text, providerMetadata: maybe.any })),
  finishReason: z.unknown(),
  usage: z.unknown(),
  providerMetadata: maybe.any,
});

/** Reads what `doGenerate` gave, as if its parts had come one by one. */
export function decodeResult(body: unknown): readonly AnswerEvent[] | null {
  const parsed = Result.safeParse(body);
  if (!parsed.success) return null;
  const { content, ...ending } = parsed.data;
  const decoder = partsDecoder();
  const parts = content.flatMap((part, at) => {
    const { type, text, providerMetadata } = part;
    if (type !== 'text' && type !== 'reasoning') return [part];
    const id = String(at);
    return [
      { type: `${type}-start`, id, providerMetadata },
      { type: `${type}-delta`, id, delta: text },
      { type: `${type}-end`, id },
    ];
  });
  return [...[...parts, { ...ending, type: 'finish' }].flatMap((part) => decoder.take(part)), ...decoder.end()];
}

const stops: Readonly<Record<string, Stop>> = { length: 'length', 'content-filter': 'refusal', 'tool-calls': 'calls' };

function endingOf({ finishReason, providerMetadata }: Part): Extract<AnswerEvent, { kind: 'stop' | 'fault' }> | null {
  const { unified = 'other', raw = null } = finishReason ?? {};
  if (raw === null) return null;
  if (unified === 'error') {
    const told = `The model’s answer could not be read by its own server (${raw}).`;
    return { kind: 'fault', fault: faultOf('server', told) };
  }
  if (raw !== 'stop_sequence') return { kind: 'stop', stop: stops[unified] ?? 'end', sequence: null };
  const told = Object.values(providerMetadata ?? {}).map(({ stopSequence }) => stopSequence);
  return { kind: 'stop', stop: 'sequence', sequence: told.find((one) => typeof one === 'string') ?? null };
}

interface Begun {
  readonly block: number;
  readonly kind: Opening['kind'];
  text: string;
  meta: Meta | null;
}

interface Blocks {
  take(part: Part): readonly AnswerEvent[];
  close(): readonly AnswerEvent[];
}

/** Blocks by the ids that the package gives them; a call comes in pieces, or whole. */
function partBlocks(): Blocks {
  let last = -1;
  const open = new Map<string, Begun>();
  const calls = new Set<string>();
  const begin = (key: string, what: Opening, meta: Meta | null): AnswerEvent => {
    last += 1;
    open.set(key, { block: last, kind: what.kind, text: '', meta });
    return { kind: 'open', block: last, what };
  };
  const more = (key: string, { delta, providerMetadata: meta }: Part): readonly AnswerEvent[] => {
    const begun = open.get(key);
    if (begun === undefined) return [];
    begun.meta = mergedMeta(begun.meta, meta);
    begun.text += delta ?? '';
    return delta == null || delta === '' ? [] : [{ kind: 'more', block: begun.block, text: delta }];
  };
  const kept = (of: Kept['of'], meta: Meta | null): readonly AnswerEvent[] => {
    if (meta === null) return [];
    last += 1;
    const keepsake: Kept = { of, text: '', meta };
    return [
      { kind: 'open', block: last, what: { kind: 'thought' } },
      { kind: 'close', block: last, keepsake },
    ];
  };
  const end = (key: string, metaAtEnd: Meta | null = null): readonly AnswerEvent[] => {
    const begun = open.get(key);
    if (begun === undefined) return [];
    open.delete(key);
    const { block, kind, text } = begun;
    const meta = mergedMeta(begun.meta, metaAtEnd);
    const keepsake: Kept | null = kind === 'thought' && meta !== null ? { of: 'itself', text, meta } : null;
    return [{ kind: 'close', block, keepsake }, ...(kind === 'text' ? kept('previous', meta) : [])];
  };
  const call = (key: string, id: string, name: string | null | undefined, meta: Meta | null): readonly AnswerEvent[] => {
    calls.add(key);
    return [...kept('next', meta), begin(key, { kind: 'call', id, name: name ?? '' }, null)];
  };
  return {
    take(part) {
      const { type, id, toolCallId, toolName, input, providerMetadata: meta = null } = part;
      // What a provider's own tools do is no part of the answer here.
      if (part.providerExecuted === true) return [];
      const [, kind = '', step = ''] = /^(text|reasoning|tool-input)-(start|delta|end)$/.exec(type) ?? [];
      const key = type === 'tool-call' ? `tool-input ${toolCallId ?? ''}` : `${kind} ${id ?? ''}`;
      if (type === 'tool-call')
        return calls.has(key)
          ? end(key)
          : [...call(key, toolCallId ?? '', toolName, meta), ...more(key, { type, delta: input }), ...end(key)];
      if (step === 'delta') return more(key, part);
      if (step === 'end') return end(key, kind === 'tool-input' ? null : meta);
      if (kind === 'tool-input') return call(key, id ?? '', toolName, meta);
      return kind === '' ? [] : [begin(key, { kind: kind === 'text' ? 'text' : 'thought' }, meta)];
    },
    close: () => [...open.entries()].flatMap(([key, { kind }]) => (kind === 'call' ? [] : end(key))),
  };
}
