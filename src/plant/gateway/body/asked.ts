import type { Protocol } from '../../../core/gateway/config/protocol.ts';
import { type Span, topLevel, type TopLevel } from './top-level.ts';

/** What a request says of itself, as far as the gateway has to know before it is sent on. */
export interface AskedBody extends TopLevel {
  /** What it names as its model; null where its address does. */
  readonly model: { readonly name: string; readonly span: Span } | null;
  /** Whether a stream is asked for; null where it does not say. */
  readonly stream: boolean | null;
  /** The longest answer that it allows, in tokens; null where it does not say. */
  readonly maxOutput: number | null;
}

export type Asked = ({ readonly kind: 'asked' } & AskedBody) | { readonly kind: 'wrong'; readonly message: string };

const limits: Readonly<Record<Protocol, readonly string[]>> = {
  messages: ['max_tokens'],
  responses: ['max_output_tokens'],
  chat: ['max_completion_tokens', 'max_tokens'],
  'generate-content': ['generationConfig', 'generation_config'],
};

/** Looks at a body of a protocol without changing or keeping it. */
export function askedOf(body: Buffer, protocol: Protocol): Asked {
  const scanned = topLevel(body);
  if (scanned.kind === 'wrong') return scanned;
  const { members } = scanned;
  const maxOutput = maxOutputOf(body, members, protocol);
  if (protocol === 'generate-content') return asked(scanned, { model: null, stream: null, maxOutput });
  const span = members.get('model');
  const name = span === undefined ? undefined : valueOf(body, span);
  if (span === undefined || typeof name !== 'string')
    return { kind: 'wrong', message: span === undefined ? 'The body names no "model".' : '"model" is no text.' };
  const streams = members.get('stream');
  const stream = streams === undefined ? null : valueOf(body, streams) === true;
  return asked(scanned, { model: { name, span }, stream, maxOutput });
}

/** Member by member: to take one object over into another costs more, and this is done with every call. */
function asked(
  { members, elements, images, imageBytes, cache, keepsakes }: TopLevel,
  { model, stream, maxOutput }: Omit<AskedBody, keyof TopLevel>,
): Asked {
  return { kind: 'asked', members, elements, images, imageBytes, cache, keepsakes, model, stream, maxOutput };
}

function maxOutputOf(body: Buffer, members: ReadonlyMap<string, Span>, protocol: Protocol): number | null {
  let most: number | null = null;
  for (const name of limits[protocol]) {
    const span = members.get(name);
    if (span === undefined) continue;
    const value = valueOf(body, span);
    const count = protocol === 'generate-content' ? ofConfig(value) : value;
    if (typeof count === 'number' && Number.isFinite(count) && count > 0) most = Math.max(most ?? 0, Math.ceil(count));
  }
  return most;
}

function ofConfig(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return null;
  return 'maxOutputTokens' in value ? value.maxOutputTokens : 'max_output_tokens' in value ? value.max_output_tokens : null;
}

function valueOf(body: Buffer, { from, to }: Span): unknown {
  try {
    return JSON.parse(body.toString('utf8', from, to));
  } catch {
    return null;
  }
}
