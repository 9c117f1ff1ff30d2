/** Texts that must not come in, whatever an upstream quotes. */
export type Secrets = readonly Buffer[];

/** What of a gateway's URL and credentials is secret: each value, what stands behind `Bearer`, and long parts of the path. */
export function secretsOf(url: string, credentials: Readonly<Record<string, string>>): Secrets {
  const { username, password, pathname } = new URL(url);
  const values = Object.values(credentials).flatMap((value) => [value, value.replace(/^(bearer|basic|token)\s+/i, '')]);
  const parts = pathname.split('/').filter((part) => part.length >= 16);
  const texts = [...values, username, password, ...parts].filter((text) => text.length >= 6);
  return [...new Set(texts)].sort((one, other) => other.length - one.length).map((text) => Buffer.from(text));
}

/** Whether a text has one of them. */
export function hasSecret(secrets: Secrets, text: string): boolean {
  const bytes = Buffer.from(text);
  return secrets.some((secret) => bytes.includes(secret));
}

/**
 * Passes bytes on as they come, with every secret blotted out by as many asterisks. Only a tail that may be the beginning
 * of a secret waits for what follows.
 */
export async function* withoutSecrets(source: AsyncIterable<Buffer>, secrets: Secrets): AsyncGenerator<Buffer> {
  let kept: Buffer = Buffer.alloc(0);
  for await (const piece of source) {
    const clean = blotted(kept.length === 0 ? piece : Buffer.concat([kept, piece]), secrets);
    const sure = clean.length - openTail(clean, secrets);
    kept = clean.subarray(sure);
    if (sure > 0) yield clean.subarray(0, sure);
  }
  if (kept.length > 0) yield kept;
}

function blotted(bytes: Buffer, secrets: Secrets): Buffer {
  if (!secrets.some((secret) => bytes.includes(secret))) return bytes;
  const clean = Buffer.from(bytes);
  for (const secret of secrets) {
    for (let at = clean.indexOf(secret); at >= 0; at = clean.indexOf(secret, at)) clean.fill('*', at, at + secret.length);
  }
  return clean;
}

/** Length of the longest end that is the beginning of a secret. */
function openTail(bytes: Buffer, secrets: Secrets): number {
  return Math.max(0, ...secrets.map((secret) => tailOf(bytes, secret)));
}

function tailOf(bytes: Buffer, secret: Buffer): number {
  for (let length = Math.min(secret.length - 1, bytes.length); length > 0; length -= 1) {
    if (bytes.subarray(bytes.length - length).equals(secret.subarray(0, length))) return length;
  }
  return 0;
}
