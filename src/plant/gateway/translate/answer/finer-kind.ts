import type { FaultKind } from './fault.ts';

/** A refusal in the words of who refused. */
export interface Refused {
  /** Its status, or what stands for one within a stream; null for none. */
  readonly status: number | null;
  /** Type, code and status as its body names them. */
  readonly names: string;
  /** What of the request it says to be about. */
  readonly param: string;
  readonly message: string;
}

interface Reading {
  readonly of: FaultKind;
  readonly is: FaultKind;
  /** By its names, by what it is about or by its message. */
  readonly names?: RegExp;
  readonly param?: RegExp;
  readonly says?: RegExp;
}

/** What a gateway before the model puts ahead of the words that it passes on. */
const wrapped = String.raw`^(?:litellm\.\w+: (?:\w+ - )?(?:b?'?\{[^]*?"message": ?")?)?`;
const at = (words: string): RegExp => new RegExp(`${wrapped}(?:${words})`, 'i');

/**
 * What a kind of refusal is where its words tell more, the first that fits. What is about one request alone takes an upstream from nobody
 * else; whoever is told of a model, an address, a key or an account is told the same by every request. A message is read at its beginning
 * where it can be: behind that it may say what the caller said.
 */
const readings: readonly Reading[] = [
  // An account may be shut for its content too.
  {
    of: 'denied',
    is: 'denied',
    says: /\b(?:account|organi[sz]ation|project|team|access)\b[^.:]{0,40}\b(?:terminated|suspended|disabled|banned|deactivated|restricted)\b/i,
  },
  { of: 'denied', is: 'flagged', names: /content_policy|content_filter|moderation|safety/i },
  {
    of: 'denied',
    is: 'flagged',
    says: /\b(?:input|prompt|content|request|message|image|text)s? (?:was|were|is|are|has been|have been) flagged\b/i,
  },
  {
    of: 'denied',
    is: 'flagged',
    says: /\b(?:input|prompt|content|message|image|text)s? (?:(?:was|were|is|are|has been|have been) (?:blocked|rejected)|violates?)\b/i,
  },
  { of: 'denied', is: 'flagged', says: /\bcontent (?:management )?(?:policy|filter)|\bsafety (?:system|check|filter|reason|polic)/i },
  // Files and caches of prompts are not there, or not yours: which of the two is not told.
  { of: 'denied', is: 'missing', says: /permission to access the (?:file|cached ?content)\b|^cached ?content not found/i },

  { of: 'quota', is: 'unaffordable', says: /\bfewer (?:max_)?tokens\b|\bcan only afford\b|\btokens limit exceeded\b/i },

  { of: 'bad-request', is: 'unknown', names: /model_not_found|model_decommissioned|\binvalid_model\b/i },
  { of: 'bad-request', is: 'unknown', says: /^(?:\S+: )?invalid model name passed in\b|^\S+ is not a valid model id|^model not exist$/i },

  { of: 'unknown', is: 'unsupported', says: at('no endpoints found that (?:support|can handle)') },
  {
    of: 'unknown',
    is: 'unknown',
    names: /model_?(?:id_)?not_?found|model_decommissioned|invalid_model|deployment_?not_?found|unknown_url/i,
  },
  { of: 'unknown', is: 'unknown', param: /^model$/ },
  {
    of: 'unknown',
    is: 'unknown',
    says: at(String.raw`(?:(?:the|this|requested|provided|selected|publisher|foundation|unknown|invalid|no|such) )*models?\b`),
  },
  {
    of: 'unknown',
    is: 'unknown',
    says: at(
      String.raw`this is (?:not )?an? \w+ model|could not resolve the foundation model|no endpoints found|no allowed providers|the api deployment`,
    ),
  },
  { of: 'unknown', is: 'unknown', says: at(String.raw`\S+ is not a (?:valid|known|supported) model`) },
  // Nothing is at this address: its base is wrong.
  { of: 'unknown', is: 'unknown', says: /^\W*$/ },
  {
    of: 'unknown',
    is: 'unknown',
    says: /^(?:404:? ?)?(?:(?:the )?(?:requested )?(?:page|route|path|file|url|resource|endpoint|method)(?: was)? )?not found\W*$/i,
  },
  {
    of: 'unknown',
    is: 'unknown',
    says: /^(?:invalid url|un(?:known|recognized) request url|the requested url|cannot (?:post|get) |no route matched)/i,
  },
  // A file, an item, an answer of before: only this request named it.
  { of: 'unknown', is: 'missing', says: /\w/ },
];

/** Some name a wrong request and mean what their status says. */
const meant: Readonly<Record<number, FaultKind>> = { 402: 'quota', 403: 'denied', 404: 'unknown' };

/** What a refusal is by all of its words. */
export function finerKind(kind: FaultKind, refused: Refused): FaultKind {
  const { status, names, param, message } = refused;
  const usual = kind === 'bad-request' && status !== null ? (meant[status] ?? kind) : kind;
  const found = readings.find(
    ({ of, names: named, param: about, says }) =>
      of === usual && (named?.test(names) ?? about?.test(param) ?? says?.test(message) ?? false),
  );
  return found?.is ?? usual;
}
