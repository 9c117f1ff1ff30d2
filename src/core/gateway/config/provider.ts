import { z } from 'zod';
import { KeyReference } from './key-reference.ts';
import { Protocol } from './protocol.ts';

/** Name that a person gives something: it may stand in a URL, a key of an account and a message. */
export const GatewayName = z.string().regex(/^[a-z0-9][a-z0-9.-]{0,79}$/, 'a name is lower-case letters, digits, dots and dashes');

/** Name of a slot: agents ask by names that their vendors gave to models too. */
export const SlotName = z
  .string()
  .regex(/^[A-Za-z0-9][\w.:@/+-]{0,119}$/, 'a slot is letters and digits, with dots, dashes, slashes and the like between them');

const PackageOption = z
  .string()
  .regex(/^[a-zA-Z]\w{0,79}(?:\.[a-zA-Z]\w{0,79}){0,3}$/, 'an option is a name of letters and digits; a dot leads into it');

const Count = z.int().min(1);

/** What a provider lets this factory do. Where nothing is said, it says so itself, by refusing. */
export const ProviderLimits = z.strictObject({
  /** Requests per minute. */
  rpm: Count.optional(),
  /** Tokens per minute. */
  tpm: Count.optional(),
  /** Requests at once. */
  concurrent: Count.optional(),
});
export type ProviderLimits = z.infer<typeof ProviderLimits>;

/** Somebody who answers requests to models. */
export const Provider = z.strictObject({
  /** Protocols that it speaks. */
  protocols: z.array(Protocol).optional(),
  /** Address below which it does. */
  base: z
    .string()
    .regex(/^https?:\/\/[^\s/?#@]+(?:\/[^\s?#]*)?$/, 'an address is "https://HOST/PATH", without a user, a password or a question')
    .optional(),
  /** An npm package of the AI SDK that speaks to it instead, where it has a protocol or a login of its own; what of it, behind a slash. */
  package: z
    .string()
    .regex(/^(?:@[a-z0-9][\w.-]*\/)?[a-z0-9][\w.-]*(?:\/[a-z0-9][\w-]*)*$/, 'the name of an npm package, such as "@ai-sdk/amazon-bedrock"')
    .optional(),
  /** What the package is told, by the names of its own: a region, a project, an address. A dot leads into one of its options. */
  options: z.record(PackageOption, z.union([z.string().min(1), z.number(), z.boolean()])).optional(),
  /** The same for what is secret: where it lies. What is JSON there is told as such. */
  secrets: z.record(PackageOption, KeyReference).optional(),
  /** Where its key lies; without one, it is asked without a key. A package is told it as `apiKey`. */
  key: KeyReference.optional(),
  /** Who runs it. What one vendor runs can be cut off at once. */
  vendor: GatewayName,
  /** Where it stands, as its owner says. */
  region: GatewayName,
  limits: ProviderLimits.optional(),
});
export type Provider = z.infer<typeof Provider>;
