/** One form in which a key may be shown around: as it is, or within base64; its signs escaped as JSON or an address has them, or not. */
export interface KeyForm {
  /** Letters that stand in every text which has this form: where they are not, nothing else is looked for. */
  readonly anchor: string;
  readonly pattern: RegExp;
  /** The same where letters may be escaped too, as nobody does who has no wish to. */
  readonly escaped: RegExp;
}

/** Shorter ones would be found in what is no key. */
const leastKey = 8;
/** What servers that need no key are told in its place. */
const dummies: ReadonlySet<string> = new Set([
  'anything',
  'dummy-key',
  'fake-key',
  'llama.cpp',
  'llama-cpp',
  'lm-studio',
  'lmstudio',
  'no-key-needed',
  'no-key-required',
  'not-needed',
  'not-required',
  'placeholder',
  'sk-no-key',
  'sk-no-key-required',
  'token-abc123',
]);

/**
 * Whether a key is one: a short one, and the words that servers without keys are told, stand in texts that have nothing to do with it.
 *
 * @example
 * isSecret('EMPTY'); // false
 */
export function isSecret(key: string): boolean {
  return key.length >= leastKey && !dummies.has(key.toLowerCase());
}

/** All forms of keys, those of longer keys first: one key may begin as another does. */
export function formsOf(keys: readonly string[]): readonly KeyForm[] {
  const secrets = [...new Set(keys.filter(isSecret))].toSorted((left, right) => right.length - left.length);
  return secrets.flatMap((key) => [formOf(key, signOf), ...withinBase64(key).map((text) => formOf(text, base64SignOf))]);
}

/** What base64 makes of a key for certain, whatever stands before and behind it, such as `Basic` has it: by where it begins in three bytes. */
function withinBase64(key: string): readonly string[] {
  const bytes = Buffer.from(key);
  return [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    // Of each of the first and the last letters a part is of other bytes.
    return text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
  });
}

function formOf(text: string, sign: (sign: string) => string): KeyForm {
  // Nothing that escapes a text touches these.
  const runs = text.split(/[^\w.-]+/);
  const anchor = runs.toSorted((left, right) => right.length - left.length)[0] ?? '';
  const pattern = new RegExp(text.replaceAll(/[^\w-]/gu, sign), 'g');
  return { anchor, pattern, escaped: new RegExp(text.replaceAll(/./gsu, sign), 'g') };
}

/** A sign as it is, behind backslashes, as `\u002f` or as `%2F`. */
function signOf(sign: string): string {
  const percent = [...Buffer.from(sign)].map((byte) => `%${hex(byte, 2)}`).join('');
  const units = Array.from({ length: sign.length }, (_, at) => `\\\\{1,8}u${hex(sign.charCodeAt(at), 4)}`).join('');
  const short = shortEscapes[sign];
  return `(?:\\\\{0,8}${asItIs(sign)}|${units}|${percent}${short === undefined ? '' : `|\\\\{1,8}${short}`})`;
}

const shortEscapes: Readonly<Record<string, string>> = { '\n': 'n', '\r': 'r', '\t': 't' };

/** Base64 for addresses has other signs. */
function base64SignOf(sign: string): string {
  return sign === '+' ? `(?:-|${signOf(sign)})` : sign === '/' ? `(?:_|${signOf(sign)})` : signOf(sign);
}

function hex(code: number, digits: number): string {
  const text = code.toString(16).padStart(digits, '0');
  return text.replaceAll(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}

function asItIs(sign: string): string {
  return Array.from({ length: sign.length }, (_, at) => `\\u${sign.charCodeAt(at).toString(16).padStart(4, '0')}`).join('');
}

/** How every letter begins that is escaped: a key has no others. */
const escapes = '\\u00';

/** As many bytes are searched quicker as a text: nearly all events of a stream have fewer. */
const shortPiece = 1024;

/** Bytes without keys; the same bytes where there is none in them. */
export function bytesWithoutSecrets(bytes: Buffer, forms: readonly KeyForm[]): Buffer {
  const short = bytes.length > shortPiece ? null : bytes.toString('latin1');
  const searched = short ?? bytes;
  if (!searched.includes(escapes) && !forms.some(({ anchor }) => searched.includes(anchor))) return bytes;
  const text = short ?? bytes.toString('latin1');
  const left = withoutSecrets(text, forms);
  return left === text ? bytes : Buffer.from(left, 'latin1');
}

/** A text of an upstream without the keys that it was asked with: some show them around in their errors. */
export function withoutSecrets(text: string, forms: readonly KeyForm[]): string {
  if (text.includes(escapes)) return forms.reduce((left, { escaped }) => left.replaceAll(escaped, mark), text);
  return forms.reduce((left, { anchor, pattern }) => (left.includes(anchor) ? left.replaceAll(pattern, mark) : left), text);
}

const mark = '[redacted:provider-key]';

/** Whether a text shows a key. */
export function showsSecret(text: string, forms: readonly KeyForm[]): boolean {
  return withoutSecrets(text, forms) !== text;
}
