declare const brand: unique symbol;
type Branded<T, Name extends string> = T & { readonly [brand]: Name };

/** Names one run of one line; safe inside a git ref and a file name. */
export type RunId = Branded<string, 'RunId'>;
/** Names the subject of a seed within a repository and line; safe inside a git ref. */
export type SeedKey = Branded<string, 'SeedKey'>;
/** A sha256 in lower-case hex, 64 characters. */
export type Digest = Branded<string, 'Digest'>;

/** Hashes text or bytes to lower-case hex; given to core, which has no crypto of its own. */
export type Sha256 = (content: string | Uint8Array) => Digest;

/**
 * Makes a run id from the line, the seed key and a digest of everything that makes this seed what it is.
 *
 * @example
 * runId('deps', seedKey(['ms@2.1.3']), digest); // 'deps-ms-2.1.3-1f0c9a2b'
 */
export function runId(line: string, key: SeedKey, digest: Digest): RunId {
  const subject = key.replaceAll(/[^a-z0-9.]+/gi, '-').replaceAll(/^[-.]+|[-.]+$/g, '');
  return `${line}-${subject.slice(0, 40)}-${digest.slice(0, 8)}`.replaceAll('..', '.') as RunId;
}

/** Reads a run id that a person typed; any text is one, the ledger knows whether it exists. */
export function parseRunId(text: string): RunId {
  return text as RunId;
}

/**
 * Makes a seed key of parts, each reduced to the characters a git ref allows.
 *
 * @example
 * seedKey(['@scope/pkg@1.0.0']); // '@scope/pkg@1.0.0'
 */
export function seedKey(parts: readonly string[]): SeedKey {
  const clean = parts.map((part) => part.replaceAll(/[^\w@./+-]+/g, '-').replaceAll(/@\{|\.{2,}|\/{2,}/g, '-'));
  return clean.join('/').replaceAll(/^[./-]+|[./]+$|\.lock$/g, '') as SeedKey;
}

/** Accepts a string as a digest where it was read from a record that the reader then verifies. */
export function parseDigest(text: string): Digest {
  return text as Digest;
}
