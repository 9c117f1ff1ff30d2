import { z } from 'zod';
import { redact } from '../../../../core/base/redact.ts';
import { finerKind } from './finer-kind.ts';
import { tooLong, withoutQuotes } from './too-long.ts';

/** Errors that callers tell apart. */
export const faultKinds = [
  'bad-request',
  'login',
  'denied',
  /** There is no such model, or nothing at all at this address. */
  'unknown',
  'too-large',
  'rate-limit',
  'quota',
  'timeout',
  'server',
  'overloaded',
  'context-overflow',
  /** The upstream does not take a thought of the conversation, or misses one. */
  'foreign-thinking',
  /** Too many marks for the prompt cache, or one where none may be. */
  'cache-marks',
  /** Something else that the request names is not there: a file, an item, an answer of before. */
  'missing',
  /** What the request says is not to be answered. */
  'flagged',
  /** There is too little credit for a request of this length; a shorter one may be taken. */
  'unaffordable',
  /** Whoever has the model cannot do what the request asks for. */
  'unsupported',
  'malformed',
  'cut',
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** What went wrong with an answer. */
export interface Fault {
  readonly kind: FaultKind;
  /** HTTP status for the caller, where no answer has begun. */
  readonly status: number;
  readonly message: string;
  /** When to come back, in seconds; null where nothing is said. */
  readonly retryAfter: number | null;
}

const usualStatus: Readonly<Record<FaultKind, number>> = {
  'bad-request': 400,
  login: 401,
  denied: 403,
  unknown: 404,
  'too-large': 413,
  'rate-limit': 429,
  quota: 402,
  timeout: 504,
  server: 500,
  overloaded: 503,
  'context-overflow': 400,
  'foreign-thinking': 400,
  'cache-marks': 400,
  missing: 404,
  flagged: 400,
  unaffordable: 402,
  unsupported: 400,
  malformed: 502,
  cut: 502,
};

/** A fault of a kind, with its usual status. Known secrets are taken out of the message. */
export function faultOf(kind: FaultKind, message: string, retryAfter: number | null = null): Fault {
  return { kind, status: usualStatus[kind], message: redact(message.slice(0, longest)), retryAfter };
}

const longest = 2_000;

const Told = z.object({
  message: z.string().nullish().catch(null),
  type: z.string().nullish().catch(null),
  code: z.union([z.string(), z.number()]).nullish().catch(null),
  param: z.string().nullish().catch(null),
  status: z.union([z.string(), z.number()]).nullish().catch(null),
  details: z.array(z.looseObject({})).nullish().catch(null),
});
/** Every known API, and most of the others, put it into `error`, into a list with one of them, or flat. */
const Body = z.union([
  z.object({ error: Told }).transform(({ error }) => error),
  z.object({ error: z.string() }).transform(({ error }) => Told.parse({ message: error })),
  z.tuple([z.object({ error: Told })]).transform(([{ error }]) => error),
  z.object({ detail: z.string() }).transform(({ detail }) => Told.parse({ message: detail })),
  Told.refine(({ message }) => message != null),
]);

/** Reads an error that an upstream tells of, in whichever words; `status` is null for one inside of a stream. */
export function readFault(body: unknown, status: number | null, retryAfter: number | null = null): Fault {
  const parsed = Body.safeParse(body);
  if (!parsed.success)
    return faultOf(kindOfStatus(status), `The model's server answered ${status ?? 'with an error'}${inItsWords(body)}`, retryAfter);
  const { message, type, code, param, status: word, details } = parsed.data;
  const words = [type, code, word].filter((said) => said != null).join(' ');
  const number = status ?? [code, word].find((said) => typeof said === 'number') ?? null;
  const text = message ?? (words === '' ? 'The model’s server said no more.' : words);
  const names = [words, ...reasonsIn(details ?? [])].join(' ');
  // What is long quotes much, and says what it is about at its beginning.
  const told = { status: Number(number) || null, names, param: param ?? '', message: (message ?? '').slice(0, longest) };
  return faultOf(finerKind(kindOf(names, text.slice(0, longest), Number(number)), told), text, retryAfter ?? delayIn(details ?? []));
}

/** What is in no known form is told as it came, as far as a person reads. */
function inItsWords(body: unknown): string {
  const text = JSON.stringify(body) ?? '';
  return text === '' || text === 'null' || text === '{}' ? ' and said nothing that can be read.' : `: ${text.slice(0, 300)}`;
}

const byWords: readonly (readonly [RegExp, FaultKind])[] = [
  [/context_length_exceeded|context_window_exceeded|exceed_context_size|max_prompt_tokens_exceeded/, 'context-overflow'],
  [/invalid_encrypted_content/, 'foreign-thinking'],
  [/insufficient_quota|insufficient_balance|exceeded_current_quota|billing_error|billing_hard_limit|Arrearage/, 'quota'],
  [/rate_limit|RESOURCE_EXHAUSTED|throttling/i, 'rate-limit'],
  [/overloaded|UNAVAILABLE|serviceUnavailable/, 'overloaded'],
  [/authentication_error|invalid_api_key|API_KEY_INVALID|UNAUTHENTICATED/, 'login'],
  [/permission_error|permission_denied|PERMISSION_DENIED|unsupported_country/, 'denied'],
  [/not_found|NOT_FOUND/, 'unknown'],
  [/request_too_large/, 'too-large'],
  [/timeout_error|DEADLINE_EXCEEDED/, 'timeout'],
  [/server_error|api_error|INTERNAL|internalServerException|modelStreamErrorException/, 'server'],
  [/invalid_request|INVALID_ARGUMENT|FAILED_PRECONDITION|validationException/, 'bad-request'],
];

const byMessage: readonly (readonly [RegExp, FaultKind])[] = [
  [tooLong, 'context-overflow'],
  [
    /invalid .?signature.? in .?thinking|expected .?thinking.? or .?redacted_thinking|thinking.? blocks? .*cannot be modified|thought_?signature|encrypted content .*(?:verified|decrypt)/i,
    'foreign-thinking',
  ],
  [/cache_control/i, 'cache-marks'],
];

function kindOf(words: string, message: string, status: number): FaultKind {
  // Of tokens there may be too many for a prompt, and too many for now.
  const isRate = status === 429 || /throttl/i.test(words);
  const heard = isRate ? '' : withoutQuotes(message);
  const [, told = null] = byMessage.find(([pattern]) => pattern.test(heard)) ?? byWords.find(([pattern]) => pattern.test(words)) ?? [];
  const byStatus = kindOfStatus(Number.isFinite(status) && status > 0 ? status : null);
  return told === null || isBelied(told, status) ? byStatus : told;
}

/** Whether a status says that a word of the body is none of this refusal. */
function isBelied(told: FaultKind, status: number): boolean {
  // A server that fails, or refuses a key, has not looked for what it does not find; what it says of a key then may be another's.
  if (status === 429 || status >= 500) return told === 'unknown' || told === 'login' || told === 'denied';
  if (status === 401) return told === 'unknown';
  // Some name every error one of theirs.
  return told === 'server' && status >= 400;
}

function kindOfStatus(status: number | null): FaultKind {
  const known = Object.entries(usualStatus).find(([, usual]) => usual === status)?.[0] as FaultKind | undefined; // keys of the table
  if (status === 529) return 'overloaded';
  if (status === 408) return 'timeout';
  if (status === 502) return 'overloaded';
  return known ?? (status !== null && status >= 400 && status < 500 ? 'bad-request' : 'server');
}

type Details = readonly { readonly [key: string]: unknown }[];

/** `ErrorInfo` names in `reason` what a status is too wide for: a key that is not valid is an invalid argument. */
function reasonsIn(details: Details): readonly string[] {
  return details.flatMap(({ reason }) => (typeof reason === 'string' ? [reason] : []));
}

/** `RetryInfo` says it as `"3s"`. */
function delayIn(details: Details): number | null {
  const said = details.map(({ retryDelay }) => retryDelay).find((delay) => typeof delay === 'string');
  const seconds = Number.parseFloat(said ?? '');
  return Number.isFinite(seconds) ? seconds : null;
}
