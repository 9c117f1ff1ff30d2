import { readFile } from 'node:fs/promises';
import { placeOfKey } from '../../../core/gateway/config/key-reference.ts';
import type { GatewayConfig } from '../../../core/gateway/config/gateway-config.ts';
import type { Provider } from '../../../core/gateway/config/provider.ts';
import type { KeyPlaces } from '../../../core/ports/gateway/gateway-door.ts';
import type { OpenSpeaker } from '../packages/open-speaker.ts';

/** The key of a provider as it was found at start: it needs none, it has one, a package has it, or the owner's words lead to none. */
export type ProviderKey =
  | { readonly kind: 'none' }
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'missing'; readonly why: string }
  | OpenSpeaker;

/** All that is secret of keys of providers, and of what their packages are told. */
export function secretsOf(keys: ReadonlyMap<string, ProviderKey>): readonly string[] {
  return [...keys.values()].flatMap((key) => (key.kind === 'key' ? [key.key] : key.kind === 'package' ? key.speaker.secrets : []));
}

/** Reads the keys of all providers, once. What is told of one that is missing is where it was looked for, and never what was found. */
export async function readProviderKeys(
  { providers }: Pick<GatewayConfig, 'providers'>,
  places: KeyPlaces,
): Promise<ReadonlyMap<string, ProviderKey>> {
  const found = Object.entries(providers).map(async ([name, provider]) => {
    const key = await (provider.package === undefined ? read(provider.key, places.env) : ofPackage(provider, places));
    return [name, key] as const;
  });
  return new Map(await Promise.all(found));
}

async function ofPackage(provider: Provider, { env, folder }: KeyPlaces): Promise<ProviderKey> {
  const { key, secrets = {} } = provider;
  const references = Object.entries({ ...(key !== undefined && { apiKey: key }), ...secrets });
  const texts = await Promise.all(references.map(async ([option, reference]) => [option, await textAt(reference, env)] as const));
  const missing = texts.flatMap(([, text]) => (text.kind === 'missing' ? [text] : []))[0];
  if (missing !== undefined) return missing;
  const told = Object.fromEntries(texts.map(([option, text]) => [option, text.kind === 'text' ? text.text : '']));
  // Loaded only where a provider has a package.
  const { openSpeaker } = await import('../packages/open-speaker.ts');
  return openSpeaker(provider, told, folder);
}

async function read(reference: string | undefined, env: KeyPlaces['env']): Promise<ProviderKey> {
  if (reference === undefined) return { kind: 'none' };
  const found = await textAt(reference, env);
  if (found.kind === 'missing') return found;
  const { text, place } = found;
  // What does not fit into a header would be told by the error of whoever writes it.
  return /^[!-~]+$/.test(text) ? { kind: 'key', key: text } : { kind: 'missing', why: `${place} holds more than one key, or none` };
}

type FoundText =
  | { readonly kind: 'text'; readonly text: string; readonly place: string }
  | { readonly kind: 'missing'; readonly why: string };

async function textAt(reference: string, env: KeyPlaces['env']): Promise<FoundText> {
  const place = placeOfKey(reference);
  if (place.kind === 'env') {
    const text = env[place.name]?.trim() ?? '';
    return text === '' ? { kind: 'missing', why: `the environment has no ${place.name}` } : { kind: 'text', text, place: place.name };
  }
  try {
    const text = (await readFile(place.path, 'utf8')).trim();
    return text === '' ? { kind: 'missing', why: `${place.path} is empty` } : { kind: 'text', text, place: place.path };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    return { kind: 'missing', why: `${place.path} cannot be read: ${code}` };
  }
}
