import type { Protocol } from '../../../core/gateway/config/protocol.ts';
import { type Scanned, type Span, topLevel, type TopLevel } from './top-level.ts';

/** What a request says of itself, as far as the gateway has to know before it is sent on. */
export interface AskedBody extends TopLevel {
  /** What it names as its model; null where its address does. */
  readonly model: { readonly name: string; readonly span: Span } | null;
  /** Whether a stream is asked for; null where it does not say. */
  readonly stream: boolean | null;
  /** The longest answer that it allows, in tokens; null where it does not say. */
  readonly maxOutput: number | null;
  /** How many answers are asked for at once. */
  readonly answers: number;
  /** Whether the prompt may hold what is not in these bytes, nor bounded by them: it lies with the provider, or is fetched by it. */
  readonly elsewhere: boolean;
}

export type Asked = ({ readonly kind: 'asked' } & AskedBody) | { readonly kind: 'wrong'; readonly message: string };

const limits: Readonly<Record<Protocol, readonly string[]>> = {
  messages: ['max_tokens'],
  responses: ['max_output_tokens'],
  chat: ['max_completion_tokens', 'max_tokens'],
  'generate-content': ['maxOutputTokens', 'max_output_tokens'],
};
const counts: Readonly<Record<Protocol, readonly string[]>> = {
  messages: ['n'],
  responses: ['n'],
  chat: ['n'],
  'generate-content': ['candidateCount', 'candidate_count'],
};
/** Members of the body itself by which a provider puts more into a prompt than it was sent. */
const elsewheres: Readonly<Record<Protocol, readonly string[]>> = {
  messages: ['mcp_servers'],
  responses: ['previous_response_id', 'conversation', 'prompt'],
  chat: ['web_search_options', 'plugins'],
  'generate-content': ['cachedContent', 'cached_content'],
};

/** Looks at a body of a protocol without changing it. */
export function askedOf(body: Buffer, protocol: Protocol, scanned: Scanned = topLevel(body)): Asked {
  if (scanned.kind === 'wrong') return scanned;
  const { members } = scanned;
  const valuesOf = valuesIn(body, members, protocol);
  const most = {
    maxOutput: longestOf(valuesOf(limits[protocol])),
    answers: answersOf(valuesOf(counts[protocol])),
    elsewhere: scanned.references.unbounded || elsewheres[protocol].some((name) => refers(body, members.get(name))),
  };
  if (protocol === 'generate-content') return asked(scanned, { model: null, stream: null, ...most });
  const span = members.get('model');
  const name = span === undefined ? undefined : valueOf(body, span);
  if (span === undefined || typeof name !== 'string')
    return { kind: 'wrong', message: span === undefined ? 'The body names no "model".' : '"model" is no text.' };
  const streams = members.get('stream');
  const stream = streams === undefined ? null : valueOf(body, streams) === true;
  return asked(scanned, { model: { name, span }, stream, ...most });
}

/** Member by member: to take one object over into another costs more, and this is done with every call. */
function asked(
  { members, elements, images, imageBytes, cache, keepsakes, references }: TopLevel,
  { model, stream, maxOutput, answers, elsewhere }: Omit<AskedBody, keyof TopLevel>,
): Asked {
  return {
    kind: 'asked',
    members,
    elements,
    images,
    imageBytes,
    cache,
    keepsakes,
    references,
    model,
    stream,
    maxOutput,
    answers,
    elsewhere,
  };
}

type Values = (names: readonly string[]) => readonly unknown[];

/** What members of these names say, those of a protocol that has them in an object of its own read from there, in both of its spellings. */
function valuesIn(body: Buffer, members: ReadonlyMap<string, Span>, protocol: Protocol): Values {
  const saidBy = (name: string): readonly unknown[] => {
    const span = members.get(name);
    return span === undefined ? [] : [valueOf(body, span)];
  };
  if (protocol !== 'generate-content') return (names) => names.flatMap(saidBy);
  const configs = ['generationConfig', 'generation_config'].flatMap(saidBy).map(membersOf);
  return (names) => configs.flatMap((config) => names.flatMap((name) => (config.has(name) ? [config.get(name)] : [])));
}

function membersOf(value: unknown): ReadonlyMap<string, unknown> {
  return new Map(typeof value === 'object' && value !== null ? Object.entries(value) : []);
}

/** The greatest of several; null where none is said, or one that an upstream may take for no limit. */
function longestOf(values: readonly unknown[]): number | null {
  const said = values.filter((value) => value !== null);
  const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value > 0;
  return said.length > 0 && said.every(isCount) ? Math.max(...said.map(Math.ceil)) : null;
}

/** Nobody gives more at once. */
const mostAnswers = 2 ** 16;

/** The greatest of several. Servers take a number in quotes for one; what is none, or below one, is refused by whoever is asked. */
function answersOf(values: readonly unknown[]): number {
  const said = values.map((value) => (typeof value === 'number' || typeof value === 'string' ? Math.ceil(Number(value)) : 1));
  return Math.min(Math.max(1, ...said.filter((count) => !Number.isNaN(count))), mostAnswers);
}

/** Whether a member says anything at all. */
function refers(body: Buffer, span: Span | undefined): boolean {
  return span !== undefined && body.toString('latin1', span.from, Math.min(span.to, span.from + 4)) !== 'null';
}

function valueOf(body: Buffer, { from, to }: Span): unknown {
  try {
    return JSON.parse(body.toString('utf8', from, to));
  } catch {
    return null;
  }
}
