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
const wrapper = String.raw`litellm\.\w+: (?:\w+: )?(?:\w+ - )?(?:b?'?\{[^]{0,400}?"message": ?")?`;
const at = (words: string): RegExp => new RegExp(`^(?:${wrapper})?(?:${words})`, 'i');

/** Who says so leaves nobody's request through: there is no money, or the account, its key or its country is not served. */
const noMoney = String.raw`your credit balance is too low|insufficient (?:balance|credits?|funds)\b|access denied, please make sure your account is in good standing`;
/** With 429 that is said of a minute or of an hour too. */
const usedUp = String.raw`you have (?:reached|exceeded) your (?:\w+ ){0,3}(?:usage|spend|spending|billing) limits?\b`;
const badKey = String.raw`api key (?:not valid|not found|expired|has expired)(?:[.,!]|$)|(?:incorrect|invalid|expired) api[ _-]?key(?: provided)?(?:[.:,!]|$)`;
const shutAccount = String.raw`(?:your|this|the) (?:account|api key|organi[sz]ation|project|team|workspace) (?:has been|is|was) (?:\w+ly )?(?:terminated|suspended|disabled|banned|deactivated|blocked|expired)\b`;
const shutCountry = String.raw`user location is not supported\b|(?:\w+ ){1,9}is not (?:available|supported) in your (?:country|region|location)\b`;

/** What a server says of a model that it has not, or lets nobody have. */
const noModel = [
  String.raw`(?:(?:the|this|requested|provided|selected) )*model (?:identifier is invalid|(?:[\`'"]?[^\s\`'"]{1,200}[\`'"]? )?(?:not found|not exist|does not exist|is not (?:available|supported)|was not found))(?:[.,;!]|$| or | by | for api )`,
  String.raw`invalid model(?: name)?(?:[.:]|$)|unknown model(?:[.,:]|$| [\`'"])`,
  String.raw`(?:not found the|unable to access) model\b|could not find (?:real modelid|suitable (?:inference )?handler) for\b`,
  String.raw`you don't have access to the model\b|invocation of model id \S{1,200} with on-demand throughput isn.t supported`,
].join('|');

const feature = String.raw`(?:tools?|functions?|images?|vision|audio|video|thinking|reasoning|multimodal|pdfs?|developer instructions?|system instructions?|json mode|structured outputs?)`;
const manner = String.raw`(?: (?:inputs?|urls?|contents?|use|usage|calls?|calling|choice|modality|with function calling))`;
/** What a server says that, or whose model, cannot do what is asked for. */
const cannot = at(
  [
    String.raw`(?:\S{0,199}[^\s:] ){0,4}does(?:n't| not) support (?:\w+ ){0,2}${feature}\b(?![.\[])`,
    String.raw`(?:unable to submit request because )?[\`'"]?${feature}[\`'"]?${manner}{0,2} (?:is|are) not (?:enabled|supported)\b`,
    String.raw`["\w ]{0,20}tool choice requires --|\w{1,20} param requires --jinja\b`,
    String.raw`\S{1,200} is not a multimodal model\b|at most 0 \w{1,20}\(s\) may be provided\b`,
    String.raw`invalid content type\. image_url is only supported by certain models\b`,
    String.raw`failed to deserialize the json body[^\`]{0,120}unknown variant \`image_url\``,
  ].join('|'),
);

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

  // One model that this account was not given.
  { of: 'denied', is: 'unknown', says: /^you don't have access to the model\b/i },

  { of: 'quota', is: 'unaffordable', says: /\bfewer (?:max_)?tokens\b|\bcan only afford\b|\btokens limit exceeded\b/i },

  { of: 'rate-limit', is: 'quota', says: new RegExp(`^(?:${noMoney})`, 'i') },

  { of: 'bad-request', is: 'quota', says: new RegExp(`^(?:${noMoney}|${usedUp})`, 'i') },
  { of: 'bad-request', is: 'login', says: new RegExp(`^(?:${badKey})`, 'i') },
  { of: 'bad-request', is: 'denied', says: new RegExp(`^(?:${shutAccount}|${shutCountry})`, 'i') },
  // Behind a gateway that is of one model of many.
  { of: 'bad-request', is: 'unsupported', says: at([noMoney, usedUp, badKey, shutAccount, shutCountry].join('|')) },
  {
    of: 'bad-request',
    is: 'unknown',
    names: /model_not_found|model_not_(?:available|supported)|model_decommissioned|\binvalid_model\b/i,
  },
  { of: 'bad-request', is: 'unknown', says: /^(?:\S+: )?invalid model name passed in\b|^\S+ is not a valid model id/i },
  { of: 'bad-request', is: 'unknown', says: at(noModel) },
  { of: 'bad-request', is: 'unsupported', names: /unsupported_api_for_model/ },
  { of: 'bad-request', is: 'unsupported', says: cannot },
  // Of servers of one's own a few fail where they cannot.
  { of: 'server', is: 'unsupported', says: cannot },

  { of: 'unknown', is: 'unsupported', says: at('no endpoints found that (?:support|can handle)') },
  {
    of: 'unknown',
    is: 'unknown',
    names:
      /model_?(?:id_)?not_?found|model_not_(?:available|supported)|model_decommissioned|invalid_model|deployment_?not_?found|unknown_url/i,
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
  { of: 'unknown', is: 'unknown', says: at(noModel) },
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
const meant: Readonly<Record<number, FaultKind>> = { 402: 'quota', 403: 'denied', 404: 'unknown', 413: 'too-large', 429: 'rate-limit' };

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
