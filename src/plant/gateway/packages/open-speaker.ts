import type { Provider } from '../../../core/gateway/config/provider.ts';
import { foundPackage } from './found-package.ts';
import { type Speaker, speakerOf } from './speaker.ts';
import { secretValue, toldOptions } from './told-options.ts';

export type OpenSpeaker =
  | { readonly kind: 'package'; readonly speaker: Speaker }
  /** In words that go on after the name of an upstream. */
  | { readonly kind: 'no-package'; readonly why: string };

/** Finds the package of a provider and tells it its options and secrets; `folder` is that of the owner's file. */
export async function openSpeaker(
  { package: specifier = '', options = {} }: Provider,
  secrets: Readonly<Record<string, string>>,
  folder: string,
): Promise<OpenSpeaker> {
  const found = await foundPackage(specifier, folder);
  if (found.kind === 'missing') return { kind: 'no-package', why: found.why };
  const name = `${specifier} ${found.version}`;
  const hidden: string[] = [];
  const told: Record<string, unknown> = { ...options };
  for (const [option, text] of Object.entries(secrets)) {
    const secret = secretValue(text);
    if (secret === null) return { kind: 'no-package', why: `has a secret "${option}" that begins like JSON and is none` };
    told[option] = secret.value;
    hidden.push(...secret.secrets);
  }
  try {
    return { kind: 'package', speaker: speakerOf(name, found.make, { options: toldOptions(told), secrets: hidden }) };
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    return { kind: 'no-package', why: `is spoken to by ${name}, which does not take its options: ${why}` };
  }
}
