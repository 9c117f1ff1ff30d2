import { z } from 'zod';

/** Where the key of a provider lies: `env:NAME` or `file:PATH`. A key itself is never written into a file of settings. */
export const KeyReference = z
  .string()
  .regex(
    /^(?:env:[A-Za-z_]\w{0,199}|file:[^\0\n~][^\0\n]{0,1023})$/,
    'it says where the key lies, "env:NAME" or "file:PATH", and never holds the key; a path is written out, without "~"',
  );
export type KeyReference = z.infer<typeof KeyReference>;

/** Where all that is secret of one provider lies: its key, and what its package is told. */
export function keyReferences({
  key,
  secrets = {},
}: {
  readonly key?: KeyReference | undefined;
  readonly secrets?: Readonly<Record<string, KeyReference>> | undefined;
}): readonly KeyReference[] {
  return [...(key === undefined ? [] : [key]), ...Object.values(secrets)];
}

/**
 * Takes a reference apart.
 *
 * @example
 * placeOfKey('env:MODEL_KEY'); // { kind: 'env', name: 'MODEL_KEY' }
 */
export function placeOfKey(
  reference: KeyReference,
): { readonly kind: 'env'; readonly name: string } | { readonly kind: 'file'; readonly path: string } {
  const rest = reference.slice(reference.indexOf(':') + 1);
  return reference.startsWith('env:') ? { kind: 'env', name: rest } : { kind: 'file', path: rest };
}
