import { readFile } from 'node:fs/promises';
import { placeOfKey } from '../../../core/gateway/config/key-reference.ts';
import type { GatewayConfig } from '../../../core/gateway/config/gateway-config.ts';

/** The key of a provider as it was found at start: it needs none, it has one, or the owner's words lead to none. */
export type ProviderKey =
  | { readonly kind: 'none' }
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'missing'; readonly why: string };

/** Reads the keys of all providers, once. What is told of one that is missing is where it was looked for, and never what was found. */
export async function readProviderKeys(
  { providers }: Pick<GatewayConfig, 'providers'>,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ReadonlyMap<string, ProviderKey>> {
  const found = Object.entries(providers).map(async ([name, { key }]) => [name, await read(key, env)] as const);
  return new Map(await Promise.all(found));
}

async function read(reference: string | undefined, env: Readonly<Record<string, string | undefined>>): Promise<ProviderKey> {
  if (reference === undefined) return { kind: 'none' };
  const place = placeOfKey(reference);
  if (place.kind === 'env') {
    const key = env[place.name]?.trim() ?? '';
    return key === '' ? { kind: 'missing', why: `the environment has no ${place.name}` } : judged(key, place.name);
  }
  try {
    const key = (await readFile(place.path, 'utf8')).trim();
    return key === '' ? { kind: 'missing', why: `${place.path} is empty` } : judged(key, place.path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    return { kind: 'missing', why: `${place.path} cannot be read: ${code}` };
  }
}

/** What does not fit into a header would be told by the error of whoever writes it. */
function judged(key: string, place: string): ProviderKey {
  return /^[!-~]+$/.test(key) ? { kind: 'key', key } : { kind: 'missing', why: `${place} holds more than one key, or none` };
}
